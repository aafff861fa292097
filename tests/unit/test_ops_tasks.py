"""`hearback tasks`: list what is open, show what the customer said, close it once."""

from datetime import UTC, datetime, timedelta

import pytest

from hearback import clock
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.response import Answer, Response
from hearback.task import Callback, Task
from hearback.task_changes import erase_request
from hearback.token import verify
from ops.deployment import Deployment
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

CLOSED = ("--outcome", "resolved", "--root-cause", "price")


def open_task(tables: Tables, number: int, due_in_hours: int, owner: str = "asha", comment: str | None = None) -> Task:
    fact = FactId.of_row("shop", str(number), NOW)
    words = f"complaint {number}" if comment is None else comment
    said = Response(fact, 3, NOW, "2026-03-04", comment=words, contact=f"c{number}", expires_at=2**31)
    tables.responses.create(said)
    tables.people.merge_contact(Contact(f"c{number}", f"c{number}@example.com", "Ravi", "+91 00000 00000"))
    due_at = NOW + timedelta(hours=due_in_hours)
    task = Task(f"{number:016x}", "shop", owner, NOW, due_at, frozenset({str(fact)}), f"c{number}", {"store": "pune"})
    return tables.tasks.open_or_join(task, str(fact))


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


def test_a_task_shows_answers_in_the_surveys_words_and_no_change_where_words_only_came_later(
    hearback: Hearback, tables: Tables
) -> None:
    task = open_task(tables, 1, 24, comment="")
    (fact,) = map(FactId.parse, task.responses)
    tables.responses.amend(fact, Answer(None, "Cold", {"topic": "price"}), NOW + timedelta(minutes=1))

    printed = hearback("tasks", "show", task.id).out

    assert "What was it about? Price" in printed
    assert "it was a" not in printed

    tables.responses.amend(fact, Answer(4), NOW + timedelta(minutes=2))

    assert "until Wed 04 Mar 2026, 16:02 IST it was a 3" in hearback("tasks", "show", task.id).out


def test_a_task_shows_where_and_when_its_customer_wants_to_be_called(hearback: Hearback, tables: Tables) -> None:
    task = open_task(tables, 1, 1)
    tables.tasks.call_back(task.id, Callback("020 5555 0199", "after six", NOW))

    printed, shown = hearback("tasks", "show", task.id).out, hearback("tasks", "show", task.id, "--json").json

    assert "020 5555 0199: after six (they asked on Wed 04 Mar 2026, 16:00 IST)" in printed
    assert shown["callback"] == {"phone": "020 5555 0199", "when": "after six", "at": NOW.isoformat()}


def test_a_task_whose_customer_was_erased_is_listed_and_shown_as_one_to_close(
    hearback: Hearback, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    task = open_task(tables, 1, -1)
    hearback("tasks", "claim", task.id)
    tables.directory.update(erase_request(task.id, task.contact))

    assert "customer erased, to be closed" in hearback("tasks", "list").out
    shown = hearback("tasks", "show", task.id)
    assert "erased on request: there is nobody to call" in shown.out
    assert f"Please close it: hearback tasks close {task.id} --root-cause" in " ".join(shown.err.split())
    assert "--outcome no-action" in " ".join(shown.err.split())
    assert "Asha Rao calls" not in shown.out


def test_closing_takes_a_task_off_the_list_and_remembers_how_it_ended(hearback: Hearback, tables: Tables) -> None:
    task = open_task(tables, 1, 24)
    done = ["--outcome", "refunded", "--root-cause", "price", "--note", "[sent] the money"]
    closed = hearback("tasks", "close", task.id, *done, "--json").json
    assert (closed["outcome"], closed["root_cause"], closed["closed_by"]) == ("refunded", "price", "asha")
    assert (closed["closed_at"], closed["due_at"]) == (NOW.isoformat(), task.due_at.isoformat())
    assert hearback("tasks", "list", "--json").json == []
    shown = hearback("tasks", "show", task.id).out
    assert "refunded (The price), Wed 04 Mar 2026, 16:00 IST, Asha Rao" in shown
    assert "[sent] the money" in shown


def test_closed_tasks_are_listed_on_request(hearback: Hearback, three: tuple[Task, Task, Task]) -> None:
    tomorrow, overdue, other = three
    hearback("tasks", "close", overdue.id, *CLOSED)
    listed = hearback("tasks", "list", "--all", "--json").json
    assert [task["task"] for task in listed] == [other.id, tomorrow.id, overdue.id]
    assert "resolved, price" in hearback("tasks", "list", "--all").out


def test_the_help_shows_a_time_as_it_is_typed(hearback: Hearback) -> None:
    told = hearback("tasks", "reschedule", "--help").out

    assert "2026-11-30T14:00" in told
    assert "%Y" not in told


@pytest.mark.parametrize(
    "what",
    [
        ["close", *CLOSED],
        ["claim"],
        ["note", "called in vain"],
        ["reschedule", "2026-03-06T10:00"],
    ],
    ids=lambda what: str(what[0]),
)
def test_a_closed_task_takes_nothing_more(hearback: Hearback, tables: Tables, what: list[str]) -> None:
    task = open_task(tables, 1, 24)
    hearback("tasks", "close", task.id, *CLOSED)
    before = tables.tasks.get(task.id)

    command, *rest = what
    again = hearback("tasks", command, task.id, *rest)

    assert again.code == 2
    assert "was closed already: resolved (The price)" in again.err
    assert tables.tasks.get(task.id) == before


def test_somebody_says_that_they_will_call_and_notes_what_happened(hearback: Hearback, tables: Tables) -> None:
    task = open_task(tables, 1, 24)
    assert hearback("tasks", "claim", task.id).out == "Asha Rao calls\n"
    hearback("tasks", "note", task.id, "Nobody answered.")
    hearback("tasks", "note", task.id, "Will try at six.")
    stands = tables.tasks.get(task.id)
    assert stands
    assert (stands.taken_by, [note.text for note in stands.notes]) == ("asha", ["Nobody answered.", "Will try at six."])
    assert "Asha Rao calls" in hearback("tasks", "list").out


def test_a_task_is_rescheduled_in_the_scope_s_time_zone(hearback: Hearback, tables: Tables) -> None:
    task = open_task(tables, 1, 24)
    assert hearback("tasks", "reschedule", task.id, "2026-03-06T10:00").out == "Due Fri 06 Mar 2026, 10:00 IST\n"
    stands = tables.tasks.get(task.id)
    assert stands
    assert (stands.due_at, stands.promised_at) == (datetime(2026, 3, 6, 4, 30, tzinfo=UTC), task.due_at)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "nothing"], "there is no task 'nothing'"),
        (["close", "nothing", *CLOSED], "there is no task 'nothing'"),
        (["close", "TASK", "--outcome", "ignored"], "'resolved', 'unreachable', 'no-action', 'refunded'"),
        (["close", "TASK", "--outcome", "resolved"], "Missing option '--root-cause'"),
        (["close", "TASK", "--root-cause", "price"], "Missing option '--outcome'"),
        (
            ["close", "TASK", "--outcome", "resolved", "--root-cause", "moon"],
            "product, service, delivery, price, other",
        ),
        (["close", "TASK", *CLOSED, "--note", "x" * 2001], "at most 2,000"),
        (["close", "TASK", *CLOSED, "--by", "nobody"], "one of the survey's people: asha"),
        (["note", "TASK", "  "], "says nothing"),
        (["reschedule", "TASK", "2026-02-30T10:00"], "does not match"),
        (["reschedule", "TASK", "2026-03-04T10:00"], "that is over"),
        (["reschedule", "TASK", "0001-01-01T00:00"], "that is over"),
        (["reschedule", "TASK", "2026-04-04T10:00"], "at most 14 days"),
        (["link", "TASK", "--to", "nobody"], "one of the survey's people: asha"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    hearback: Hearback, tables: Tables, arguments: list[str], words: str
) -> None:
    task = open_task(tables, 1, 24)
    before = tables.tasks.get(task.id)
    ended = hearback("tasks", *(task.id if each == "TASK" else each for each in arguments))
    assert ended.code == 2
    assert words in ended.err
    assert tables.tasks.get(task.id) == before


