"""What an answer said before its person changed it: a score can change while the words beside it stay."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hearback.nps import category
from hearback.response import Response


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
