"""A task: somebody must call this person by then. At most one is open for a contact.

Every change but the mark of a person who came back is conditional on the task being open.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from hearback.nps import category

DUE_KIND = "task"
ASK_AGAIN_KIND = "ask-again"
CLOSING_KIND = "task-closed"
"""Of a closing that the bus has not been told of."""

Outcome = Literal["resolved", "unreachable", "no-action", "refunded"]
OUTCOMES: tuple[Outcome, ...] = ("resolved", "unreachable", "no-action", "refunded")
MOST_NOTES = 50
NOTE_LENGTH = 2000
"""Characters a note may have."""
LATEST = timedelta(days=14)
"""How far ahead a task can be rescheduled: whom nobody calls for longer, nobody calls."""

_OPEN = "attribute_exists(pk) AND attribute_not_exists(closed_at)"
_NOT_TAKEN = "(attribute_not_exists(taken_by) OR taken_by = :by)"
_NOTED = "notes = list_append(if_not_exists(notes, :none), :note)"


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    """Of the form or command that wrote it: sent twice, it is one note."""
    at: datetime
    by: str
    """Whose: an id among the survey's people."""
    text: str

    def to_item(self) -> dict[str, str]:
        return {"id": self.id, "at": _text(self.at), "by": self.by, "text": self.text}

    @classmethod
    def from_item(cls, item: Mapping[str, str]) -> "Note":
        return cls(item["id"], _moment(item["at"]), item["by"], item["text"])


