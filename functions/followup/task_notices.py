"""Telling of a task: other systems when it is new or changes hands, and whose it is by mail; each once.

Whoever gives somebody a task tells of it at once. A notice that waits beside the task until that is done brings the
tick here as well, so that an owner hears whoever died on the way.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from aws_lambda_powertools import Logger

from followup import letters, repeatable
from followup.links import Links
from followup.post import Post
from followup.setbacks import Setbacks
from followup.settle_queue import about_task, body, send, tens
from hearback.aws.bus import Bus, message
from hearback.aws.claims import Claims
from hearback.aws.tasks import Tasks
from hearback.claim import Claim
from hearback.contact import Contact
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Task
from hearback.task_owner import owner_now

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

logger = Logger(child=True)


def queue_due_notices(tasks: Tasks, settle_queue: str, now: datetime) -> int:
    """Queue the tasks whose owners may not know, and forget only the notices that the queue took; how many.

    A task that is queued twice, because this function died in between, is told of once: under its claims.
    Raises SomeFailed once all others are queued.
    """
    queued, setbacks = 0, Setbacks()
    for some in tens(still_open(tasks, tasks.unnoticed(until=now), tasks.noticed, setbacks)):
        failed = send(settle_queue, {body(about_task(task.id)): [task.id] for task in some})
        for task in some:
            if task.id not in failed:
                tasks.noticed(task)
                queued += 1
    setbacks.raise_any()
    return queued


def still_open(
    tasks: Tasks, waiting: Iterable[str], forget: Callable[[Task], None], setbacks: Setbacks
) -> Iterator[Task]:
    """The tasks of which there is something to tell. Of those that were closed meanwhile it is of no use."""
    for task_id in waiting:
        with setbacks.kept_apart(task=task_id):
            task = tasks.get(task_id)
            if task and task.open:
                yield task
            elif task:
                forget(task)


@dataclass(frozen=True, slots=True)
class TaskNotices:
    tasks: Tasks
    claims: Claims
    post: Post
    links: Links
    bus: Bus
    sqs: "SQSClient"
    task_queue: str
    now: datetime

    def tell(
        self,
        task: Task,
        survey: Survey,
        responses: Sequence[Response],
        contact: Contact | None,
        earlier: Sequence[Response],
    ) -> bool:
        """Tell other systems of an open task, and whose it is; whether a mail went to them just now.

        Raises NotSent, EventNotTaken or Busy: to be tried again.
        """
        self._announce(task)
        if task.assignments:
            self._tell_assignment(task)
        mailed = self._mail(task, survey, responses, contact, earlier)
        self.tasks.noticed(task)
        return mailed

    def _announce(self, task: Task) -> None:
        claim = Claim(f"task-message/{task.id}", {"task": task.id}, repeatable=True)
        if repeatable.take(self.claims, claim, self.now):
            told = _told(task) | {"response": task.born_of}
            self.sqs.send_message(QueueUrl=self.task_queue, MessageBody=json.dumps(message(claim.digest, told)))
            self.bus.put("Task Opened", claim.digest, told, self.now)
            self.claims.settle(claim.digest, "done", self.now)

    def _tell_assignment(self, task: Task) -> None:
        claim = Claim(f"task-assigned/{task.id}/{len(task.assignments)}", {"task": task.id}, repeatable=True)
        if repeatable.take(self.claims, claim, self.now):
            told = _told(task) | {"owner_before": task.assignments[-1].before}
            self.bus.put("Task Assigned", claim.digest, told, self.now)
            self.claims.settle(claim.digest, "done", self.now)

    def _mail(
        self,
        task: Task,
        survey: Survey,
        responses: Sequence[Response],
        contact: Contact | None,
        earlier: Sequence[Response],
    ) -> bool:
        """The survey may have been changed since the task was given, and its owner have left."""
        person = owner_now(task, survey)
        if not person:
            logger.warning("nobody to tell of a task", extra={"task": task.id, "person": task.owner})
            return False
        owner, link = survey.people[person], self.links.task(task, person)
        occasion: Literal["new", "overdue"] = "overdue" if task.overdue(self.now) else "new"
        letter = letters.task_notice(survey, task, responses, contact, owner, link, occasion=occasion, earlier=earlier)
        return self.post.send(notice_claim(task), letter, owner.email, self.now, to_name=owner.name) == "sent"


def notice_claim(task: Task) -> Claim:
    """Of the mail to whom the task is given now."""
    times = f"/{len(task.assignments)}" if task.assignments else ""
    return Claim(f"task-notice/{task.id}{times}", {"task": task.id})


def _told(task: Task) -> dict[str, object]:
    """What other systems are told of a task: ids only. They know it again by its id."""
    return {
        "task": task.id,
        "survey": task.survey,
        "owner": task.owner,
        "due_at": task.due_at.isoformat(),
        "contact": task.contact,
        "dimensions": dict(task.dimensions or {}),
    }
