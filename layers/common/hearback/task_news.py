"""What is new of an open task: a further answer of its person, another word in an old one, how they want to be called.

It is written together with an item that waits beside the task until whose it is has been told, so that no crash keeps
it from them.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from hearback.claim import Claim
from hearback.contact import Cap, Slot
from hearback.response import Response
from hearback.task import STILL_OPEN, Callback, Task, stored
from hearback.task_assignment import PATIENCE

NEWS_KIND = "task-news"
JOINED = "task-joined/"
"""How the effect begins of a mail about answers that joined or were changed."""
APART = timedelta(hours=1)
"""Between two mails about answers that joined or were changed.

A wish to be called waits for nothing: there are MOST_WISHES of them.
"""
MOST_WISHES = 5
"""How often the person of a task may say how to be called: whoever has the link may change it, and each is a mail."""


def join_requests(task: str, response: str, now: datetime) -> list[dict[str, Any]]:
    """Add a further answer to an open task; adding it twice changes nothing. Whoever joins it tells of it at once."""
    update = {
        "Key": Task.key_item(task),
        "UpdateExpression": "ADD responses :response",
        "ConditionExpression": STILL_OPEN,
        "ExpressionAttributeValues": {":response": {response}},
    }
    return [{"Update": update}, _news(task, response, now + PATIENCE)]


def changes(task: Task, responses: Iterable[Response]) -> list[datetime]:
    """When its answers were changed since the task was given: what they were before, its first mail has told."""
    versions = (said for response in responses for said in response.history)
    times = (datetime.fromisoformat(said["until"]) for said in versions)
    return [at for at in times if at >= task.created_at]


def changed_request(task: str, response: Response, now: datetime) -> dict[str, Any]:
    """Let it be told that an answer was changed, unless that waits to be told. Whoever finds it out tells of it."""
    of = f"{response.id} {response.version}"
    return {
        "Item": _news_item(task, of, now + PATIENCE),
        "ConditionExpression": "attribute_not_exists(pk) OR #of <> :of",
        **_as_read(of),
    }


def call_back_requests(task: str, callback: Callback) -> list[dict[str, Any]]:
    """Write down how the person of an open task wants to be called; what they say last stands."""
    update = {
        "Key": Task.key_item(task),
        "UpdateExpression": "SET callback = :callback ADD callbacks :one",
        "ConditionExpression": f"{STILL_OPEN} AND (attribute_not_exists(callbacks) OR callbacks < :most)",
        "ExpressionAttributeValues": {
            ":callback": {"phone": callback.phone, "when": callback.when, "at": stored(callback.at)},
            ":one": 1,
            ":most": MOST_WISHES,
        },
    }
    return [{"Update": update}, _news(task, stored(callback.at), callback.at)]


def news_key(task: str) -> dict[str, str]:
    return {**Task.key_item(task), "sk": "NEWS"}


def is_told(of: str, task: Task, responses: Iterable[Response]) -> bool:
    """Whether the task and its answers, as they were read, hold what is new."""
    changed, _, version = of.partition(" ")
    if version:
        read = (each for each in responses if str(each.id) == changed and not each.erased)
        return all(each.version >= int(version) for each in read)
    return of in task.responses or (task.callback is not None and of == stored(task.callback.at))


def news_told_request(task: str, of: str) -> dict[str, Any]:
    """Take away what was told, on condition that nothing newer stands there."""
    return {"Key": news_key(task), "ConditionExpression": "#of = :of", **_as_read(of)}


def news_later_request(task: str, of: str, due_at: datetime) -> dict[str, Any]:
    """Let it wait for longer, on condition that nothing newer stands there."""
    request = {
        "Key": news_key(task),
        "UpdateExpression": "SET due_at = :due",
        "ConditionExpression": "#of = :of",
        **_as_read(of),
    }
    request["ExpressionAttributeValues"] |= {":due": stored(due_at)}
    return request


def joined_claim(task: Task, responses: Iterable[Response]) -> Claim:
    """Of the mail about the newest answer that joined, or the newest change of one.

    Named by all that there was to tell, not by how much: an answer that is confirmed by hand over a program's form
    begins anew, without history, and a count would come round again.
    """
    changed = (f"{each.id} {at.isoformat()}" for each in responses for at in changes(task, [each]))
    told = hashlib.sha256(" ".join(sorted([*task.responses, *changed])).encode()).hexdigest()[:16]
    return Claim(f"{JOINED}{task.id}/{told}", {"task": task.id})


def call_claim(task: Task) -> Claim:
    """Of the mail about how its person wants to be called now."""
    at = stored(task.callback.at) if task.callback else ""
    return Claim(f"task-call/{task.id}/{at}", {"task": task.id})


def joined_cap(task: Task) -> Cap:
    """That keeps mails about answers that joined or were changed apart."""
    return Cap(Slot(task.contact, "TASK_NEWS"), APART)


def _news(task: str, of: str, due_at: datetime) -> dict[str, Any]:
    return {"Put": {"Item": _news_item(task, of, due_at)}}


def _news_item(task: str, of: str, due_at: datetime) -> dict[str, str]:
    return {**news_key(task), "due_kind": NEWS_KIND, "due_at": stored(due_at), "of": of}


def _as_read(of: str) -> dict[str, Any]:
    return {"ExpressionAttributeNames": {"#of": "of"}, "ExpressionAttributeValues": {":of": of}}
