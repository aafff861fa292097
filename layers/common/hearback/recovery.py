"""What became of tasks: closed in time or not, why the customers were unhappy, and how many came back."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hearback.task import Task

LOOKING_BACK = timedelta(days=90)
"""Recovery is that of the tasks closed within this time before the end of a report: coming back takes weeks."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Of the people whose tasks were closed lately, each by the last of theirs."""

    people: int = 0
    """Who is not known, or not any more, is one for each task."""
    answered: int = 0
    """Those that have answered since."""
    recovered: int = 0
    """Those whose newest answer makes them passives or promoters."""


@dataclass(frozen=True, slots=True)
class TaskReport:
    """The tasks of a stretch of time."""

    opened: int = 0
    closed: int = 0
    in_time: int = 0
    """Of those closed, by when they were due at first."""
    open: int = 0
    """Now."""
    overdue: int = 0
    """Now."""
    withdrawn: int = 0
    """Because no answer that they were about counts any more; in none of the other numbers."""
    root_causes: Mapping[str, int] = field(default_factory=dict)
    """Of those closed, the most frequent one first."""
    recovery: Recovery = Recovery()


def report(open_tasks: Iterable[Task], closed: Iterable[Task], first: datetime, last: datetime) -> TaskReport:
    """The report from `first` to before `last`, which is also the time at which tasks are overdue.

    `closed` are those closed since the earlier of `first` and LOOKING_BACK before `last`; others are left out.
    """
    still_open, no_more = list(open_tasks), list(closed)
    ended = [task for task in no_more if not task.withdrawn]
    of_late = [task for task in no_more if task.closing and first <= task.closing.at < last]
    lately = [task for task in of_late if not task.withdrawn]
    begun = [task for task in (*still_open, *ended) if first <= task.created_at < last]
    watched = [task for task in ended if task.closing and last - LOOKING_BACK <= task.closing.at < last]
    causes = Counter(task.closing.root_cause for task in lately if task.closing)
    return TaskReport(
        opened=len(begun),
        closed=len(lately),
        in_time=sum(task.in_time for task in lately),
        open=len(still_open),
        overdue=sum(task.overdue(last) for task in still_open),
        withdrawn=len(of_late) - len(lately),
        root_causes=dict(causes.most_common()),
        recovery=_recovery(watched),
    )


def _recovery(closed: Iterable[Task]) -> Recovery:
    in_order = sorted(closed, key=lambda task: task.closing.at if task.closing else task.due_at)
    last = {task.contact or task.id: task for task in in_order}.values()
    return Recovery(
        people=len(last),
        answered=sum(task.came_back is not None for task in last),
        recovered=sum(task.recovered for task in last),
    )
