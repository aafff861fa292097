"""Answering a customer: what follows a response as it stands now."""

from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from followup.post import NotSent
from followup.running import Running
from followup.story import read_story
from followup.watching import Watching
from hearback import plays
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.aws.tasks import Tasks
from hearback.fact import FactId
from hearback.presumption import may_be_corrected
from hearback.response import Response

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Answering:
    feedback: Feedback
    directory: Directory
    tasks: Tasks
    watching: Watching
    running: Running
    now: datetime

    def response(self, fact: FactId, waited: str = "") -> None:
        """Run what follows a response. `waited` is a play whose delay has passed: only that one runs, if it follows.

        What does not count any more is followed by taking back the task that it gave, as far as nobody has begun it;
        what counts and is not to be followed up, by no more than that its person came back.
        Raises NotSent, EventNotTaken or Busy: to be tried again. Whatever is done stands under its claim, so it is done
        once, however often the message comes.
        """
        response = self.feedback.response(fact)
        if response is None or response.erased:  # or expired by retention while it waited
            return
        if response.counted and response.channel == "mail":
            self.feedback.mark_invitation(fact, "answered")
        if response.excluded or not response.follow_up:
            self.tasks.came_back(response)
            if response.excluded:
                self.running.tasking.take_back(response)
            return
        if response.provisional:
            self._promote(response)
            return
        if response.confirmed_by in ("signs", "bare") and self._correct(response):
            return
        survey = self.directory.survey(fact.survey, self.now)
        self.tasks.came_back(response)
        story = read_story(response, self.feedback, self.directory)
        unsent: NotSent | None = None
        # Tasks go first: an apology is written in the name of who has one.
        for play in sorted(plays.choose(survey, story.situation), key=lambda play: play.what != "task"):
            if play.id == waited or not (waited or play.delay):
                try:
                    self.running.run(play, survey, story)
                except NotSent as waits:  # SES may pause for hours, and nobody's task waits for that
                    unsent = waits
            elif not waited:
                self.running.wait(play, story)
        try:
            self.running.tasking.tell_change(response)
        except NotSent as waits:
            unsent = waits
        self.watching.watch(story)
        if unsent:
            raise unsent

    def _correct(self, response: Response) -> bool:
        """Give an answer that stands on little the score that was touched since; the new version comes back here."""
        visit = self.directory.visit(response.id)
        verdict = visit.verdict if visit else None
        if verdict is None or verdict.standing != "person" or verdict.score is None or verdict.at is None:
            return False
        if not may_be_corrected(response, verdict.score, verdict.at):
            return False
        corrected = self.feedback.correct(response, verdict.score, self.now)
        logger.info("corrected", extra={"response": str(response.id), "done": corrected})
        return True

    def _promote(self, response: Response) -> None:
        """Count a presumed answer if nothing contradicts it; its new version comes back through the stream."""
        visit = self.directory.visit(response.id)
        verdict = visit.verdict if visit else None
        if verdict is None or verdict.standing == "person":
            score = response.score if verdict is None or verdict.score is None else verdict.score
            promoted = self.feedback.promote(response.id, score)
            logger.info("promoted", extra={"response": str(response.id), "done": promoted})
        else:
            self.feedback.doubt(response.id, verdict.reason)
