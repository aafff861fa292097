"""Plays answers: many people at once, each with what is to befall them while they are followed up."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hearback.contact import Contact, Suppression
from hearback.fact import FactId
from hearback.response import Answer, Response
from hearback.task import Task
from tests.faults.faults import MAIL_EVENTS, WORKER
from tests.faults.matrix import Matrix
from tests.faults.plans import Kind, Run, kind_of, plan, undisturbed
from tests.faults.shop import OWNERS, survey
from tests.faults.strikes import Story


@dataclass(kw_only=True)
class AnswerStory(Story):
    run: Run
    response: FactId
    contact: str
    excluded_at: datetime | None = None
    included_at: datetime | None = None
    """When an operator did so."""

    @property
    def address(self) -> str:
        return address(self.run.reach, f"p{self.run.person}")

    @property
    def person(self) -> str:
        """Their name, as our own people are told it."""
        return f"Person {self.run.person}"


def address(reach: str, name: str) -> str:
    """Where somebody is mailed to; SES's simulator plays those whose mail does not simply arrive."""
    prefix = {"bounces": "bounce+", "complains": "complaint+"}.get(reach, "")
    return f"{prefix}{name}@{'simulator.amazonses.com' if prefix else 'example.com'}"


class Answers:
    def __init__(self, matrix: Matrix) -> None:
        self.stories: list[AnswerStory] = []
        self.steps: dict[Kind, list[str]] = {}
        """The calls of an undisturbed handling, by kind of answer."""
        self.event_steps: dict[Kind, list[str]] = {}
        """Those of the handling of its mail's events."""
        self._matrix = matrix
        self._story_of: dict[int, AnswerStory] = {}
        self._owners = OWNERS
        self._apply(OWNERS[0])

    def learn(self) -> None:
        """See which steps an undisturbed handling takes, for each kind of answer."""
        self._matrix.strikes.calm = True
        self._matrix.stack.faults(lone_messages=True)
        for number, (score, mail) in enumerate((score, mail) for score in (10, 8, 3) for mail in (True, False)):
            run = undisturbed(-1 - number, "mail" if mail else "phone", score)
            story = self._answer(run)
            self._matrix.settle()
            self.steps[kind_of(run)] = story.steps(WORKER)
            self.event_steps[kind_of(run)] = story.steps(MAIL_EVENTS)
        self.stories.clear()
        self._matrix.announced()
        self._matrix.strikes.calm = False

    def plan(self, runs: int, seed: int) -> list[Run]:
        return plan(runs, seed, self.steps, self.event_steps)

    def play(self, runs: Sequence[Run]) -> None:
        """Play some runs until nothing more happens by itself.

        Every message is delivered twice: half of the people's to two workers side by side, of which one that succeeds
        deletes it whatever became of the other; half of them once more after all is done.
        """
        for beside in (True, False):
            self._matrix.stack.faults(duplicate_messages=beside, lone_messages=True, clocked_retries=True)
            some = [run for run in runs if (run.person % 2 == 0) is beside]
            self._answers_come(run for run in some if not run.again)
            self._answers_come(run for run in some if run.again)
            self._change(run for run in some if run.late)
            self._matrix.settle()
            self._include(some)
            if not beside:
                self._deliver_again(some)
        self._matrix.tell_late()

    def _apply(self, owner: str) -> None:
        self._matrix.directory.put_survey(survey(owner), self._matrix.stack.now())

    def _owner_leaves(self) -> None:
        self._owners = self._owners[::-1]
        self._apply(self._owners[0])

    def _answers_come(self, runs: Iterable[Run]) -> None:
        some = list(runs)
        for run in some:
            self._answer(run)
            self._change([run] if not run.late else [])
        self._matrix.settle()
        self._include(some)

    def _change(self, runs: Iterable[Run]) -> None:
        """Let people amend their answers, and an operator exclude some."""
        for run in runs:
            story, now = self._story_of[run.number], self._matrix.stack.now()
            if run.amended is not None:
                self._matrix.feedback.amend(story.response, Answer(run.amended), now)
            if run.excluded:
                self._matrix.feedback.revise(story.response, lambda stored: stored.exclude("an operator doubts it"))
                story.excluded_at = now

    def _include(self, runs: Iterable[Run]) -> None:
        """Let the operator include what they have excluded, and let it be followed up."""
        excluded = [story for run in runs if (story := self._story_of[run.number]).excluded_at]
        stories = [story for story in excluded if not story.included_at]
        for story in stories:
            story.included_at = self._matrix.stack.now()
            self._matrix.feedback.revise(story.response, lambda stored: stored.include(follow_up=True))
        if stories:
            self._matrix.settle()

    def _deliver_again(self, runs: Iterable[Run]) -> None:
        sqs, queue = self._matrix.stack.client("sqs"), self._matrix.stack.outputs["SettleQueueUrl"]
        for run in runs:
            message = {"response": str(self._story_of[run.number].response)}
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(message))
        self._matrix.settle()

    def _answer(self, run: Run) -> AnswerStory:
        contact = "" if run.reach == "nobody" else f"{run.person % 10**6:032x}"
        now, directory = self._matrix.stack.now(), self._matrix.directory
        fact = FactId.mint("shop", 4, now, run.number.to_bytes(10, "big", signed=True))
        story = AnswerStory(run=run, response=fact, contact=contact)
        story.at_first = self._owner_leaves if run.stale else None
        self.stories.append(story)
        self._story_of[run.number] = story
        self._matrix.strikes.name(story, [str(fact), Task.id_for(str(fact))])
        if contact:
            email = "" if run.reach == "phone" else story.address
            directory.merge_contact(Contact(contact, email, story.person, phone="+353 1 555"))
        if run.reach == "suppressed":
            directory.suppress(Suppression(contact, "unsubscribe", now))
        self._matrix.feedback.create(
            Response(fact, run.score, now, f"{now:%Y-%m-%d}", contact=contact, comment="Why not?")
        )
        return story
