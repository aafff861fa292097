"""A manager's digest: the numbers, voices and tasks of one period and one scope."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from followup.links import INVITED
from followup.moves import Moved, read_moves
from followup.naming import Named, good_news, has_words, named
from followup.setbacks import Setbacks
from hearback import recovery
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.aws.tallies import Tallies
from hearback.aws.tasks import Tasks
from hearback.fact import UNDATED
from hearback.foreign import Skipped
from hearback.nps import Category, Change, change
from hearback.period import Period
from hearback.recovery import TaskReport
from hearback.response import Response
from hearback.subscription import Subscription
from hearback.survey import Survey
from hearback.tally import EMPTY, WHOLE, Tally
from hearback.task import Task
from hearback.testimonial import Testimonial
from hearback.themes import Comment, read

LOOKED_AT = 2000
"""Newest responses of a survey's period that are looked through for what the scope's customers said."""
_HEARD: tuple[Category, ...] = ("promoter", "detractor")
VOICES = 3
"""Comments that a digest shows for themselves."""
PAUSES_AFTER = 3
"""Empty periods in a row, the last of which is told as such. After it, empty ones are not mailed."""


@dataclass(frozen=True, slots=True)
class Story:
    """A promoter's comment to share with the team."""

    response: Response
    named: str = ""
    """The name under which its person consented to these very words; "" without consent, or for no name."""


@dataclass(frozen=True, slots=True)
class Digest:
    survey: Survey
    subscription: Subscription
    period: Period
    tally: Tally
    before: Tally
    """Of the period before."""
    change: Change | None
    """From the period before; None unless both have the answers that a score needs."""
    tasks: TaskReport
    open_tasks: Sequence[Task]
    """Now, first due first."""
    now: datetime
    named: Sequence[Named] = ()
    """What promoters praise and detractors name."""
    story: Story | None = None
    comments: Sequence[Response] = ()
    """The newest of the others that say something."""
    moved: Sequence[Moved] = ()
    """Those whose category fell or rose since their last answer, in the order of their days."""
    quiet: int = 0
    """How many periods in a row before this one were empty, as far as that matters."""

    @property
    def empty(self) -> bool:
        return not self.tally.score.n

    @property
    def waiting(self) -> Sequence[Task]:
        """The open tasks whose customers wait to be called: who was erased on request does not."""
        return [task for task in self.open_tasks if not task.erased]

    @property
    def pausing(self) -> bool:
        """Whether it is the empty one after which others are left out."""
        return self.empty and self.quiet == PAUSES_AFTER - 1

    @property
    def left_out(self) -> bool:
        """Whether there is nothing to tell that was not told before: still no answer, and no task is open."""
        return self.empty and self.quiet >= PAUSES_AFTER and not self.open_tasks

    @property
    def back(self) -> bool:
        """Whether it comes again after a pause."""
        return not self.empty and self.quiet >= PAUSES_AFTER


