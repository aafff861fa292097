"""A task: somebody must call this person by then. At most one is open for a contact."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

DUE_KIND = "task"
Outcome = Literal["resolved", "unreachable", "no-action", "refunded"]
ERASED = "erased on request"
"""The note on a task whose person was erased: nobody can be called."""
OUTCOMES: tuple[Outcome, ...] = ("resolved", "unreachable", "no-action", "refunded")


@dataclass(frozen=True, slots=True)
class Task:
    id: str
    survey: str
    owner: str
    """Whose it is: an id among the survey's people."""
    created_at: datetime
    due_at: datetime
    responses: frozenset[str]
    """Ids of the answers it is about: the first, and those that joined while it was open."""
    contact: str = ""
    dimensions: Mapping[str, str] | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    note: str = ""

    @staticmethod
    def id_for(response: str) -> str:
        """The id of the task that a response makes: the same response makes the same task."""
        return hashlib.sha256(response.encode()).hexdigest()[:16]

    @staticmethod
    def key_item(task: str) -> dict[str, str]:
        return {"pk": f"TASK#{task}", "sk": "TASK"}

    @staticmethod
    def open_key(contact: str) -> dict[str, str]:
        """Where the contact's one open task is named."""
        return {"pk": f"CONTACT#{contact}", "sk": "OPEN_TASK"}

    @property
    def open(self) -> bool:
        return self.closed_at is None

    def overdue(self, now: datetime) -> bool:
        return self.open and self.due_at < now

    def to_item(self) -> dict[str, Any]:
        item: dict[str, Any] = {
            **self.key_item(self.id),
            "survey": self.survey,
            "owner": self.owner,
            "created_at": self.created_at.isoformat(timespec="seconds"),
            "due_at": self.due_at.isoformat(timespec="seconds"),
            "responses": set(self.responses),
            "contact_key": self.contact,
            "dimensions": dict(self.dimensions or {}),
        }
        return item | {"due_kind": DUE_KIND} if self.open else item

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Task":
        closed_at = item.get("closed_at")
        return cls(
            id=item["pk"].removeprefix("TASK#"),
            survey=item["survey"],
            owner=item["owner"],
            created_at=_moment(item["created_at"]),
            due_at=_moment(item["due_at"]),
            responses=frozenset(item["responses"]),
            contact=item["contact_key"],
            dimensions=item["dimensions"],
            closed_at=_moment(closed_at) if closed_at else None,
            outcome=item.get("outcome", ""),
            note=item.get("note", ""),
        )

    def create_requests(self) -> list[dict[str, Any]]:
        """The task and, for a known contact, the claim to be the open one; together or not at all."""
        puts: list[dict[str, Any]] = [
            {"Put": {"Item": self.to_item(), "ConditionExpression": "attribute_not_exists(pk)"}}
        ]
        if self.contact:
            pointer = {**self.open_key(self.contact), "task": self.id}
            puts.append({"Put": {"Item": pointer, "ConditionExpression": "attribute_not_exists(pk)"}})
        return puts

    def close_requests(self, outcome: Outcome, note: str, now: datetime) -> list[dict[str, Any]]:
        """Close it, on condition that it is open, and let the contact's next detractor answer open another."""
        requests: list[dict[str, Any]] = [
            {
                "Update": {
                    "Key": self.key_item(self.id),
                    "UpdateExpression": "SET closed_at = :now, outcome = :outcome, note = :note REMOVE due_kind",
                    "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(closed_at)",
                    "ExpressionAttributeValues": {
                        ":now": now.isoformat(timespec="seconds"),
                        ":outcome": outcome,
                        ":note": note,
                    },
                }
            }
        ]
        if self.contact:
            requests.append({"Delete": {"Key": self.open_key(self.contact)}})
        return requests


def erase_request(task: str, contact: str) -> dict[str, Any]:
    """Take out who it is about, and say so where the owner reads. It stays open or closed as it was."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET contact_key = :nobody, note = :erased",
        "ConditionExpression": "contact_key = :contact",
        "ExpressionAttributeValues": {":nobody": "", ":erased": ERASED, ":contact": contact},
    }


def join_request(task: str, response: str) -> dict[str, Any]:
    """Add a further answer to an open task; adding it twice changes nothing."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "ADD responses :response",
        "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(closed_at)",
        "ExpressionAttributeValues": {":response": {response}},
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
