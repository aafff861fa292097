"""Plays what falls due: the clock moves on, and ticks see to digests, plays, rewards, reminders and closed tasks."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hearback.claim import Claim
from hearback.contact import Contact
from hearback.conversion import Conversion
from hearback.fact import FactId
from hearback.response import Answer, Response
from hearback.subscription import Subscription
from hearback.task import Closing, Task
from tests.faults.answers import address
from tests.faults.faults import MAIL_EVENTS, TICK, WORKER
from tests.faults.matrix import QUARTER, Matrix
from tests.faults.shop import LATER, club
from tests.faults.strikes import Story, learned
from tests.faults.timed_plans import DUE, Due, Group, Steps, TimedRun, plan_timed

MOST_MORE_TICKS = 12
"""Ticks of a group beyond those planned, until everything has gone wrong that was planned."""
COMMON_KILLS = 2
"""Ticks of a group that are killed without a plan before everything has fallen due."""
LAST_TICKS = 4
"""Ticks that end a group, in which what no plan has reached is killed."""
DROPPED = 5 * QUARTER
"""When a play that waits an hour has been looked at, and did not follow."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(kw_only=True)
class TimedStory(Story):
    run: TimedRun
    began: datetime

    @property
    def response(self) -> FactId:
        """The answer from which it all follows, of those kinds that have one."""
        return FactId.mint("club", 4, self.began, hashlib.sha256(self.name.encode()).digest()[:10])

    @property
    def task(self) -> str:
        return Task.id_for(str(self.response))

    @property
    def name(self) -> str:
        """Of its subscription, and the reference of its conversion."""
        return f"t{self.run.number % 10**6}"

    @property
    def person(self) -> str:
        """The name of its customer."""
        return f"Person {self.name}"

    @property
    def conversion(self) -> str:
        """What stands for the reference in the names of effects."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:32]

    @property
    def contact(self) -> str:
        return hashlib.sha256(f"{self.name} themselves".encode()).hexdigest()[:32]

    @property
    def friend(self) -> str:
        return hashlib.sha256(f"{self.name}'s friend".encode()).hexdigest()[:32]

    @property
    def address(self) -> str:
        return address(self.run.reach, self.name)

    @property
    def friends_address(self) -> str:
        return f"friend-{self.name}@example.com"

    def owns(self, names: Iterable[str]) -> bool:
        """Whether something that has one of these names is this run's."""
        return not {self.name, self.task, self._waits, str(self.response)}.isdisjoint(names)

    @property
    def _waits(self) -> str:
        """The name of its play while it waits."""
        return Claim(f"{self.response}/{LATER}").digest

    @property
    def first_due(self) -> datetime:
        """When its first digest is due."""
        return self.began.replace(minute=0, second=0, microsecond=0)


def mails_due(story: TimedStory, task: Task | None, until: datetime) -> list[str]:
    """The names of the mails that are to have gone out by then; that of asking again only its invitation knows."""
    match story.run.kind:
        case "digest":
            weeks = (until - story.first_due) // _WEEK
            dues = [story.first_due + week * _WEEK for week in range(weeks + 1)]
            return [f"digest/club/{story.name}/{due - _WEEK:%Y-%m-%d}..{due - _DAY:%Y-%m-%d}" for due in dues]
        case "reminders":
            due = task.due_at.isoformat(timespec="seconds") if task else "never"
            return [f"task-overdue/{story.task}/{due}", f"task-escalated/{story.task}/{due}"]
        case "play" | "wavering":
            return [f"{story.response}/{LATER}"]
        case "rewards":
            return [f"reward/{story.conversion}/{side}" for side in ("promoter", "friend")]
    return []


