"""A task: somebody must call this person by then. At most one is open for a contact."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from hearback.foreign import text, texts
from hearback.nps import category

DUE_KIND = "task"

Outcome = Literal["resolved", "unreachable", "no-action", "refunded"]
OUTCOMES: tuple[Outcome, ...] = ("resolved", "unreachable", "no-action", "refunded")
Ending = Outcome | Literal["withdrawn"]
"""`withdrawn`: nobody's word. None of the answers that it was about counts any more, and nobody had begun."""
MOST_NOTES = 50
NOTE_LENGTH = 2000
"""Characters a note may have."""
LATEST = timedelta(days=14)
"""How far ahead a task can be rescheduled: whom nobody calls for longer, nobody calls."""
LATER = "later#"
"""How the attributes of a closed task begin that hold what its person answered after it, one for each answer."""
STILL_OPEN = "attribute_exists(pk) AND attribute_not_exists(closed_at)"
"""The condition of everything that is done to a task before it is closed."""


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    """Of the form or command that wrote it: sent twice, it is one note."""
    at: datetime
    by: str
    """Whose: an id among the survey's people."""
    text: str

    def to_item(self) -> dict[str, str]:
        return {"id": self.id, "at": stored(self.at), "by": self.by, "text": self.text}

    @classmethod
    def from_item(cls, item: Mapping[str, str]) -> "Note":
        return cls(text(item["id"]), moment(item["at"]), text(item["by"]), text(item["text"]))


@dataclass(frozen=True, slots=True)
class Callback:
    """How its person wants to be called, in their own words."""

    phone: str
    when: str
    """"" for any time."""
    at: datetime
    """When they said so."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """That a task went to somebody after it was opened, or once more to the same."""

    at: datetime
    before: str
    """Whose it was: an id that was among the survey's people."""
    owner: str

    def to_item(self) -> dict[str, str]:
        return {"at": stored(self.at), "before": self.before, "owner": self.owner}

    @classmethod
    def from_item(cls, item: Mapping[str, str]) -> "Assignment":
        return cls(moment(item["at"]), text(item["before"]), text(item["owner"]))


@dataclass(frozen=True, slots=True)
class Closing:
    """How a task ended."""

    at: datetime
    by: str
    """Whose word it is: an id among the survey's people; "" if it was withdrawn."""
    outcome: Ending
    root_cause: str
    """One of the survey's root causes; "" if it was withdrawn."""


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
    assignments: Sequence[Assignment] = ()
    """Oldest first; none while it is whose it was at first."""
    callback: Callback | None = None
    told: int = 0
    """How many have been told that it is overdue: nobody, its owner, the manager too."""
    closing: Closing | None = None
    came_back: int | None = None
    """The score of the newest answer that its person gave after it was closed, of those that count."""
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
    def id_of(item: Mapping[str, Any]) -> str:
        """Of a stored task, from its key."""
        return str(item["pk"]).removeprefix("TASK#")

    @staticmethod
    def open_key(contact: str) -> dict[str, str]:
        """Where the contact's one open task is named."""
        return {"pk": f"CONTACT#{contact}", "sk": "OPEN_TASK"}

    @staticmethod
    def closed_key(contact: str) -> dict[str, str]:
        """Where the contact's closed tasks are named."""
        return {"pk": f"CONTACT#{contact}", "sk": "CLOSED_TASK"}

    @staticmethod
    def closed_kind(survey: str) -> str:
        """Under which the closed tasks of a survey are listed, by the time of their closing."""
        return f"closed-task#{survey}"

    @property
    def born_of(self) -> str:
        """The id of the answer that made it."""
        return next((each for each in self.responses if self.id_for(each) == self.id), min(self.responses))

    @property
    def open(self) -> bool:
        return self.closing is None

    @property
    def withdrawn(self) -> bool:
        return self.closing is not None and self.closing.outcome == "withdrawn"

    @property
    def untouched(self) -> bool:
        """Whether neither its owner nor its person has done anything about it."""
        moved = self.promised_at is not None and self.due_at != self.promised_at
        return not (self.taken_by or self.notes or self.callback or moved)

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
            "created_at": stored(self.created_at),
            "due_kind": DUE_KIND,
            "due_at": stored(self.due_at),
            "promised_at": stored(self.due_at),
            "responses": set(self.responses),
            "contact_key": self.contact,
            "dimensions": dict(self.dimensions or {}),
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Task":
        closing = None
        if "closed_at" in item:
            how = (text(item[name]) for name in ("closed_by", "outcome", "root_cause"))
            closing = Closing(moment(item["closed_at"]), *how)
        return cls(
            id=cls.id_of(item),
            survey=text(item["survey"]),
            owner=text(item["owner"]),
            created_at=moment(item["created_at"]),
            due_at=moment(item.get("last_due_at") or item["due_at"]),
            responses=frozenset(map(text, item["responses"])),
            contact=text(item["contact_key"]),
            dimensions=texts(item["dimensions"]),
            promised_at=moment(item["promised_at"]),
            taken_by=text(item.get("taken_by", "")),
            taken_at=moment(item["taken_at"]) if "taken_at" in item else None,
            notes=tuple(Note.from_item(note) for note in item.get("notes", ())),
            assignments=tuple(Assignment.from_item(each) for each in item.get("assignments", ())),
            callback=_callback(item["callback"]) if "callback" in item else None,
            told=int(item.get("told", 0)),
            closing=closing,
            came_back=_came_back(item),
            erased=item.get("erased", False),
        )


def _callback(item: Mapping[str, str]) -> Callback:
    return Callback(text(item["phone"]), text(item["when"]), moment(item["at"]))


def _came_back(item: Mapping[str, Any]) -> int | None:
    later = ((name, said) for name, said in item.items() if name.startswith(LATER))
    counted = [(said["at"], name, int(said["score"])) for name, said in later if said["score"] is not None]
    return max(counted)[2] if counted else None


def stored(at: datetime) -> str:
    """A moment as it is kept: the index of what is due sorts by it."""
    return at.isoformat(timespec="seconds")


def moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)
