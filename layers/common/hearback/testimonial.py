"""A testimonial: what a respondent allowed to be quoted, in the words and under the name they agreed to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hearback.amendment import score_at
from hearback.fact import FactId
from hearback.nps import category
from hearback.response import Response

MORE = " \N{HORIZONTAL ELLIPSIS}"
"""Stands where the words of a comment go on."""


@dataclass(frozen=True, slots=True)
class Testimonial:
    __test__ = False  # for pytest, which takes a class of this name for tests

    response: FactId
    contact: str
    words: str
    """As they were consented to."""
    named: str
    """How the person wants to be named; "" for without a name."""
    at: datetime
    of_comment: str
    """The digest of the answer's comment at that time: other words need another consent."""
    in_comment: bool
    """Whether the comment said these words, whole or in part; else they were written for the testimonial."""
    expires_at: int = 0
    """Seconds since 1970: words are kept no longer than those of answers."""

    @classmethod
    def of(cls, response: Response, words: str, named: str, now: datetime, expires_at: int) -> "Testimonial":
        in_comment = _one_line(words).removesuffix(MORE) in _one_line(response.comment)
        return cls(response.id, response.contact, words, named, now, digest(response.comment), in_comment, expires_at)

    def holds(self, response: Response | None) -> bool:
        """Whether it may be quoted."""
        return not self.lapse(response)

    def lapse(self, response: Response | None) -> str:
        """Why it may not be quoted any more; "" while its answer says what it said, by a score of the same category.

        An answer whose retention ended before its testimonial's withdraws nothing.
        """
        if response is None:
            return ""
        if response.erased:
            return "its person was erased"
        if response.excluded:
            return f"its answer does not count ({response.excluded})"
        if digest(response.comment) != self.of_comment:
            return "its comment was changed"
        score = score_at(response, self.at)
        return "" if category(score) == response.category else f"its score went from {score} to {response.score}"

    def is_whole(self, response: Response) -> bool:
        """Whether its words are all that the answer's comment says, so that its name may stand under the comment."""
        return _one_line(self.words) == _one_line(response.comment)

    @staticmethod
    def key_item(response: FactId) -> dict[str, str]:
        return {"pk": f"TESTIMONIAL#{response}", "sk": "TESTIMONIAL"}

    def to_item(self) -> dict[str, Any]:
        return {
            **self.key_item(self.response),
            "contact": self.contact,
            "words": self.words,
            "named": self.named,
            "consented_at": self.at.isoformat(timespec="seconds"),
            "of_comment": self.of_comment,
            "in_comment": self.in_comment,
            "expires_at": self.expires_at,
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Testimonial":
        return cls(
            response=FactId.parse(item["pk"].removeprefix("TESTIMONIAL#")),
            contact=item["contact"],
            words=item["words"],
            named=item["named"],
            at=datetime.fromisoformat(item["consented_at"]).astimezone(UTC),
            of_comment=item["of_comment"],
            in_comment=item.get("in_comment", False),
            expires_at=int(item["expires_at"]),
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def digest(comment: str) -> str:
    return hashlib.sha256(comment.encode()).hexdigest()[:16]
