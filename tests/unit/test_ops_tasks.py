"""`hearback tasks`: list what is open, show what the customer said, close it once."""

from datetime import timedelta

import pytest

from hearback.contact import Contact
from hearback.fact import FactId
from hearback.response import Response
from hearback.task import Task
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback


def open_task(tables: Tables, number: int, due_in_hours: int, owner: str = "asha") -> Task:
    fact = FactId.of_row("shop", str(number), NOW)
    said = Response(fact, 3, NOW, "2026-03-04", comment=f"complaint {number}", contact=f"c{number}", expires_at=2**31)
    tables.responses.create(said)
    tables.people.merge_contact(Contact(f"c{number}", f"c{number}@example.com", "Ravi", "+91 00000 00000"))
    due_at = NOW + timedelta(hours=due_in_hours)
    task = Task(f"{number:016x}", "shop", owner, NOW, due_at, frozenset({str(fact)}), f"c{number}", {"store": "pune"})
    return tables.people.open_or_join(task, str(fact))


@pytest.fixture
def three(tables: Tables) -> tuple[Task, Task, Task]:
    """Due tomorrow, overdue, and somebody else's."""
    return open_task(tables, 1, 24), open_task(tables, 2, -1), open_task(tables, 3, 2, owner="ravi")


def test_open_tasks_are_listed_first_due_first(hearback: Hearback, three: tuple[Task, Task, Task]) -> None:
    tomorrow, overdue, other = three
    listed = hearback("tasks", "list", "--json").json
    assert [task["task"] for task in listed] == [overdue.id, other.id, tomorrow.id]
    assert [task["overdue"] for task in listed] == [True, False, False]


@pytest.mark.parametrize(
    ("options", "places"),
    [(["--overdue"], [1]), (["--owner", "ravi"], [2]), (["--survey", "other"], []), (["--survey", "shop"], [1, 2, 0])],
)
def test_the_list_can_be_narrowed(
    hearback: Hearback, three: tuple[Task, Task, Task], options: list[str], places: list[int]
) -> None:
    listed = hearback("tasks", "list", *options, "--json").json
    assert [task["task"] for task in listed] == [three[place].id for place in places]


def test_a_task_shows_what_was_said_and_how_to_reach_the_customer(hearback: Hearback, tables: Tables) -> None:
    task = open_task(tables, 1, 24)
    shown = hearback("tasks", "show", task.id, "--json").json
    assert shown["contact"] == {"name": "Ravi", "email": "c1@example.com", "phone": "+91 00000 00000"}
    assert [(answer["score"], answer["comment"]) for answer in shown["answers"]] == [(3, "complaint 1")]
    printed = hearback("tasks", "show", task.id).out
    assert "Ravi, +91 00000 00000, c1@example.com" in printed
    assert "complaint 1" in printed
    assert "Thu 05 Mar 2026, 16:00 IST" in printed


def test_closing_takes_a_task_off_the_list_and_remembers_how_it_ended(hearback: Hearback, tables: Tables) -> None:
    task = open_task(tables, 1, 24)
    closed = hearback("tasks", "close", task.id, "--outcome", "refunded", "--note", "[sent] the money", "--json").json
    assert (closed["outcome"], closed["note"], closed["closed_at"]) == ("refunded", "[sent] the money", NOW.isoformat())
    assert hearback("tasks", "list", "--json").json == []
    assert "refunded. [sent] the money" in hearback("tasks", "show", task.id).out


def test_a_closed_task_is_not_closed_again(hearback: Hearback, tables: Tables) -> None:
    task = open_task(tables, 1, 24)
    hearback("tasks", "close", task.id, "--outcome", "resolved")
    again = hearback("tasks", "close", task.id, "--outcome", "refunded")
    assert again.code == 2
    assert "was closed already: resolved" in again.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "nothing"], "there is no task 'nothing'"),
        (["close", "nothing", "--outcome", "resolved"], "there is no task 'nothing'"),
        (["close", "nothing", "--outcome", "ignored"], "'resolved', 'unreachable', 'no-action', 'refunded'"),
        (["close", "nothing", "--outcome", "resolved", "--note", "x" * 1001], "at most 1,000"),
    ],
)
def test_what_cannot_be_done_says_why(hearback: Hearback, arguments: list[str], words: str) -> None:
    ended = hearback("tasks", *arguments)
    assert ended.code == 2
    assert words in ended.err


def test_an_empty_list_says_so(hearback: Hearback) -> None:
    assert "No open tasks" in hearback("tasks", "list").err