@dataclass(frozen=True, slots=True)
class Records:
    """What digests are read from. What customers said, and the open tasks, are read once for all digests."""

    feedback: Feedback
    tallies: Tallies
    directory: Directory
    tasks: Tasks
    setbacks: Setbacks = field(default_factory=Setbacks)
    """Of reading what nobody else tells of: what cannot be read is missing, and keeps no digest from being made."""
    skipped: Skipped = field(default_factory=Skipped)
    """The answers that cannot be read. They are no setbacks: aggregate has parked them."""
    _said: dict[tuple[str, date, date], list[Response]] = field(default_factory=dict)
    _read: dict[str, Comment] = field(default_factory=dict)
    _open: dict[str, list[Task]] = field(default_factory=dict)

    def digest(self, survey: Survey, subscription: Subscription, period: Period, now: datetime) -> Digest:
        """The digest of a period; tasks are open or not `now`."""
        tallies = self._tallies(survey, subscription, [period, period.before])
        said = [each for each in self._answers(survey, period) if subscription.covers(each.dimensions)]
        story = good_news(said, self._comment)
        shown = [each for each in said if has_words(each) and each is not story]
        open_tasks = [task for task in self._open_tasks(survey) if _belongs(task, subscription)]
        return Digest(
            survey=survey,
            subscription=subscription,
            period=period,
            tally=tallies[0],
            before=tallies[1],
            change=change(tallies[1].score, tallies[0].score, survey.minimum_n),
            tasks=self._task_report(survey, subscription, period, open_tasks),
            open_tasks=open_tasks,
            now=now,
            named=[named(survey, category, said, self._comment) for category in _HEARD],
            story=Story(story, self._consented_name(story)) if story else None,
            comments=shown[:VOICES],
            moved=read_moves(self.feedback, self.directory, self.setbacks, subscription, period),
            quiet=self._quiet(survey, subscription, period),
        )

    def _tallies(self, survey: Survey, subscription: Subscription, periods: Sequence[Period]) -> list[Tally]:
        """Of each of some periods that follow upon each other, the newest first."""
        first, last = periods[-1].first.isoformat(), periods[0].last.isoformat()
        dimension, value = next(iter(subscription.scope.items()), (WHOLE, ""))
        days = self.tallies.days(survey.id, first, last, dimension, value)
        return [sum((counts for day, counts in days.items() if _within(day, period)), EMPTY) for period in periods]

    def _quiet(self, survey: Survey, subscription: Subscription, period: Period) -> int:
        """How many periods in a row before this one were empty: at most as many as make it pause, since it exists."""
        if subscription.since is None:
            return 0
        earlier = [period.before]
        while len(earlier) < PAUSES_AFTER:
            earlier.append(earlier[-1].before)
        quiet = 0
        for each, counted in zip(earlier, self._tallies(survey, subscription, earlier), strict=True):
            if counted.score.n or subscription.due_on(each.due) < subscription.since:
                break
            quiet += 1
        return quiet

    def _answers(self, survey: Survey, period: Period) -> list[Response]:
        """The newest of a period that count, newest first."""
        key = survey.id, period.first, period.last
        if key not in self._said:
            begin, end = period.begins(survey.zone), period.ends(survey.zone)
            newest = self.feedback.newest(survey.id, survey.shards, _months(begin, end), LOOKED_AT, end, self.skipped)
            self._said[key] = [each for each in newest if each.counted and _within(each.day, period)]
        return self._said[key]

    def _comment(self, response: Response) -> Comment:
        key = str(response.id)
        if key not in self._read:
            self._read[key] = read(response.comment, response.locale)
        return self._read[key]

    def _open_tasks(self, survey: Survey) -> list[Task]:
        """First due first."""
        if not self._open:
            tasks = list(
                self.tasks.open(read=self.setbacks.read)
            )  # all of them or none: no digest shows what was read before a failure
            for task in tasks:
                self._open.setdefault(task.survey, []).append(task)
        return self._open.get(survey.id, [])

    def _consented_name(self, response: Response) -> str:
        stored = self.directory.table.get(Testimonial.key_item(response.id))
        for given in self.setbacks.read(Testimonial.from_item, [stored] if stored else []):
            if given.holds(response) and given.is_whole(response):
                return given.named
        return ""

    def _task_report(
        self, survey: Survey, subscription: Subscription, period: Period, open_tasks: Sequence[Task]
    ) -> TaskReport:
        begin, end = period.begins(survey.zone), period.ends(survey.zone)
        closed = self.tasks.closed(survey.id, min(begin, end - recovery.LOOKING_BACK), self.setbacks.read)
        return recovery.report(open_tasks, filter(partial(_belongs, subscription=subscription), closed), begin, end)


def _belongs(task: Task, subscription: Subscription) -> bool:
    return subscription.covers(task.dimensions or {})


def _within(day: str, period: Period) -> bool:
    return period.first.isoformat() <= day <= period.last.isoformat()


def _months(begin: datetime, end: datetime) -> list[str]:
    """Months in which a period's responses were begun: as long before it as an invitation can be answered.

    Imported rows without a time count on the day of the import, and lie in a month of their own.
    """
    months, at = [UNDATED], end
    while f"{at:%Y-%m}" >= f"{begin - INVITED:%Y-%m}":
        months.append(f"{at:%Y-%m}")
        at = at.replace(day=1) - timedelta(days=1)
    return months
