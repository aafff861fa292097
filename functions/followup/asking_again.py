"""Asking again those whose tasks were closed: has it been put right for them?"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aws_lambda_powertools import Logger

from followup.setbacks import Setbacks
from hearback.aws.asking import Asked, ask
from hearback.aws.directory import Directory, UnknownSurvey
from hearback.aws.feedback import Feedback
from hearback.aws.tasks import Tasks
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.task import Task

logger = Logger(child=True)
NotAsked = Asked | Literal["settled"]
"""Why somebody is not asked again. `settled`: there is nothing to ask any more, or nobody."""


@dataclass(frozen=True, slots=True)
class AskingAgain:
    tasks: Tasks
    feedback: Feedback
    directory: Directory
    retention: timedelta
    now: datetime

    def ask_again(self) -> int:
        """Invite those whose time has come, each once for each task; how many.

        Whoever may not be asked now is not asked later either, but for those whom another survey has just asked: theirs
        is put off until that is long enough ago. Raises SomeFailed once all others are asked.
        """
        asked, setbacks = 0, Setbacks()
        for task_id in self.tasks.to_ask_again(until=self.now):
            with setbacks.kept_apart(task=task_id):
                task = self.tasks.get(task_id)
                try:
                    refused = self._invite(task) if task else "settled"
                except UnknownSurvey:
                    logger.warning("nobody is asked again for a survey that is gone", extra={"task": task_id})
                    refused = "settled"
                asked += refused is None
                if refused == "elsewhere":
                    continue
                if refused:
                    logger.info("not asked again", extra={"task": task_id, "why": refused})
                self.tasks.asked_again(task_id)
        setbacks.raise_any()
        return asked

    def _invite(self, task: Task) -> NotAsked | None:
        """Invite the person of a closed task; else why not. Raises UnknownSurvey.

        Asking again is the promise that the answer was heard, so the survey's own quiet period does not hold it up.
        The invitation's id follows from the task, so that a tick that died after it does not invite again.
        """
        survey = self.directory.survey(task.survey, self.now)
        if task.closing is None or task.came_back is not None or survey.status == "closed" or not survey.ask_again:
            return "settled"
        contact = self.directory.contact(task.contact)
        if contact is None or not self.directory.mailable(contact, "surveys"):
            return "settled"
        dimensions = survey.counted(task.dimensions or {})
        entropy = hashlib.sha256(f"ask-again/{task.id}".encode()).digest()[:10]
        invitation = Invitation(
            id=FactId.mint(survey.id, survey.shards, task.closing.at + survey.ask_again, entropy),
            contact=contact.key,
            day=survey.day(self.now),
            dimensions=dimensions,
            pages=survey.pages(dimensions),
            locale=contact.locale,
            expires_at=int((self.now + self.retention).timestamp()),
        )
        quiet = min(survey.quiet, survey.ask_again)
        return ask(self.directory.table, self.feedback.table, invitation, quiet, survey.apart, self.now)
