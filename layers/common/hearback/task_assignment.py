"""Whose a task is: from its first owner to whoever it is assigned to later.

Whenever somebody gets a task, a notice waits beside it until they have been told, so that no crash leaves an owner
who does not know. It is written in the same transaction.
"""

from datetime import datetime, timedelta
from typing import Any

from hearback.task import DUE_KIND, STILL_OPEN, Assignment, Task, stored

NOTICE_KIND = "task-notice"
PATIENCE = timedelta(minutes=15)
"""How long the notice of a new task waits before the tick sees to it: whoever opens a task tells of it at once."""


def notice_key(task: str) -> dict[str, str]:
    """Where it waits beside a task that its owner is told."""
    return {**Task.key_item(task), "sk": "NOTICE"}


def open_requests(task: Task) -> list[dict[str, Any]]:
    """A new task with its notice and, for a known contact, the claim to be the open one; together or not at all."""
    puts: list[dict[str, Any]] = [
        {"Put": {"Item": task.to_item(), "ConditionExpression": "attribute_not_exists(pk)"}},
        _notice(task, task.created_at + PATIENCE),
    ]
    if task.contact:
        puts.append(_be_the_open_one(task))
    return puts


def assign_requests(task: Task, owner: str, now: datetime) -> list[dict[str, Any]]:
    """Give an open task to `owner`, on condition that nobody else has assigned it since it was read.

    Who had said that they would call has not said so to the new owner: that is taken back.
    """
    update = _assign_request(task, owner, now)
    update["UpdateExpression"] += " REMOVE taken_by, taken_at"
    update["ConditionExpression"] += f" AND {STILL_OPEN}"
    return [{"Update": update}, _notice(task, now, times=len(task.assignments) + 1)]


def reopen_requests(task: Task, owner: str, due_at: datetime, now: datetime) -> list[dict[str, Any]]:
    """Open a withdrawn task again, for `owner`, unless its contact has another open one by now."""
    update = _assign_request(task, owner, now)
    update["UpdateExpression"] += (
        ", due_kind = :kind, due_at = :due, promised_at = :due "
        "REMOVE closed_at, closed_by, outcome, root_cause, last_due_at, told"
    )
    update["ConditionExpression"] += " AND outcome = :withdrawn AND contact_key = :contact"
    update["ExpressionAttributeValues"] |= {
        ":kind": DUE_KIND,
        ":due": stored(due_at),
        ":withdrawn": "withdrawn",
        ":contact": task.contact,
    }
    requests = [{"Update": update}, _notice(task, now + PATIENCE, times=len(task.assignments) + 1)]
    return [*requests, _be_the_open_one(task)] if task.contact else requests


def noticed_request(task: Task) -> dict[str, Any]:
    """Take the notice away, on condition that the task was not assigned again since it was read."""
    return {
        "Key": notice_key(task.id),
        "ConditionExpression": "times = :times",
        "ExpressionAttributeValues": {":times": len(task.assignments)},
    }


def _assign_request(task: Task, owner: str, now: datetime) -> dict[str, Any]:
    assignment = Assignment(now, task.owner, owner)
    as_read = "size(assignments) = :times" if task.assignments else "attribute_not_exists(assignments)"
    return {
        "Key": Task.key_item(task.id),
        "UpdateExpression": "SET #owner = :owner, assignments = list_append(if_not_exists(assignments, :none), :new)",
        "ConditionExpression": as_read,
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": {
            ":owner": owner,
            ":none": [],
            ":new": [assignment.to_item()],
            **({":times": len(task.assignments)} if task.assignments else {}),
        },
    }


def _notice(task: Task, due_at: datetime, times: int = 0) -> dict[str, Any]:
    """`times`: how often the task was assigned when its owner was to be told."""
    item = {**notice_key(task.id), "due_kind": NOTICE_KIND, "due_at": stored(due_at), "times": times}
    return {"Put": {"Item": item}}


def _be_the_open_one(task: Task) -> dict[str, Any]:
    pointer = {**Task.open_key(task.contact), "task": task.id}
    return {"Put": {"Item": pointer, "ConditionExpression": "attribute_not_exists(pk)"}}
