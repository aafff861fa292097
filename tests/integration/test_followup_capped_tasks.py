"""The cap of a task: once in so many days a person is called, and a task that was withdrawn called nobody."""

from datetime import timedelta

import pytest

from hearback.aws.claims import Claims
from hearback.contact import Contact
from hearback.response import Response
from hearback.task import Task
from tests.aws_faults import Death
from tests.integration.followup_world import World, raising

CALL = {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha", "cap_days": 30}


@pytest.fixture
def capped(world: World) -> World:
    """The shop gives at most one task a person within 30 days."""
    world.apply(CALL, watch={"slips": False})
    return world


@pytest.fixture
def ravi(capped: World) -> Contact:
    return capped.customer("Ravi")


def given(world: World, contact: Contact) -> Response:
    """An answer of a detractor that was followed up."""
    response = world.answer(2, contact)
    world.settle(response)
    return response


def exclude(world: World, response: Response) -> None:
    world.pass_time(timedelta(hours=1))
    world.tables.responses.revise(response.id, lambda stored: stored.exclude("a machine gave it"))
    world.settle(response)


def include(world: World, response: Response) -> None:
    world.pass_time(timedelta(hours=1))
    world.tables.responses.revise(response.id, lambda stored: stored.include(follow_up=True))
    world.settle(response)


def task_of(world: World, response: Response) -> Task:
    found = world.tables.tasks.get(Task.id_for(str(response.id)))
    assert found is not None
    return found


def test_a_withdrawn_task_leaves_the_cap_to_the_next_answer(capped: World, ravi: Contact) -> None:
    exclude(capped, given(capped, ravi))

    real = given(capped, ravi)

    assert task_of(capped, real).open
    assert capped.recipients() == ["Asha Rao <asha@shop.example>"] * 2


def test_so_does_one_whose_worker_died_before_it_wrote_down_which_it_was(
    capped: World, ravi: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    false = capped.answer(2, ravi)
    with monkeypatch.context() as dying:
        dying.setattr(Claims, "settle", raising(Death("UpdateItem")))
        with pytest.raises(Death):
            capped.settle(false)
    exclude(capped, false)
    assert task_of(capped, false).withdrawn

    assert task_of(capped, given(capped, ravi)).open


def test_a_task_that_was_closed_keeps_its_cap(capped: World, ravi: Contact) -> None:
    capped.close(task_of(capped, given(capped, ravi)))
    capped.pass_time(timedelta(days=1))

    again = given(capped, ravi)

    assert capped.tables.tasks.get(Task.id_for(str(again.id))) is None


def test_an_answer_that_counts_again_has_its_task_again_whoever_has_the_cap_now(capped: World, ravi: Contact) -> None:
    first = given(capped, ravi)
    exclude(capped, first)
    capped.close(task_of(capped, given(capped, ravi)))

    include(capped, first)

    assert task_of(capped, first).open


def test_a_task_that_is_open_again_has_its_cap_again(capped: World, ravi: Contact) -> None:
    first = given(capped, ravi)
    exclude(capped, first)
    include(capped, first)
    capped.close(task_of(capped, first))
    capped.pass_time(timedelta(days=1))

    again = given(capped, ravi)

    assert capped.tables.tasks.get(Task.id_for(str(again.id))) is None
