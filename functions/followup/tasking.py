"""Giving somebody a task: opened or joined once, told to other systems, and to its owner by mail."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from followup import letters, repeatable
from followup.links import Links
from followup.post import Post
from followup.story import Story
from hearback import plays
from hearback.aws.bus import Bus
from hearback.aws.claims import Claims
from hearback.aws.tasks import Tasks
from hearback.business_time import Calendar
from hearback.claim import Claim
from hearback.contact import Cap
from hearback.play import TaskPlay
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Task

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Tasking:
    tasks: Tasks
    claims: Claims
    post: Post
    links: Links
    bus: Bus
    sqs: "SQSClient"
    task_queue: str
    now: datetime

    def give(self, play: TaskPlay, survey: Survey, story: Story, caps: Sequence[Cap] = ()) -> None:
        """Open a task or join the contact's open one; tell other systems and the owner of a new one.

        Raises NotSent, NotTaken or Busy: to be tried again.
        """
        response = story.response
        wanted = Task(
            id=Task.id_for(str(response.id)),
            survey=survey.id,
            owner=plays.reader(play, survey, response.dimensions),
            created_at=self.now,
            due_at=Calendar.of(survey.scope(response.dimensions), survey.zone).add(
                self.now, timedelta(hours=play.due_hours)
            ),
            responses=frozenset({str(response.id)}),
            contact=response.contact,
            dimensions=response.dimensions,
        )
        opening = Claim(f"{response.id}/{play.id}", {"response": str(response.id)}, repeatable=True)
        if repeatable.take(self.claims, opening, self.now, caps):
            task = self.tasks.open_or_join(wanted, str(response.id))
            self.claims.settle(opening.digest, "done", self.now, task.id)
        task_made = self.tasks.get(wanted.id)
        if task_made is None or not task_made.open:
            return
        announcing = Claim(f"task-message/{wanted.id}", {"task": wanted.id}, repeatable=True)
        if repeatable.take(self.claims, announcing, self.now):
            told = _told(task_made, response)
            self.sqs.send_message(QueueUrl=self.task_queue, MessageBody=json.dumps(told))
            self.bus.put("Task Opened", announcing.digest, told, self.now)
            self.claims.settle(announcing.digest, "done", self.now)
        # The survey may have been changed since the task was opened, and its owner have left.
        informed = task_made.owner if task_made.owner in survey.people else wanted.owner
        owner, link = survey.people[informed], self.links.task(task_made, informed)
        self.post.send(
            Claim(f"task-notice/{wanted.id}", {"task": wanted.id, "response": str(response.id), "play": play.id}),
            letters.task_notice(survey, task_made, [response], story.contact, owner, link, earlier=story.earlier),
            owner.email,
            self.now,
            to_name=owner.name,
        )


def _told(task: Task, response: Response) -> dict[str, object]:
    """What other systems are told of a new task: ids only. They know it again by its id."""
    return {
        "task": task.id,
        "survey": task.survey,
        "owner": task.owner,
        "due_at": task.due_at.isoformat(),
        "response": str(response.id),
        "contact": task.contact,
        "dimensions": dict(task.dimensions or {}),
    }