@dataclass(frozen=True, slots=True)
class Callback:
    """How its person wants to be called, in their own words."""

    phone: str
    when: str
    """"" for any time."""
    at: datetime
    """When they said so."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How a task ended."""

    at: datetime
    by: str
    """Whose word it is: an id among the survey's people."""
    outcome: Outcome
    root_cause: str
    """One of the survey's root causes."""


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
    promised_at: datetime | None = None
    """When it was due at first, whatever it was rescheduled to."""
    taken_by: str = ""
    """Who has said that they will call: an id among the survey's people."""
    taken_at: datetime | None = None
    notes: Sequence[Note] = ()
    """Oldest first."""
    callback: Callback | None = None
    told: int = 0
    """How many have been told that it is overdue: nobody, its owner, the manager too."""
    closing: Closing | None = None
    came_back: int | None = None
    """The score of the newest answer that its person gave after it was closed."""
    erased: bool = False
    """Whether its person was erased on request: nobody can be called."""

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

    @staticmethod
    def closed_key(contact: str) -> dict[str, str]:
        """Where the contact's last closed task is named."""
        return {"pk": f"CONTACT#{contact}", "sk": "CLOSED_TASK"}

    @staticmethod
    def closed_kind(survey: str) -> str:
        """Under which the closed tasks of a survey are listed, by the time of their closing."""
        return f"closed-task#{survey}"

    @property
    def open(self) -> bool:
        return self.closing is None

    @property
    def in_time(self) -> bool:
        """Whether it was closed by when it was due at first."""
        return self.closing is not None and self.closing.at <= (self.promised_at or self.due_at)

    @property
    def recovered(self) -> bool:
        """Whether its person came back as a passive or a promoter."""
        return self.came_back is not None and category(self.came_back) != "detractor"

    def overdue(self, now: datetime) -> bool:
        return self.open and self.due_at < now

    def to_item(self) -> dict[str, Any]:
        """As a new one is written."""
        return {
            **self.key_item(self.id),
            "survey": self.survey,
            "owner": self.owner,
            "created_at": _text(self.created_at),
            "due_kind": DUE_KIND,
            "due_at": _text(self.due_at),
            "promised_at": _text(self.due_at),
            "responses": set(self.responses),
            "contact_key": self.contact,
            "dimensions": dict(self.dimensions or {}),
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Task":
        closing = None
        if "closed_at" in item:
            closing = Closing(_moment(item["closed_at"]), item["closed_by"], item["outcome"], item["root_cause"])
        return cls(
            id=item["pk"].removeprefix("TASK#"),
            survey=item["survey"],
            owner=item["owner"],
            created_at=_moment(item["created_at"]),
            due_at=_moment(item.get("last_due_at") or item["due_at"]),
            responses=frozenset(item["responses"]),
            contact=item["contact_key"],
            dimensions=item["dimensions"],
            promised_at=_moment(item["promised_at"]),
            taken_by=item.get("taken_by", ""),
            taken_at=_moment(item["taken_at"]) if "taken_at" in item else None,
            notes=tuple(Note.from_item(note) for note in item.get("notes", ())),
            callback=_callback(item["callback"]) if "callback" in item else None,
            told=int(item.get("told", 0)),
            closing=closing,
            came_back=int(item["came_back"]) if "came_back" in item else None,
            erased=item.get("erased", False),
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

    def take_request(self, by: str, now: datetime) -> dict[str, Any]:
        """Say who will call, on condition that nobody else has said so since this was read."""
        return {
            "Key": self.key_item(self.id),
            "UpdateExpression": "SET taken_by = :by, taken_at = :now",
            "ConditionExpression": f"{_OPEN} AND " + ("taken_by IN (:before, :by)" if self.taken_by else _NOT_TAKEN),
            "ExpressionAttributeValues": {":by": by, ":now": _text(now)}
            | ({":before": self.taken_by} if self.taken_by else {}),
        }

    def close_requests(self, closing: Closing, note: Note | None, ask_again: timedelta) -> list[dict[str, Any]]:
        """Close it, let the contact's next detractor answer open another, and see to what follows.

        What follows: the bus is told, and after `ask_again` (0 for never) the contact is asked again.
        """
        task = self.key_item(self.id)
        requests: list[dict[str, Any]] = [
            {
                "Update": {
                    "Key": task,
                    # The index lists it by its closing from now on.
                    "UpdateExpression": (
                        "SET last_due_at = due_at, due_at = :now, due_kind = :kind, closed_at = :now, closed_by = :by, "
                        f"outcome = :outcome, root_cause = :cause{', ' * bool(note)}{_NOTED * bool(note)}"
                    ),
                    "ConditionExpression": f"{_OPEN} AND contact_key = :contact",
                    "ExpressionAttributeValues": {
                        ":now": _text(closing.at),
                        ":by": closing.by,
                        ":outcome": closing.outcome,
                        ":cause": closing.root_cause,
                        ":kind": self.closed_kind(self.survey),
                        ":contact": self.contact,
                        **(_note_values(note) if note else {}),
                    },
                }
            },
            {"Put": {"Item": {**task, "sk": "CLOSING", "due_kind": CLOSING_KIND, "due_at": _text(closing.at)}}},
        ]
        if self.contact:
            requests += [
                {"Delete": {"Key": self.open_key(self.contact)}},
                {"Put": {"Item": {**self.closed_key(self.contact), "task": self.id}}},
            ]
        if self.contact and ask_again:
            due_at = _text(closing.at + ask_again)
            requests.append(
                {"Put": {"Item": {**task, "sk": "ASK_AGAIN", "due_kind": ASK_AGAIN_KIND, "due_at": due_at}}}
            )
        return requests


def note_request(task: str, note: Note) -> dict[str, Any]:
    """Add a note to an open task, on condition that it has room and not this one."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": f"SET {_NOTED} ADD note_ids :ids",
        "ConditionExpression": (
            f"{_OPEN} AND (attribute_not_exists(notes) OR size(notes) < :most) "
            "AND (attribute_not_exists(note_ids) OR NOT contains(note_ids, :id))"
        ),
        "ExpressionAttributeValues": {**_note_values(note), ":id": note.id, ":ids": {note.id}, ":most": MOST_NOTES},
    }


def call_back_request(task: str, callback: Callback) -> dict[str, Any]:
    """Write down how the person of an open task wants to be called; what they say last stands."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET callback = :callback",
        "ConditionExpression": _OPEN,
        "ExpressionAttributeValues": {
            ":callback": {"phone": callback.phone, "when": callback.when, "at": _text(callback.at)}
        },
    }


def reschedule_request(task: str, due_at: datetime) -> dict[str, Any]:
    """Make an open task due at another time; whoever was told that it is overdue is told again if it is again."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET due_at = :due REMOVE told",
        "ConditionExpression": _OPEN,
        "ExpressionAttributeValues": {":due": _text(due_at)},
    }


def told_request(task: Task, told: int) -> dict[str, Any]:
    """Remember who knows that an open task is overdue, on condition that it was not rescheduled meanwhile."""
    return {
        "Key": Task.key_item(task.id),
        "UpdateExpression": "SET told = :told",
        "ConditionExpression": f"{_OPEN} AND due_at = :due",
        "ExpressionAttributeValues": {":told": told, ":due": _text(task.due_at)},
    }


def came_back_request(task: str, score: int, answered_at: datetime) -> dict[str, Any]:
    """Mark a closed task with an answer that its person gave later; the newest answer stands."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET came_back = :score, came_back_at = :at",
        "ConditionExpression": "closed_at < :at AND (attribute_not_exists(came_back_at) OR came_back_at <= :at)",
        "ExpressionAttributeValues": {":score": score, ":at": _text(answered_at)},
    }


def erase_request(task: str, contact: str) -> dict[str, Any]:
    """Take out who it is about and what was noted of them. It stays open or closed as it was."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET contact_key = :nobody, erased = :true REMOVE notes, note_ids, callback",
        "ConditionExpression": "contact_key = :contact",
        "ExpressionAttributeValues": {":nobody": "", ":true": True, ":contact": contact},
    }


def join_request(task: str, response: str) -> dict[str, Any]:
    """Add a further answer to an open task; adding it twice changes nothing."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "ADD responses :response",
        "ConditionExpression": _OPEN,
        "ExpressionAttributeValues": {":response": {response}},
    }


def _note_values(note: Note) -> dict[str, Any]:
    return {":none": [], ":note": [note.to_item()]}


def _callback(item: Mapping[str, str]) -> Callback:
    return Callback(item["phone"], item["when"], _moment(item["at"]))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
