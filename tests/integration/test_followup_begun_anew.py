"""An answer that begins anew: a program's form, and over it what its person confirms by hand, without its history."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hearback.response import Answer, Response
from hearback.task import Task
from hearback.task_news import APART
from tests.integration.followup_world import World, raising
from tests.integration.test_followup_task_news import run_tick, to_asha


@pytest.fixture
def formed(two_owners: World) -> Response:
    """Sent by a form without scripts, and a task that its owner has begun with."""
    response = two_owners.answer(2, two_owners.customer("Ravi"), confirmed_by="bare")
    two_owners.settle(response)
    task = two_owners.tables.tasks.get(Task.id_for(str(response.id)))
    assert task is not None
    two_owners.tables.tasks.take(task, "asha", two_owners.now)
    two_owners.pass_time(timedelta(minutes=2))
    return response


def begin_anew(world: World, formed: Response) -> None:
    """The form turns out to be a program's; its person touches the page."""
    assert world.tables.responses.unmask(formed.id, "3 scores in 6 s")
    world.settle(formed)
    world.pass_time(APART)
    by_hand = replace(formed, score=1, confirmed_by="form", answered_at=world.now)
    world.tables.responses.submit(by_hand, world.now)
    world.settle(formed)
    world.pass_time(APART)


def change(world: World, response: Response, answer: Answer) -> None:
    world.tables.responses.amend(response.id, answer, world.now)
    world.settle(response)


def test_its_changes_are_told_as_those_before_were(two_owners: World, formed: Response) -> None:
    resubmitted = replace(formed, score=3, comment="slow")
    two_owners.tables.responses.submit(resubmitted, two_owners.now)
    two_owners.settle(formed)
    assert len(to_asha(two_owners)) == 1
    begin_anew(two_owners, formed)
    before = len(to_asha(two_owners))

    change(two_owners, formed, Answer(comment="I am cancelling today unless somebody calls me."))

    [told] = to_asha(two_owners)[before:]
    assert told["Subject"] == "Ravi has changed their answer: 1"


def test_a_change_of_the_program_that_nobody_was_told_of_does_not_come_up_for_ever(
    two_owners: World, formed: Response
) -> None:
    with two_owners.monkeypatch.context() as patch:
        patch.setattr("followup.tasking.Tasking.tell", raising(RuntimeError("killed")))
        two_owners.tables.responses.submit(replace(formed, score=3), two_owners.now)
        two_owners.settle(formed)
    begin_anew(two_owners, formed)

    assert [run_tick(two_owners), run_tick(two_owners)] == [1, 0]
