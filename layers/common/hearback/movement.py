"""A movement: a person's category fell or rose from one answer to the next, kept for the digest of its period."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hearback.fact import FactId
from hearback.foreign import score


@dataclass(frozen=True, slots=True)
class Movement:
    """Ids and a score, nothing personal: whose it was and what they said is read from the answer."""

    response: FactId
    day: str
    """On which the answer is counted, yyyy-mm-dd."""
    before: int
    """The score of the person's last answer."""
    expires_at: int
    """Seconds since 1970; the answer's own."""

    @staticmethod
    def partition(survey: str, month: str) -> str:
        return f"MOVED#{survey}#{month}"

    def to_item(self) -> dict[str, Any]:
        return {
            "pk": self.partition(self.response.survey, self.day[:7]),
            "sk": f"{self.day}#{self.response}",
            "before": self.before,
            "expires_at": self.expires_at,
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Movement":
        day, _, response = item["sk"].partition("#")
        return cls(FactId.parse(response), day, score(item["before"]), int(item["expires_at"]))

    @classmethod
    def requests(cls, survey: str, first: str, last: str) -> Iterator[dict[str, Any]]:
        """Queries for the movements of some local days, both included; the first of them come first."""
        year, month = int(first[:4]), int(first[5:7])
        while f"{year}-{month:02}" <= last[:7]:
            yield {
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
                "ExpressionAttributeValues": {
                    ":pk": cls.partition(survey, f"{year}-{month:02}"),
                    ":first": first,
                    ":last": f"{last}#~",
                },
            }
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
