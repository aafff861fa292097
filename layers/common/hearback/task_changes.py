"""What changes a task while it is open, and what is written on it by others than its owner.

Each is one conditional write: on the task being open, where nothing else is said.
"""

from datetime import datetime
from typing import Any

from hearback.task import MOST_NOTES, STILL_OPEN, Note, Task, stored

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


def came_back_request(task: str, score: int, answered_at: datetime) -> dict[str, Any]:
    """Mark a closed task with an answer that its person gave later; the newest answer stands."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET came_back = :score, came_back_at = :at",
        "ConditionExpression": "closed_at < :at AND (attribute_not_exists(came_back_at) OR came_back_at <= :at)",
        "ExpressionAttributeValues": {":score": score, ":at": stored(answered_at)},
    }


def erase_request(task: str, contact: str) -> dict[str, Any]:
    """Take out who it is about and what was noted of them. It stays open or closed as it was."""
    return {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET contact_key = :nobody, erased = :true REMOVE notes, note_ids, callback",
        "ConditionExpression": "contact_key = :contact",
        "ExpressionAttributeValues": {":nobody": "", ":true": True, ":contact": contact},
    }
