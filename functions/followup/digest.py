"""A manager's weekly digest: the numbers, voices and tasks of one week and one scope."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from hearback import task
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.aws.tallies import Tallies
from hearback.nps import Change, change
from hearback.play import Change as Direction
from hearback.plays import change as change_of_category
from hearback.response import Response
from hearback.subscription import Subscription, Week
from hearback.survey import Survey
from hearback.tally import EMPTY, WHOLE, Tally
from hearback.task import Task

VOICES = 5
"""Comments a digest shows."""
LOOKED_AT = 500
"""Newest responses that are looked through for comments of the scope."""
MOST_TASKS = 200
NAMED = 5
"""Of those who slipped, and of those who climbed, a digest names so many."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody whose category fell or rose with this answer."""

    change: Direction
    before: int
    response: Response
    name: str
    """"" where it is not known, or not listed."""


@dataclass(frozen=True, slots=True)
class Digest:
    survey: Survey
    subscription: Subscription
    week: Week
    tally: Tally
    before: Tally
    """The week before."""
    change: Change | None
    """From the week before; None unless both weeks have the answers that a score needs."""
    comments: Sequence[Response]
    """The newest of the week that say something."""
    open_tasks: Sequence[Task]
    """First due first."""
    now: datetime
    moved: Sequence[Moved] = ()
    """Those whose category fell or rose since their last answer, in the order of their days."""


def build(
    feedback: Feedback,
    tallies: Tallies,
    directory: Directory,
    survey: Survey,
    subscription: Subscription,
    week: Week,
    now: datetime,
) -> Digest:
    """The digest of a week; tasks are those open `now`."""
    tally, before = (_tally(tallies, survey, subscription, days) for days in (week, week.before))
    return Digest(
        survey=survey,
        subscription=subscription,
        week=week,
        tally=tally,
        before=before,
        change=change(before.score, tally.score, survey.minimum_n),
        comments=_voices(feedback, survey, subscription, week),
        open_tasks=_open_tasks(directory, survey, subscription),
        now=now,
        moved=_moved(feedback, directory, survey, subscription, week),
    )


def _tally(tallies: Tallies, survey: Survey, subscription: Subscription, week: Week) -> Tally:
    for dimension, value in subscription.scope.items():
        return tallies.total(survey.id, week.first.isoformat(), week.last.isoformat(), dimension).get(value, EMPTY)
    return tallies.total(survey.id, week.first.isoformat(), week.last.isoformat(), WHOLE).get("", EMPTY)


def _voices(feedback: Feedback, survey: Survey, subscription: Subscription, week: Week) -> list[Response]:
    newest = feedback.newest(survey.id, survey.shards, _months(week), LOOKED_AT)
    said = (
        response
        for response in newest
        if response.comment
        and week.first.isoformat() <= response.day <= week.last.isoformat()
        and subscription.scope.items() <= response.dimensions.items()
    )
    return list(islice(said, VOICES))


def _moved(
    feedback: Feedback, directory: Directory, survey: Survey, subscription: Subscription, week: Week
) -> list[Moved]:
    """Whose answers of the week and the scope count and differ in category from the one before, as they stand now."""
    found = list(directory.movements(survey.id, week.first.isoformat(), week.last.isoformat()))
    answers = {response.id: response for response in feedback.responses([movement.response for movement in found])}
    moved: list[Moved] = []
    named: Counter[Direction] = Counter()
    for movement in found:
        response = answers.get(movement.response)
        if response is None or not response.counted or not subscription.scope.items() <= response.dimensions.items():
            continue
        if direction := change_of_category(movement.before, response.score):
            named[direction] += 1
            contact = directory.contact(response.contact) if named[direction] <= NAMED else None
            moved.append(Moved(direction, movement.before, response, contact.name if contact else ""))
    return moved


def _months(week: Week) -> list[str]:
    """Months in which the week's responses were begun: the invitation may be as old as the month before."""
    begun = date(week.first.year, week.first.month, 1) - timedelta(days=1)
    return sorted({f"{day:%Y-%m}" for day in (begun, week.first, week.last)})


def _open_tasks(directory: Directory, survey: Survey, subscription: Subscription) -> list[Task]:
    stored = (Task.from_item(item) for item in directory.due(task.DUE_KIND))
    ours = (
        found
        for found in stored
        if found.survey == survey.id and subscription.scope.items() <= (found.dimensions or {}).items()
    )
    return list(islice(ours, MOST_TASKS))