class Timed:
    def __init__(self, matrix: Matrix) -> None:
        self.stories: list[TimedStory] = []
        self.steps: dict[Due, dict[str, Steps]] = {}
        self._matrix = matrix
        self._survey = club()
        matrix.directory.put_survey(self._survey, matrix.stack.now())

    def learn(self) -> None:
        """See which steps an undisturbed run takes, for each kind."""
        strikes = self._matrix.strikes
        strikes.calm = True
        runs = [TimedRun(number - len(DUE), kind, "mail", "at once") for number, kind in enumerate(DUE)]
        self._play(Group(runs))
        for story in self.stories:
            self.steps[story.run.kind] = {
                function: Steps(own=places[True], shared=places[False])
                for function in (WORKER, TICK, MAIL_EVENTS)
                for places in [learned(story, function)]
            }
        self.stories.clear()
        self._matrix.announced()
        strikes.calm = False

    def plan(self, runs: int, seed: int) -> list[Group]:
        return plan_timed(runs, seed, self.steps)

    def play(self, groups: Iterable[Group]) -> None:
        """Play some runs, group by group."""
        for group in groups:
            self._play(group)

    def _play(self, group: Group) -> None:
        self._matrix.stack.faults(duplicate_messages=False, lone_messages=True, clocked_retries=True)
        stories = [self._begin(run) for run in group.runs]
        self._matrix.settle()
        strikes = self._matrix.strikes
        for story in stories:
            if story.run.kind == "closing":
                self._close(story)
            effects = mails_due(story, self._matrix.tasks.get(story.task), self._matrix.stack.now())
            strikes.name(story, [Claim(effect).digest for effect in effects])
        wavering = [story for story in stories if story.run.kind == "wavering"]
        self._change(wavering, 7)
        strikes.falling_due, strikes.common_kills = stories, COMMON_KILLS
        passed = timedelta()
        for place, span in enumerate(group.ticks):
            self._matrix.pass_time(span)
            if place in group.again:
                self._matrix.tick_again()
            before, passed = passed, passed + span
            if before < DROPPED <= passed:
                self._matrix.settle()
                self._change(wavering, 10)
        more = 0
        while more < MOST_MORE_TICKS and any(story.awaits(TICK) for story in stories):
            self._matrix.pass_time(QUARTER)
            more += 1
        strikes.common_kills = LAST_TICKS
        for _ in range(LAST_TICKS):
            self._matrix.pass_time(QUARTER)
        strikes.falling_due = ()
        self._matrix.settle()
        self._matrix.tell_late()

    def _begin(self, run: TimedRun) -> TimedStory:
        story = TimedStory(run=run, began=self._matrix.stack.now())
        self.stories.append(story)
        self._matrix.strikes.name(
            story, [story.name, str(story.response), story.response.ulid, story.task, story.contact, story.friend]
        )
        match run.kind:
            case "digest":
                self._subscribe(story)
            case "rewards":
                self._convert(story)
            case "play" | "wavering":
                self._answer(story, 10)
            case "reminders" | "closing":
                self._answer(story, 2)
        return story

    def _subscribe(self, story: TimedStory) -> None:
        due = story.first_due
        self._matrix.directory.put_subscription(
            Subscription("club", story.name, "Ann Lee", story.address, {}, due.weekday(), due.hour, "UTC", due)
        )

    def _answer(self, story: TimedStory, score: int) -> None:
        directory, now = self._matrix.directory, story.began
        directory.merge_contact(Contact(story.contact, story.address, story.person, phone="+353 1 555"))
        response = Response(story.response, score, now, f"{now:%Y-%m-%d}", contact=story.contact, comment="Why not?")
        self._matrix.feedback.create(response)

    def _change(self, stories: Sequence[TimedStory], score: int) -> None:
        """Let people give another score."""
        for story in stories:
            self._matrix.feedback.amend(story.response, Answer(score), self._matrix.stack.now())

    def _close(self, story: TimedStory) -> None:
        """Close its task so that its person is asked again now."""
        task = self._matrix.tasks.get(story.task)
        if task is None:
            raise LookupError(f"{story.name}: the worker has made no task")
        closed_at = self._matrix.stack.now() - self._survey.ask_again
        closing = Closing(closed_at, task.owner, "resolved", "price")
        self._matrix.tasks.close(task, closing, None, self._survey.ask_again)

    def _convert(self, story: TimedStory) -> None:
        directory, referral = self._matrix.directory, self._survey.referral
        assert referral
        directory.merge_contact(Contact(story.contact, story.address, story.person))
        directory.merge_contact(Contact(story.friend, story.friends_address, "Friend"))
        conversion = Conversion.of(
            referral,
            "club",
            "7K2MX9QA",
            coupons=self._survey.coupons,
            reference=story.name,
            promoter=story.contact,
            customer=story.friend,
            value=Decimal(120),
            now=story.began,
        )
        directory.table.transact(conversion.record_requests())
