"""What changes a task while it is open, and what is written on it by others than its owner.

Each is one conditional write: on the task being open, where nothing else is said.
"""

from datetime import datetime
from typing import Any

from hearback.response import Response
from hearback.task import LATER, MOST_NOTES, STILL_OPEN, Note, Task, stored

MOST_LATER = 100
"""Later answers a closed task takes down: more than a person gives while a report looks back on it."""
NOTED = "notes = list_append(if_not_exists(notes, :none), :note)"
_NOT_TAKEN = "(attribute_not_exists(taken_by) OR taken_by = :by)"


def take_request(task: Task, by: str, now: datetime) -> dict[str, Any]:
    """Say who will call, on condition that nobody else has said so since the task was read."""
    return {
        "Key": Task.key_item(task.id),
        "UpdateExpression": "SET taken_by = :by, taken_at = :now",
        "ConditionExpression": f"{STILL_OPEN} AND " + ("taken_by IN (:before, :by)" if task.taken_by else _NOT_TAKEN),
        "ExpressionAttributeValues": {":by": by, ":now": stored(now)}
        | ({":before": task.taken_by} if task.taken_by else {}),
    }


def note_request(task: str, note: Note) -> dict[str, Any]:
    """Add a note to an open task, on condition that it has room and not this one."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": f"SET {NOTED} ADD note_ids :ids",
        "ConditionExpression": (
            f"{STILL_OPEN} AND (attribute_not_exists(notes) OR size(notes) < :most) "
            "AND (attribute_not_exists(note_ids) OR NOT contains(note_ids, :id))"
        ),
        "ExpressionAttributeValues": {**note_values(note), ":id": note.id, ":ids": {note.id}, ":most": MOST_NOTES},
    }


def note_values(note: Note) -> dict[str, Any]:
    """What NOTED needs."""
    return {":none": [], ":note": [note.to_item()]}


def reschedule_request(task: str, due_at: datetime) -> dict[str, Any]:
    """Make an open task due at another time; whoever was told that it is overdue is told again if it is again."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET due_at = :due REMOVE told",
        "ConditionExpression": STILL_OPEN,
        "ExpressionAttributeValues": {":due": stored(due_at)},
    }


def told_request(task: Task, told: int) -> dict[str, Any]:
    """Remember who knows that an open task is overdue, on condition that it was not rescheduled meanwhile."""
    return {
        "Key": Task.key_item(task.id),
        "UpdateExpression": "SET told = :told",
        "ConditionExpression": f"{STILL_OPEN} AND due_at = :due",
        "ExpressionAttributeValues": {":told": told, ":due": stored(task.due_at)},
    }


def came_back_request(task: str, response: Response) -> dict[str, Any]:
    """Write down at a closed task what its person answered later; or that it does not count any more.

    Each answer stands for itself, in its newest version: so a message that comes twice or late changes nothing, and
    where one does not count, what was answered before it does.
    """
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET #answer = :said ADD later :ids",
        "ConditionExpression": (
            "closed_at < :at AND (attribute_not_exists(#answer) OR #answer.#version < :version) "
            "AND (attribute_not_exists(later) OR size(later) < :most OR contains(later, :id))"
        ),
        "ExpressionAttributeNames": {"#answer": f"{LATER}{response.id}", "#version": "version"},
        "ExpressionAttributeValues": {
            ":said": {
                "at": stored(response.answered_at),
                "version": response.version,
                "score": response.score if response.counted else None,
            },
            ":at": stored(response.answered_at),
            ":version": response.version,
            ":id": str(response.id),
            ":ids": {str(response.id)},
            ":most": MOST_LATER,
        },
    }


def erase_request(task: str, contact: str) -> dict[str, Any]:
    """Take out who it is about and what was noted of them. It stays open or closed as it was."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET contact_key = :nobody, erased = :true REMOVE notes, note_ids, callback",
        "ConditionExpression": "contact_key = :contact",
        "ExpressionAttributeValues": {":nobody": "", ":true": True, ":contact": contact},
    }