def test_a_link_is_bound_to_one_task_and_one_person(hearback: Hearback, tables: Tables, deployment: Deployment) -> None:
    task = open_task(tables, 1, 24)
    made = hearback("tasks", "link", task.id).out.strip()
    base_url, _, token = made.rpartition("/t/")
    keys = {"k1": "the key of TokenSecret"}
    found = verify(token, keys, "task", NOW)
    assert (base_url, found.subject, found.holder) == (deployment.output("BaseUrl"), task.id, "asha")
    assert found.expires_at == task.due_at + timedelta(days=14)
    assert hearback("tasks", "link", task.id, "--json").json == {"task": task.id, "for": "asha", "link": made}


def test_a_report_tells_what_became_of_tasks(
    hearback: Hearback, three: tuple[Task, Task, Task], tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow, overdue, _ = three
    hearback("tasks", "close", tomorrow.id, *CLOSED)
    hearback("tasks", "close", overdue.id, "--outcome", "unreachable", "--root-cause", "product")
    back = NOW + timedelta(days=3)
    tables.tasks.came_back(Response(FactId.of_row("shop", "back", back), 9, back, "2026-03-07", contact="c1"))
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=4))

    found = hearback("tasks", "report", "--survey", "shop", "--days", "7", "--json").json
    assert found == {
        "opened": 3,
        "closed": 2,
        "in_time": 1,
        "open": 1,
        "overdue": 1,
        "withdrawn": 0,
        "root_causes": {"price": 1, "product": 1},
        "recovery": {"days": 90, "people": 2, "answered": 1, "recovered": 1},
    }
    printed = hearback("tasks", "report", "--survey", "shop", "--days", "7").out
    assert "3 opened, 2 closed, 1 of them in time" in printed
    assert "of 2 customers whose tasks were closed within 90 days, 1 answered again, and 1 came back" in printed


def test_an_empty_list_says_so(hearback: Hearback) -> None:
    assert "No open tasks" in hearback("tasks", "list").err
    assert "There is no task" in hearback("tasks", "list", "--all").err


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("list", "--all"),
        ("report", "--survey", "shop"),
        ("assign", "--all-of", "gone", "asha"),
    ],
    ids=" ".join,
)
def test_a_task_that_somebody_spoiled_is_left_out_and_counted(
    hearback: Hearback, tables: Tables, command: tuple[str, ...]
) -> None:
    spoiled, good = open_task(tables, 1, 24), open_task(tables, 2, 24, owner="gone")
    tables.directory.put({"Item": spoiled.to_item() | {"due_at": "2026-03-04T00:00:00+00:00", "owner": {1, 2}}})

    ended = hearback("tasks", *command, "--json")

    assert ended.code == 0
    assert "1 task that cannot be read left out: the tick's log names each" in ended.err
    found = ended.json if isinstance(ended.json, list) else [ended.json]
    assert [task.get("task", task.get("open")) for task in found] == [1 if "report" in command else good.id]
