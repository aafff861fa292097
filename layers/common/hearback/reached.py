"""When a play last reached a person: what keeps plays apart that say so (`days_since_play`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Reached:
    """The person's newest answer that a play followed, and the one before it that a play followed.

    Counted from answer to answer, not from the moment of a mail: then a message that is delivered again, however
    late, is judged as it was the first time.
    """

    contact: str
    at: datetime
    """When the newest one was answered."""
    by: str
    """Its id."""
    before: datetime | None = None

    @staticmethod
    def key_item(contact: str) -> dict[str, str]:
        return {"pk": f"CONTACT#{contact}", "sk": "LAST_PLAY"}

    def days_before(self, response: str, answered_at: datetime) -> float | None:
        """Days from the last answer that a play followed to this other one, at least 0; None if there is none."""
        last = self.before if self.by == response else self.at
        return max(0.0, (answered_at - last).total_seconds() / DAY_SECONDS) if last else None

    def reach_request(self) -> dict[str, Any]:
        """Write it down, on condition that no newer answer's play has reached the person, nor this one's."""
        return {
            "Key": self.key_item(self.contact),
            "UpdateExpression": "SET before_at = if_not_exists(played_at, :none), played_at = :at, played_by = :by",
            "ConditionExpression": "attribute_not_exists(pk) OR played_at < :at",
            "ExpressionAttributeValues": {
                ":at": self.at.isoformat(timespec="milliseconds"),
                ":by": self.by,
                ":none": "",
            },
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Reached":
        before = item.get("before_at")
        return cls(
            contact=item["pk"].removeprefix("CONTACT#"),
            at=_moment(item["played_at"]),
            by=item["played_by"],
            before=_moment(before) if before else None,
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
