"""What became of a response and why, told from what is stored: every step with its time, and the verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from hearback.fact import FactId
from hearback.judging import MEANINGS, Kind
from hearback.response import Confirmation, Response
from hearback.visit import Visit

Standing = Literal["counted", "provisional", "not counted"]

HAPPENED: Mapping[Kind, str] = {
    "opened": "link opened",
    "prefetched": "link fetched ahead",
    "head": "HEAD of a link",
    "trap": "hidden link followed",
    "rushed": "form sent too soon",
    "snared": "form sent, hidden field filled in",
    "scripted": "form sent by a script",
    "bare": "form sent, no script ran",
    "seen": "page visible",
    "human": "page touched",
}
CONFIRMED: Mapping[Confirmation, str] = {
    "": "another system vouches for it",
    "form": "somebody sent the page's form after reading it",
    "bare": "the page's form came after time to read it, from a browser that runs no script",
    "request": "somebody confirmed it in the widget or a page of yours",
    "signs": "somebody touched the visible page, and nothing contradicted it",
    "operator": "an operator counts it",
}


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    happened: str
    score: int | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Account:
    """A response, what was observed of its token, or both. There is at least one of them."""

    id: FactId
    response: Response | None
    visit: Visit | None

    @property
    def standing(self) -> Standing:
        if self.response is None or self.response.excluded:
            return "not counted"
        return "provisional" if self.response.provisional else "counted"

    @property
    def reason(self) -> str:
        """Why it stands so, as half a sentence."""
        response = self.response
        if response is None:
            return self.visit.verdict.reason if self.visit else ""
        if response.excluded:
            return response.excluded
        return "waits for the settle time" if response.provisional else _confirmed(response)

    @property
    def score(self) -> int | None:
        if self.response:
            return self.response.score
        return self.visit.verdict.score if self.visit else None

    @property
    def at(self) -> datetime:
        """When it was answered; of a mere visit, when it last was observed."""
        return self.response.answered_at if self.response else max(step.at for step in self.steps())

    def steps(self) -> list[Step]:
        """Everything that is known to have happened, in order."""
        return sorted([*self._observed(), *self._answered()], key=lambda step: step.at)

    def _observed(self) -> Iterator[Step]:
        for each in self.visit.observations if self.visit else ():
            yield Step(each.at, HAPPENED.get(each.kind, each.kind), each.score, MEANINGS.get(each.kind, ""))

    def _answered(self) -> Iterator[Step]:
        response = self.response
        if response is None:
            return
        scores = [said["score"] for said in response.history] + [response.score]
        vouched = response.channel in ("api", "import")
        if not response.provisional and (response.confirmed_by or vouched):
            yield Step(response.answered_at, "answer confirmed", int(scores[0]), _confirmed(response))
        for said, score in zip(response.history, scores[1:], strict=True):
            changed = "score changed" if said["score"] != score else "words changed"
            yield Step(
                datetime.fromisoformat(said["until"]).astimezone(UTC), changed, int(score), "an amendment, counted once"
            )

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "response": str(self.id),
            "score": self.score,
            "standing": self.standing,
            "reason": self.reason,
            "version": self.response.version if self.response else 0,
            "at": self.at.isoformat(timespec="milliseconds"),
            "steps": [
                {
                    "at": step.at.isoformat(timespec="milliseconds"),
                    "happened": step.happened,
                    "score": step.score,
                    "meaning": step.meaning,
                }
                for step in self.steps()
            ],
        }


def _confirmed(response: Response) -> str:
    """How it was confirmed, in the word itself where newer software wrote one."""
    return CONFIRMED.get(response.confirmed_by, response.confirmed_by)


def months_back(now: datetime, months: int) -> list[str]:
    """The newest `months` months (yyyy-mm), newest first."""
    found, first = [], now.replace(day=1)
    for _ in range(months):
        found.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return found
