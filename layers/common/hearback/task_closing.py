"""How a task ends: closed by somebody who says what came of it, or withdrawn with what it was about.

Both are one transaction, and leave the bus to be told. Only who was called is asked again, and may come back.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hearback.task import STILL_OPEN, Closing, Note, Task, stored
from hearback.task_changes import NOTED, note_values

ASK_AGAIN_KIND = "ask-again"
CLOSING_KIND = "task-closed"
"""Of a closing that the bus has not been told of."""
MOST_CLOSED = 10
"""Closed tasks of a person that a later answer is written down at: reports look back 90 days."""
_UNTOUCHED = (
    "attribute_not_exists(taken_by) AND attribute_not_exists(notes) AND attribute_not_exists(callback) "
    "AND due_at = promised_at AND size(responses) = :answers"
)


def ask_again_key(task: str) -> dict[str, str]:
    """Where it waits beside a task that its person is asked again."""
    return {**Task.key_item(task), "sk": "ASK_AGAIN"}


def closing_key(task: str) -> dict[str, str]:
    """Where it waits beside a task that the bus is told of its closing."""
    return {**Task.key_item(task), "sk": "CLOSING"}


def close_requests(task: Task, closing: Closing, note: Note | None, ask_again: timedelta) -> list[dict[str, Any]]:
    """Close it, let the contact's next detractor answer open another, and see to what follows.

    What follows: the bus is told, and after `ask_again` (0 for never) the contact is asked again.
    """
    update = _end_request(task, closing)
    if note:
        update["UpdateExpression"] += f", {NOTED}"
        update["ExpressionAttributeValues"] |= note_values(note)
    requests = [{"Update": update}, *_after(task, closing)]
    if task.contact:
        requests.append({"Update": _name_closed_request(task, closing)})
    if task.contact and ask_again:
        waiting = {**ask_again_key(task.id), "due_kind": ASK_AGAIN_KIND}
        requests.append({"Put": {"Item": {**waiting, "due_at": stored(closing.at + ask_again)}}})
    return requests


def withdraw_requests(task: Task, now: datetime) -> list[dict[str, Any]]:
    """End it because its reason has, on condition that nobody has touched it, and no answer joined since it was read.

    Nobody was called, so nobody is asked again, and nobody is expected to come back from it.
    """
    closing = Closing(now, "", "withdrawn", "")
    update = _end_request(task, closing)
    update["ConditionExpression"] += f" AND {_UNTOUCHED}"
    update["ExpressionAttributeValues"][":answers"] = len(task.responses)
    return [{"Update": update}, *_after(task, closing)]


def closed_in(pointer: Mapping[str, Any] | None) -> list[str]:
    """Ids of a contact's closed tasks, the last MOST_CLOSED of them, from what is stored at `Task.closed_key`."""
    named = sorted(pointer.get("closed", ())) if pointer else []
    return [each.rpartition(" ")[2] for each in named[-MOST_CLOSED:]]


def _name_closed_request(task: Task, closing: Closing) -> dict[str, Any]:
    """Name it among its contact's closed tasks, in the order of their closing."""
    return {
        "Key": Task.closed_key(task.contact),
        "UpdateExpression": "ADD closed :this",
        "ExpressionAttributeValues": {":this": {f"{stored(closing.at)} {task.id}"}},
    }


def _end_request(task: Task, closing: Closing) -> dict[str, Any]:
    return {
        "Key": Task.key_item(task.id),
        # The index lists it by its closing from now on.
        "UpdateExpression": (
            "SET last_due_at = due_at, due_at = :now, due_kind = :kind, closed_at = :now, closed_by = :by, "
            "outcome = :outcome, root_cause = :cause"
        ),
        "ConditionExpression": f"{STILL_OPEN} AND contact_key = :contact",
        "ExpressionAttributeValues": {
            ":now": stored(closing.at),
            ":by": closing.by,
            ":outcome": closing.outcome,
            ":cause": closing.root_cause,
            ":kind": Task.closed_kind(task.survey),
            ":contact": task.contact,
        },
    }


def _after(task: Task, closing: Closing) -> list[dict[str, Any]]:
    """The bus is to be told, and the contact may have another task."""
    untold = {**closing_key(task.id), "due_kind": CLOSING_KIND, "due_at": stored(closing.at)}
    freed = [{"Delete": {"Key": Task.open_key(task.contact)}}] if task.contact else []
    return [{"Put": {"Item": untold}}, *freed]
