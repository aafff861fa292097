"""What became of tasks: those that were withdrawn are told apart, and count for nothing else."""

from datetime import timedelta

from hearback.recovery import Recovery, TaskReport, report
from hearback.task import Closing, Ending, Task
from tests.conftest import NOW

DAY = timedelta(days=1)


def ended(number: int, outcome: Ending, days_ago: int, came_back: int | None = None) -> Task:
    by, cause = ("", "") if outcome == "withdrawn" else ("asha", "price")
    closing = Closing(NOW - days_ago * DAY, by, outcome, cause)
    opened_at = closing.at - DAY
    responses = frozenset({f"shop.{number}"})
    return Task(f"{number}", "shop", "asha", opened_at, closing.at, responses, closing=closing, came_back=came_back)


def test_a_withdrawn_task_is_counted_as_that_and_as_nothing_else() -> None:
    closed = [ended(1, "resolved", 2, came_back=9), ended(2, "withdrawn", 2), ended(3, "withdrawn", 40)]

    assert report([], closed, NOW - 7 * DAY, NOW) == TaskReport(
        opened=1,
        closed=1,
        in_time=1,
        withdrawn=1,
        root_causes={"price": 1},
        recovery=Recovery(closed=1, answered=1, recovered=1),
    )
