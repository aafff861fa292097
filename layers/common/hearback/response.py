"""A response: one person's answer, as a fact that grows by versions and never loses what it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from hearback import foreign, tally
from hearback.fact import RESPONSE, SCHEMA, FactId
from hearback.foreign import text, texts
from hearback.nps import Category, category

Channel = Literal["page", "mail", "widget", "api", "import"]
Confirmation = Literal["", "form", "bare", "request", "signs", "operator"]
COMMENT_LENGTH = 5000
"""Characters a comment may have."""
AMENDABLE = timedelta(hours=24)
_HOUR = timedelta(hours=1)
MOST_VERSIONS = 100
"""Versions a response may have, so that its item stays bounded."""


class AmendmentRefused(ValueError):
    """The response takes no more changes: its day is over, it changed too often, or its person was erased."""


class ChangedTooOften(ValueError):
    """The response was changed as often as it may be within an hour. `wait`: until it may be changed again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("changed too often within an hour")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says at once: any part may be absent, which leaves what was said before; "" takes it back."""

    score: int | None = None
    comment: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    def answers_over(self, before: Mapping[str, str]) -> dict[str, str]:
        """The answers to questions, after those that were given before."""
        return {question: said for question, said in {**before, **self.answers}.items() if said}


@dataclass(frozen=True, slots=True)
class Response:
    id: FactId
    score: int
    answered_at: datetime
    day: str
    """Local day in the survey's time zone at which it is counted; fixed when first counted."""
    version: int = 1
    comment: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    channel: Channel = "page"
    contact: str = ""
    locale: str = ""
    follow_up: bool = True
    """Whether plays run on it. Imported history is only counted."""
    excluded: str = ""
    """Why it is not counted (a machine gave it), or empty."""
    provisional: bool = False
    """Whether it was only presumed, from signs of a person on the page. Not counted until it is promoted."""
    confirmed_by: Confirmation = ""
    """What made it count: the page's form, the form of a page on which no script ran ("bare"), a program's request,
    signs of a person that nothing contradicted, an operator. Empty where another system vouches for it."""
    had_comment: bool = False
    """Of an erased response: whether it had a comment, which stays counted."""
    erased: bool = False
    """Whether its person was erased: words and contact are gone, the score stays counted."""
    expires_at: int = 0
    """Seconds since 1970 after which DynamoDB deletes it; its counts stay."""
    history: tuple[Mapping[str, Any], ...] = ()
    """What earlier versions said, oldest first."""

    @property
    def category(self) -> Category:
        return category(self.score)

    @property
    def key(self) -> dict[str, str]:
        return self.id.key(RESPONSE)

    @property
    def counted(self) -> bool:
        return not (self.excluded or self.provisional)

    @property
    def names_nobody(self) -> bool:
        """Whether nobody can know who gave it: a page of ours took it without a contact, and no other system has it."""
        return not (self.contact or self.erased) and self.channel not in ("api", "import")

    def said(self, question: str) -> str:
        """What it says to a question; to "", the comment."""
        return self.answers.get(question, "") if question else self.comment

    def said_at(self, question: str) -> datetime:
        """When that came to be so."""
        for past in reversed(self.history):
            comment, answers = past.get("comment", self.comment), past.get("answers", self.answers)
            if self.said(question) != (answers.get(question, "") if question else comment):
                return datetime.fromisoformat(past["until"])
        return self.answered_at

    def earlier_request(self) -> dict[str, Any]:
        """A query of the index by contact for the person's answers before this one, newest first.

        Two answers of the same moment, as an import without times makes them, are not before each other.
        """
        return {
            "IndexName": "by_contact",
            "KeyConditionExpression": "contact = :contact AND answered_at < :at",
            "ExpressionAttributeValues": {
                ":contact": self.contact,
                ":at": self.answered_at.isoformat(timespec="milliseconds"),
            },
            "ScanIndexForward": False,
            "Limit": 25,
        }

    def amended(
        self, answer: Answer, now: datetime, hourly: int = MOST_VERSIONS, confirmed_by: Confirmation = ""
    ) -> "Response":
        """The next version, or this very one if nothing new was said; at most `hourly` within an hour.

        A hand that confirms it makes firm what stood on less, and has it followed up if an operator counted it without
        that. A form without a script, which a program may have sent, changes nothing but what came in the same way.
        Raises AmendmentRefused, ChangedTooOften.
        """
        if self.erased:
            raise AmendmentRefused("this answer's person was erased")
        score = self.score if answer.score is None else answer.score
        comment = self.comment if answer.comment is None else answer.comment
        answers = answer.answers_over(self.answers)
        firmer = self.confirmed_by in ("bare", "signs", "operator") and confirmed_by in ("form", "request")
        same = (score, comment, answers) == (self.score, self.comment, dict(self.answers))
        if same and not firmer:
            return self
        if confirmed_by == "bare" != self.confirmed_by:
            raise AmendmentRefused("somebody confirmed this answer by hand")
        if now > self.answered_at + AMENDABLE:
            raise AmendmentRefused("an answer can be changed for 24 hours")
        if self.version >= MOST_VERSIONS:
            raise AmendmentRefused(f"an answer can be changed {MOST_VERSIONS - 1} times")
        changes = (datetime.fromisoformat(said["until"]) for said in self.history)
        lately = [at for at in changes if at > now - _HOUR]
        if len(lately) >= hourly:
            raise ChangedTooOften(lately[-hourly] + _HOUR - now)
        said = {"version": self.version, "until": now.isoformat(timespec="milliseconds"), "score": self.score}
        if comment != self.comment:
            said["comment"] = self.comment
        if answers != dict(self.answers):
            said["answers"] = dict(self.answers)
        return replace(
            self,
            version=self.version + 1,
            score=score,
            comment=comment,
            answers=answers,
            confirmed_by=confirmed_by if firmer else self.confirmed_by,
            follow_up=self.follow_up or firmer,
            history=self.history if same else (*self.history, said),
        )

    def exclude(self, reason: str) -> "Response":
        """The next version, kept and listed but not counted, whatever its person or a machine does then."""
        return replace(self, version=self.version + 1, excluded=reason, provisional=False)

    def include(self, *, follow_up: bool) -> "Response":
        """The next version, counted again; plays run on it only if asked for."""
        return replace(
            self,
            version=self.version + 1,
            excluded="",
            provisional=False,
            confirmed_by="operator",
            follow_up=follow_up,
        )

    def erase(self) -> "Response":
        """The next version, without words, contact and history; score, day and dimensions stay counted."""
        return replace(
            self,
            version=self.version + 1,
            comment="",
            answers={},
            contact="",
            history=(),
            follow_up=False,
            erased=True,
            had_comment=bool(self.comment) or self.had_comment,
        )

    def to_item(self) -> dict[str, Any]:
        item = {
            **self.key,
            "schema": SCHEMA,
            "version": self.version,
            "score": self.score,
            "category": self.category,
            "answered_at": self.answered_at.isoformat(timespec="milliseconds"),
            "day": self.day,
            "channel": self.channel,
            "follow_up": self.follow_up,
            "expires_at": self.expires_at,
            "comment": self.comment,
            "answers": dict(self.answers),
            "dimensions": dict(self.dimensions),
            "pages": dict(self.pages),
            "locale": self.locale,
            "contact": self.contact,
            "excluded": self.excluded,
            "provisional": self.provisional,
            "confirmed_by": self.confirmed_by,
            "erased": self.erased,
            "had_comment": self.had_comment,
            "history": [dict(said) for said in self.history],
        }
        return {name: value for name, value in item.items() if value or type(value) is int}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Response":
        """The inverse of to_item(). Raises one of FOREIGN for what is no response of ours, wherever it differs."""
        _, _, survey_and_rest = item["pk"].partition("#")
        survey, _, shard = survey_and_rest.split("#")
        return cls(
            id=FactId(survey, int(shard), item["sk"]),
            score=foreign.score(item["score"]),
            answered_at=datetime.fromisoformat(item["answered_at"]).astimezone(UTC),
            day=text(item["day"]),
            version=int(item["version"]),
            comment=text(item.get("comment", "")),
            answers=texts(item.get("answers", {})),
            dimensions=texts(item.get("dimensions", {})),
            pages={name: int(page) for name, page in item.get("pages", {}).items()},
            channel=text(item["channel"]),
            contact=text(item.get("contact", "")),
            locale=text(item.get("locale", "")),
            follow_up=item.get("follow_up", False),
            excluded=text(item.get("excluded", "")),
            provisional=item.get("provisional", False),
            confirmed_by=text(item.get("confirmed_by", "")),
            erased=item.get("erased", False),
            had_comment=item.get("had_comment", False),
            expires_at=int(item["expires_at"]),
            history=tuple(map(_earlier_version, item.get("history", ()))),
        )

    def contribution(self) -> tally.Contribution:
        """What this version adds to the tallies."""
        counters = [f"s{self.score}"] if self.counted else []
        if counters and (self.comment or self.had_comment):
            counters.append(tally.COMMENTS)
        cells = tally.cells(self.dimensions, self.pages)
        return tally.Contribution(self.id.survey, self.day, cells, tuple(counters))

    def create_request(self) -> dict[str, Any]:
        """Write it on condition that there is none; what stands there comes back with the failure."""
        return {"Item": self.to_item(), "ConditionExpression": "attribute_not_exists(pk)"}

    def amend_request(self) -> dict[str, Any]:
        """Write this version on condition that the one before is stored."""
        return {
            "Item": self.to_item(),
            "ConditionExpression": "#version = :before",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":before": self.version - 1},
        }


def _earlier_version(said: Mapping[str, Any]) -> Mapping[str, Any]:
    datetime.fromisoformat(said["until"])
    foreign.score(said["score"])
    text(said.get("comment", ""))
    texts(said.get("answers", {}))
    return said
