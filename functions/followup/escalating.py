"""Tasks whose time has passed: their owner hears of it at once, and after the scope's hours the owner's manager."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aws_lambda_powertools import Logger

from followup import letters
from followup.links import Links
from followup.post import NotSent, Post
from followup.setbacks import Setbacks
from hearback.aws.directory import Directory, UnknownSurvey
from hearback.aws.feedback import Feedback
from hearback.aws.tasks import Tasks
from hearback.business_time import Calendar
from hearback.claim import Claim
from hearback.fact import FactId
from hearback.survey import Survey
from hearback.task import Task
from hearback.task_owner import owner_now

logger = Logger(child=True)
OWNER, MANAGER = 1, 2
"""How many have been told when the owner has been, and when the manager has been too."""
Occasion = Literal["overdue", "escalated"]
TELLS: Mapping[Occasion, int] = {"overdue": OWNER, "escalated": MANAGER}
"""How many have been told after the reminder of an occasion."""


@dataclass(frozen=True, slots=True)
class Escalating:
    tasks: Tasks
    feedback: Feedback
    directory: Directory
    post: Post
    links: Links
    now: datetime

    def escalate(self) -> int:
        """Remind of every task that is overdue, each reader once for each due time; how many mails that took.

        A mail that does not go out now goes out with a later tick. Raises SomeFailed once all others are seen to.
        """
        mails, setbacks = 0, Setbacks()
        for task in self.tasks.open(until=self.now, read=setbacks.read):
            with setbacks.kept_apart(task=task.id):
                try:
                    mails += self._remind(task)
                except UnknownSurvey:
                    logger.warning("task of a survey that is gone", extra={"survey": task.survey, "task": task.id})
                except NotSent:
                    logger.warning("reminder not sent; the next tick tries again", extra={"task": task.id})
        setbacks.raise_any()
        return mails

    def _remind(self, task: Task) -> int:
        """Raises NotSent, UnknownSurvey."""
        survey = self.directory.survey(task.survey, self.now)
        scope, owner = survey.scope(task.dimensions or {}), owner_now(task, survey)
        if not owner:
            logger.warning("nobody to remind", extra={"task": task.id, "person": task.owner})
            return 0
        told, mails = task.told, 0
        if told < OWNER:
            mails += self._mail(task, survey, owner, "overdue")
            told = OWNER
        manager = scope.manager if scope else None
        if told == OWNER and scope and manager and manager != owner:
            patience = timedelta(hours=scope.escalate_hours)
            if Calendar.of(scope, survey.zone).add(task.due_at, patience) <= self.now:
                mails += self._mail(task, survey, manager, "escalated")
                told = MANAGER
        if told > task.told:
            self.tasks.told(task, told)
        return mails

    def _mail(self, task: Task, survey: Survey, to: str, occasion: Occasion) -> bool:
        """Whether it went out now. Raises NotSent."""
        reader = survey.people[to]
        responses = self.feedback.responses([FactId.parse(response) for response in sorted(task.responses)])
        letter = letters.task_notice(
            survey,
            task,
            responses,
            self.directory.contact(task.contact),
            reader,
            self.links.task(task, to),
            occasion=occasion,
        )
        claim = reminder_claim(task, occasion)
        return self.post.send(claim, letter, reader.email, self.now, to_name=reader.name) == "sent"


def reminder_claim(task: Task, occasion: Occasion) -> Claim:
    """Of the mail that a task is overdue by when it is due now."""
    return Claim(f"task-{occasion}/{task.id}/{task.due_at.isoformat(timespec='seconds')}", {"task": task.id})
