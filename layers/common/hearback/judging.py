"""Which traffic of a link a person made: pure rules over what was observed of its token.

Machines open links: mail scanners fetch each of them, some run the page's JavaScript, some send its forms.
So opening counts for nothing. Two things speak for a person: a gesture that confirms the answer, which needs
no judging here and always wins, and a trusted touch, pointer, wheel or key event on a visible page. What
speaks against one: see `Kind`. Nothing at all cannot be told from a scanner, and is not counted either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Literal

Kind = Literal["opened", "prefetched", "head", "trap", "rushed", "snared", "scripted", "bare", "seen", "human"]
Standing = Literal["person", "machine", "nobody"]

READING = timedelta(seconds=1.5)
"""The least time from making a page to receiving its form: a person has to see it, and to press something."""
TOGETHER = timedelta(minutes=1)
"""Observations this close belong to the same visitor."""
TRAP = "more"
"""The query parameter of a link and the field of a form that no person sees, in mails and on pages."""
SEVERAL = 3
"""Different scores opened or sent together that no person does: two are somebody who corrects a slip."""

MEANINGS: Mapping[Kind, str] = {
    "opened": "a link was opened; scanners open links too, so it counts for nothing",
    "prefetched": "a program fetched the page ahead of time",
    "head": "a program asked for the page's headers only, which browsers do not",
    "trap": "a program followed the link that no person sees",
    "rushed": "the form came sooner than a person reads, or without its page",
    "snared": "the form came with a field filled in that no person sees",
    "scripted": "the form was sent by a script that no hand moved",
    "bare": "the form came from a page on which no script ran; such browsers are few, but people have them",
    "seen": "the page was visible on a screen",
    "human": "somebody touched, pointed, scrolled or pressed a key on the visible page",
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was observed of a token."""

    at: datetime
    kind: Kind
    score: int | None = None
    """The score that the link bears, or that was chosen on its page."""
    page: int = 0
    """The page it happened on, known by when it was made: milliseconds since 1970. 0: on none."""

    def to_item(self) -> dict[str, Any]:
        item = {"at": self.at.isoformat(timespec="milliseconds"), "kind": self.kind, "page": self.page}
        return item if self.score is None else {**item, "score": self.score}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Observation":
        at = datetime.fromisoformat(item["at"]).astimezone(UTC)
        return cls(at, item["kind"], item.get("score"), int(item.get("page", 0)))


@dataclass(frozen=True, slots=True)
class Verdict:
    standing: Standing
    reason: str
    """Half a sentence, such as "11 scores in 2 s"."""
    score: int | None = None
    """Of a person: what was chosen on the page they touched last. Otherwise the last score there was, if any."""
    at: datetime | None = None
    """When the person was there."""


def judge(observations: Sequence[Observation]) -> Verdict:
    """What the traffic of one token amounts to, as long as nobody confirmed an answer."""
    touched = _touched(observations)
    doubts = [_doubt(view, touched, observations) for view in touched]
    for view, doubt in zip(reversed(touched), reversed(doubts), strict=True):
        if not doubt:
            return Verdict("person", "touched on a visible page", view.score, view.at)
    last = next((each.score for each in reversed(observations) if each.score is not None), None)
    if reason := next(filter(None, reversed(doubts)), "") or _mark(observations):
        return Verdict("machine", reason, last)
    if any(each.kind == "seen" for each in observations):
        return Verdict("nobody", "the page was shown, and nobody touched it", last)
    return Verdict("nobody", "opened without a sign of a person", last)


def program_mark(bare: Observation, observations: Sequence[Observation]) -> str:
    """Why a form from a page on which no script ran is a program's, or "": others with other scores came close by."""
    return _burst([each for each in observations if each.kind == "bare" and abs(each.at - bare.at) <= TOGETHER])


def _touched(observations: Sequence[Observation]) -> list[Observation]:
    """The last touch of each page that bears a score, in their order: what was chosen there in the end."""
    touches = sorted((each for each in observations if each.kind == "human"), key=lambda view: view.at)
    last = {each.page: each for each in touches if each.score is not None}
    return sorted(last.values(), key=lambda view: view.at)


def _doubt(view: Observation, touched: Sequence[Observation], observations: Sequence[Observation]) -> str:
    """Why this touch may be a machine's that moves a pointer, or "".

    Only what happened on the same page or to other touched ones: scanners work beside people, on other pages.
    """
    on_page = [each for each in observations if each.page == view.page]
    company = [each for each in touched if abs(each.at - view.at) <= TOGETHER]
    trapped = any(each.kind == "trap" for each in on_page)
    return _form_mark(on_page) or _burst(company) or (MEANINGS["trap"] if trapped else "")


def _mark(observations: Sequence[Observation]) -> str:
    """What in untouched traffic only a machine does, or ""."""
    kinds = {each.kind for each in observations}
    loads = [each for each in observations if each.kind in ("opened", "prefetched", "head", "bare")]
    telling: tuple[Kind, ...] = ("scripted", "trap", "head", "prefetched")
    return _burst(loads) or _form_mark(observations) or next((MEANINGS[kind] for kind in telling if kind in kinds), "")


def _form_mark(observations: Sequence[Observation]) -> str:
    for each in observations:
        if each.kind == "snared":
            return MEANINGS["snared"]
        if each.kind == "rushed":
            return (
                f"a form sent {each.at.timestamp() - each.page / 1000:.1f} s after its page"
                if each.page
                else ("a form sent without its page")
            )
    return ""


def _burst(loads: Sequence[Observation]) -> str:
    """The most different scores within TOGETHER, in words, if they are several."""
    best: tuple[int, timedelta] = (0, timedelta())
    for first in loads:
        near = [each for each in loads if first.at <= each.at <= first.at + TOGETHER and each.score is not None]
        count = len({each.score for each in near})
        if count > best[0]:
            best = count, max(each.at for each in near) - first.at
    count, span = best
    return f"{count} scores in {max(1, ceil(span.total_seconds()))} s" if count >= SEVERAL else ""
