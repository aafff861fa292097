"""A task that somebody else writes at the same moment: a second click, or the worker beside a customer."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, repeat
from urllib.parse import urlencode

import pytest

from collect.wiring import wiring
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.judging import READING
from hearback.task import Task
from hearback.task_link import task_link
from tests.aws_faults import Fault, FaultyClient
from tests.conftest import NOW, Answered, Collect

ANSWER = str(FactId.mint("shop", 4, NOW, b"an answer."))
RAVI = Contact("r" * 32, "ravi@example.com", "Ravi Kumar")
CALL, CLOSE = {"phone": "020 5555 0101"}, {"do": "close", "outcome": "resolved", "cause": "price"}


@pytest.fixture
def task(collect: Collect) -> Task:
    collect.tables.people.merge_contact(RAVI)
    made = Task("t1", "shop", "asha", NOW, NOW + timedelta(days=1), frozenset({ANSWER}), RAVI.key)
    collect.tables.tasks.open_or_join(made, ANSWER)
    return made


def send(
    collect: Collect, task: Task, said: dict[str, str], conflicts: int | None, patch: pytest.MonkeyPatch
) -> Answered:
    """Send a form while so many transactions in a row, or all of them, conflict with another."""
    faults: Iterator[Fault] = repeat(Fault.CONFLICT)
    if conflicts is not None:
        faults = chain(repeat(Fault.CONFLICT, conflicts), repeat(Fault.NONE))
    table = wiring().directory.table
    transacting = "transact_write_items"
    client = FaultyClient(table.client, lambda operation: next(faults) if operation == transacting else Fault.NONE)
    patch.setattr(table, "client", client)
    if "phone" in said:
        token = collect.token(contact=RAVI.key, subject=ANSWER)
        path = f"/c/{token}"
    else:
        path = task_link("", task, "asha", collect.now, wiring().token_keys.at(collect.now))
        token = path.removeprefix("/t/")
    stamp = collect.stamp(token, age=timedelta())
    collect.now += READING
    return collect.form(path, urlencode({"page": stamp, **said}))


@pytest.mark.parametrize("said", [CALL, CLOSE])
def test_a_write_that_meets_another_is_tried_again(
    collect: Collect, task: Task, said: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = send(collect, task, said, 2, monkeypatch)

    stands = collect.tables.tasks.get(task.id)
    assert stands is not None
    assert answered.status == (200 if said is CALL else 303)
    assert stands.callback is not None if said is CALL else not stands.open


@pytest.mark.parametrize("said", [CALL, CLOSE])
def test_one_that_meets_others_all_the_time_is_refused_kindly(
    collect: Collect, task: Task, said: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = send(collect, task, said, None, monkeypatch)

    stands = collect.tables.tasks.get(task.id)
    assert stands is not None
    assert (answered.status, stands.open, stands.callback) == (503, True, None)
