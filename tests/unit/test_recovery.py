"""What became of tasks: those that were withdrawn are told apart, and count for nothing else."""

from datetime import timedelta

from hearback.recovery import Recovery, TaskReport, report
from hearback.task import Closing, Ending, Task
from tests.conftest import NOW

DAY = timedelta(days=1)


def ended(number: int, outcome: Ending, days_ago: int, came_back: int | None = None, contact: str = "") -> Task:
    by, cause = ("", "") if outcome == "withdrawn" else ("asha", "price")
    closing = Closing(NOW - days_ago * DAY, by, outcome, cause)
    opened_at = closing.at - DAY
    responses = frozenset({f"shop.{number}"})
    return Task(
        f"{number}", "shop", "asha", opened_at, closing.at, responses, contact, closing=closing, came_back=came_back
    )


def test_a_withdrawn_task_is_counted_as_that_and_as_nothing_else() -> None:
    closed = [ended(1, "resolved", 2, came_back=9), ended(2, "withdrawn", 2), ended(3, "withdrawn", 40)]

    assert report([], closed, NOW - 7 * DAY, NOW) == TaskReport(
        opened=1,
        closed=1,
        in_time=1,
        withdrawn=1,
        root_causes={"price": 1},
        recovery=Recovery(people=1, answered=1, recovered=1),
    )


def test_each_person_comes_back_once_and_is_judged_by_the_last_of_their_tasks() -> None:
    closed = [
        ended(1, "resolved", 3, came_back=10, contact="ravi"),
        ended(2, "resolved", 40, came_back=2, contact="ravi"),
        ended(3, "resolved", 20, came_back=9, contact="meera"),
        ended(4, "resolved", 2, contact="meera"),
        ended(5, "resolved", 2),
        ended(6, "resolved", 2),
        ended(7, "resolved", 91, came_back=9, contact="tom"),
    ]

    found = report([], closed, NOW - 7 * DAY, NOW)

    assert found.closed == 4
    assert found.recovery == Recovery(people=4, answered=1, recovered=1)


def test_a_report_of_the_past_judges_by_the_last_task_that_was_closed_then() -> None:
    closed = [ended(1, "resolved", 30, came_back=9, contact="ravi"), ended(2, "resolved", 3, contact="ravi")]

    found = report([], closed, NOW - 20 * DAY, NOW - 10 * DAY)

    assert found.recovery == Recovery(people=1, answered=1, recovered=1)
