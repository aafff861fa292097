"""Changing an answer: until when a mail asks for it, and what it said before. Words can outlast their score."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hearback.nps import category
from hearback.response import AMENDABLE, Response

MORE_ASKED = AMENDABLE - timedelta(hours=1)
"""How long after an answer a mail still leads to where it can be changed: mails are not read as they come."""


@dataclass(frozen=True, slots=True)
class Before:
    """What an answer was until its category changed."""

    score: int
    until: datetime


def before(response: Response) -> Before | None:
    """The last score of another category; None if it never had one."""
    for said in reversed(response.history):
        if category(int(said["score"])) != response.category:
            return Before(int(said["score"]), datetime.fromisoformat(said["until"]).astimezone(UTC))
    return None


@dataclass(frozen=True, slots=True)
class Version:
    """What an answer said until its person changed it."""

    score: int
    until: datetime
    comment: str
    """"" if its words are those that stood on."""


def versions_before(response: Response) -> Iterator[Version]:
    """What it said before, newest first.

    Most comments come after their score, which is no change: whoever reads these calls the person, and must know
    another score and words that were taken back. Where only a question was answered otherwise, there is neither.
    """
    score = response.score
    for said in reversed(response.history):
        before, comment = int(said["score"]), str(said.get("comment", ""))
        if before != score or comment:
            yield Version(before, datetime.fromisoformat(said["until"]).astimezone(UTC), comment)
        score = before


def score_at(response: Response, at: datetime) -> int:
    """The score that it had at some time since it was given."""
    score = response.score
    for said in reversed(response.history):
        if datetime.fromisoformat(said["until"]) <= at:
            break
        score = int(said["score"])
    return score


def score_of_words(response: Response) -> int:
    """The score that its comment was written with."""
    score = response.score
    for said in reversed(response.history):
        if "comment" in said:  # which this change replaced
            return score
        score = int(said["score"])
    return score


def words_fit(response: Response) -> bool:
    """Whether its comment was written under the category that it has now: praise is no complaint of a detractor's."""
    return category(score_of_words(response)) == response.category
