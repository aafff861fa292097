"""Giving somebody a task, opened or joined once; and taking it back when its answer does not count any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from followup import repeatable
from followup.story import EARLIER, Story
from followup.task_news import NewsOfTasks
from followup.task_notices import TaskNotices
from hearback import plays
from hearback.aws.call_wishes import CallWishes
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory, UnknownSurvey
from hearback.aws.feedback import Feedback
from hearback.aws.tasks import Tasks
from hearback.business_time import Calendar
from hearback.claim import Claim, play_effect
from hearback.contact import Cap
from hearback.fact import FactId
from hearback.play import TaskPlay
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Task
from hearback.task_news import changes

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Tasking:
    tasks: Tasks
    feedback: Feedback
    directory: Directory
    claims: Claims
    notices: TaskNotices
    news: NewsOfTasks
    now: datetime

    def give(self, play: TaskPlay, survey: Survey, story: Story, caps: Sequence[Cap] = ()) -> None:
        """Open a task or join the contact's open one; tell other systems of a new one, and the owner of either.

        Raises NotSent, EventNotTaken or Busy: to be tried again.
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
        opening = Claim(play_effect(str(response.id), play.id), {"response": str(response.id)}, repeatable=True)
        self._free_of_withdrawn(caps, opening)
        if repeatable.take(self.claims, opening, self.now, caps):
            task = self.tasks.open_or_join(wanted, str(response.id))
            self._reopen_withdrawn(task, wanted)  # somebody opened it and died before saying so
            self.claims.settle(opening.digest, "done", self.now, task.id)
        else:
            self._give_again(opening, wanted)
        made = self._with_wish(self.tasks.get(wanted.id))
        if made and made.open:
            if self.notices.tell(made, survey, [response], story.contact, story.earlier) and made.callback:
                self.tasks.news_told(made)
        elif made is None and (joined := self.tasks.open_about(str(response.id), response.contact)):
            self.tell(joined.id)

    def _with_wish(self, task: Task | None) -> Task | None:
        """The task with what the person whom nobody knows has said meanwhile of where to call."""
        if task is None or not task.open or task.contact:
            return task
        CallWishes(self.tasks).bring(task)
        return self.tasks.get(task.id)

    def _free_of_withdrawn(self, caps: Sequence[Cap], wanting: Claim) -> None:
        """Free for a claim the slots of withdrawn tasks: nobody was called, so nobody is to go without for that.

        Only whoever wants a slot looks, so that none stays taken because somebody died after withdrawing.
        """
        for cap in caps:
            holder = self.directory.holder(cap.slot)
            claim = self.claims.get(holder) if holder not in ("", wanting.digest) else None
            given = self.tasks.get(claim.get("note") or Task.id_for(claim["response"])) if claim else None
            if given and given.withdrawn:
                self.directory.give_back(cap.slot, holder)

    def _give_again(self, opening: Claim, wanted: Task) -> None:
        """Open the task that its claim says was given, if it was withdrawn with its answer: the answer counts again."""
        claim = self.claims.get(opening.digest)
        given = self.tasks.get(claim["note"]) if claim and claim["state"] == "done" else None
        self._reopen_withdrawn(given, wanted)

    def _reopen_withdrawn(self, given: Task | None, wanted: Task) -> None:
        if given and given.withdrawn:
            self.tasks.reopen(given, wanted.owner, wanted.due_at, self.now, wanted.born_of)

    def tell(self, task_id: str) -> None:
        """Tell of a task whose owner may not know it, or what is new of it.

        Raises NotSent, EventNotTaken or Busy: to be tried again.
        """
        task = self.tasks.get(task_id)
        if task is None or not task.open:
            return
        try:
            survey = self.directory.survey(task.survey, self.now)
        except UnknownSurvey:  # who answers another survey joins the task all the same
            logger.warning("task of a survey that is gone", extra={"survey": task.survey, "task": task.id})
            return
        found = self.feedback.one_by_one(map(FactId.parse, task.responses))
        responses = sorted(found, key=lambda response: response.answered_at)
        earlier = self.feedback.earlier(responses[0], EARLIER) if responses else []
        contact = self.directory.contact(task.contact)
        self.notices.tell(task, survey, responses, contact, earlier)
        self.news.tell(task, survey, responses, contact, earlier)

    def tell_change(self, response: Response) -> None:
        """Tell whose open task an answer is that its person has changed it since the task was given.

        Raises NotSent, EventNotTaken or Busy: to be tried again.
        """
        task = self.tasks.open_about(str(response.id), response.contact) if response.history else None
        if task and task.contact and changes(task, [response]):
            self.tasks.changed(task.id, response, self.now)
            self.tell(task.id)

    def take_back(self, response: Response) -> None:
        """Withdraw the open task of an answer that does not count any more, unless another of its answers does.

        A task that somebody has touched stays: its page says what does not count, and its owner decides.
        """
        task = self.tasks.open_about(str(response.id), response.contact)
        if task is None or not task.untouched or any(each.counted for each in self._answers(task)):
            return
        withdrawn = self.tasks.withdraw(task, self.now)
        logger.info("task withdrawn", extra={"task": task.id, "response": str(response.id), "done": withdrawn})

    def _answers(self, task: Task) -> list[Response]:
        """Those that there still are. One that cannot be read may count, so it is not left out."""
        found = (self.feedback.response(FactId.parse(each)) for each in task.responses)
        return [response for response in found if response]
