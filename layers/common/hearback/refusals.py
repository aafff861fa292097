"""How often limits refused answers, by survey and day: an attack, or a limit too low for an honest crowd."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

Limit = Literal["address", "changes"]
"""Too many uninvited answers from one address, or too many changes of one answer."""
LIMITS: tuple[Limit, ...] = get_args(Limit)
_KEPT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Refusals:
    survey: str
    day: str
    """Local day in the survey's time zone."""
    counts: Mapping[Limit, int]

    @staticmethod
    def key_item(survey: str, day: str) -> dict[str, str]:
        return {"pk": f"REFUSED#{survey}", "sk": day}

    @classmethod
    def count_request(cls, survey: str, day: str, limit: Limit, now: datetime) -> dict[str, Any]:
        """Count one more."""
        return {
            "Key": cls.key_item(survey, day),
            "UpdateExpression": "SET expires_at = :expires_at ADD #limit :one",
            "ExpressionAttributeNames": {"#limit": limit},
            "ExpressionAttributeValues": {":one": 1, ":expires_at": int((now + _KEPT).timestamp())},
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Refusals":
        counts = {limit: int(item[limit]) for limit in LIMITS if limit in item}
        return cls(item["pk"].partition("#")[2], item["sk"], counts)
