"""Whoever tells of a task dies, at each call in turn, before it and after it: whose it is hears once all the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from string import ascii_letters
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from followup import tick, worker
from hearback.claim import DOUBTFUL
from hearback.task import Task
from tests.aws_faults import Death
from tests.integration.followup_world import CONTEXT, World, sqs_event

ASHA, DEV = "Asha Rao <asha@shop.example>", "Dev Shah <dev@shop.example>"
Act = Callable[[World, Task], object]


@contextmanager
def dying(world: World, at: int, *, after: bool) -> Iterator[list[str]]:
    """The process dies at its `at`-th call to AWS; yields the calls that it makes."""
    calls: list[str] = []

    def at_call(operation: str, call: Callable[[], Any]) -> Any:
        calls.append(operation)
        if len(calls) != at + 1:
            return call()
        if after:
            with suppress(ClientError):  # what a condition forbade is an answer too
                call()
        raise Death(operation)

    ask, put = BaseClient._make_api_call, world.events.put_events  # type: ignore[attr-defined]
    with world.monkeypatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", lambda *call: at_call(call[1], lambda: ask(*call)))
        patch.setattr(world.events, "put_events", lambda **given: at_call("PutEvents", lambda: put(**given)))
        yield calls


def go_on(world: World) -> None:
    """Whatever is due is done by those who live, for half an hour."""
    for _ in range(2):
        world.pass_time(timedelta(minutes=15))
        tick.handler({}, CONTEXT)
        world.deliver()


def tell(world: World, task: Task) -> object:
    return worker.handler(sqs_event({"task": task.id}), CONTEXT)


def run_tick(world: World, task: Task) -> object:
    return tick.handler({}, CONTEXT)


def mails_and_doubts(world: World, to: str) -> tuple[int, int]:
    return world.recipients().count(to), sum(1 for _ in world.tables.people.due(DOUBTFUL))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("act", "least"), [(tell, 12), (run_tick, 4)], ids=["worker", "tick"])
def test_a_new_owner_hears_once_or_an_operator_is_shown_it(
    two_owners: World, act: Act, least: int, *, after: bool
) -> None:
    for at in range(len(ascii_letters)):
        response = two_owners.answer(2, two_owners.customer(f"Ravi{ascii_letters[at]}"))
        two_owners.settle(response)
        task = two_owners.tables.tasks.get(Task.id_for(str(response.id)))
        assert task is not None
        two_owners.tables.tasks.assign(task, "dev", two_owners.now)
        mails, doubts = mails_and_doubts(two_owners, DEV)

        with dying(two_owners, at, after=after) as calls:
            try:
                act(two_owners, task)
                lived = True
            except Death:
                lived = False
        go_on(two_owners)

        now_mails, now_doubts = mails_and_doubts(two_owners, DEV)
        in_doubt = now_doubts - doubts
        assert (now_mails - mails, in_doubt) in ((1, 0), (0, 1), (1, 1)), f"{calls}: {now_mails - mails}, {in_doubt}"
        told = [each for each in two_owners.events.details("Task Assigned") if each["task"] == task.id]
        assert len({each["id"] for each in told}) == 1
        assert list(two_owners.tables.tasks.unnoticed(two_owners.now)) == []
        if lived:
            break
    assert lived
    assert at >= least, "it died nowhere"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_first_owner_hears_once_or_an_operator_is_shown_it_though_the_message_never_comes_again(
    two_owners: World, *, after: bool
) -> None:
    for at in range(len(ascii_letters)):
        response = two_owners.answer(2, two_owners.customer(f"Ravi{ascii_letters[at]}"))
        mails, doubts = mails_and_doubts(two_owners, ASHA)

        with dying(two_owners, at, after=after) as calls:
            try:
                two_owners.settle(response)
                lived = True
            except Death:
                lived = False
        opened = two_owners.tables.tasks.get(Task.id_for(str(response.id)))
        go_on(two_owners)

        now_mails, now_doubts = mails_and_doubts(two_owners, ASHA)
        found = now_mails - mails, now_doubts - doubts
        assert found in ([(1, 0), (0, 1), (1, 1)] if opened else [(0, 0)]), f"{calls}: {found}"
        told = [each for each in two_owners.events.details("Task Opened") if opened and each["task"] == opened.id]
        assert len({each["id"] for each in told}) == (1 if opened else 0)
        assert list(two_owners.tables.tasks.unnoticed(two_owners.now)) == []
        if lived:
            break
    assert lived
    assert at >= 15, "it died nowhere"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_taking_a_task_back_is_done_as_a_whole_or_not_at_all(two_owners: World, *, after: bool) -> None:
    for at in range(len(ascii_letters)):
        response = two_owners.answer(2, two_owners.customer(f"Ravi{ascii_letters[at]}"))
        two_owners.settle(response)
        two_owners.tables.responses.revise(response.id, lambda stored: stored.exclude("a machine gave it"))

        with dying(two_owners, at, after=after):
            try:
                two_owners.settle(response)
                lived = True
            except Death:
                lived = False
        two_owners.settle(response)  # the queue brings it again

        task = two_owners.tables.tasks.get(Task.id_for(str(response.id)))
        assert task is not None
        assert task.withdrawn
        assert two_owners.tables.tasks.open_of(response.contact) is None
        assert [*two_owners.tables.tasks.untold_closings(two_owners.now)].count(task.id) == 1
        if lived:
            break
    assert lived
    assert at >= 4, "it died nowhere"
