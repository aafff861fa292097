"""Coming back: what somebody answers after their task was closed, as long as it counts, and each of them once."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest

from followup import stream
from hearback import recovery, task_changes
from hearback.contact import Contact
from hearback.recovery import Recovery
from hearback.response import Answer, Response
from hearback.task import Task
from ops.erasure import Erasure
from ops.person import Person
from tests.integration.followup_world import World
from tests.integration.test_followup_stream import record

MONTH = timedelta(days=31)
"""No cap of the shop's plays lasts longer."""


@pytest.fixture
def ravi(world: World) -> Contact:
    return world.customer("Ravi")


@pytest.fixture
def task(world: World, ravi: Contact) -> Task:
    """Closed; Ravi had given a 2."""
    return closed_task(world, ravi)


def closed_task(world: World, contact: Contact) -> Task:
    response = world.answer(2, contact)
    world.settle(response)
    task = world.tables.tasks.get(Task.id_for(str(response.id)))
    assert task is not None
    world.pass_time(timedelta(hours=1))
    return world.close(task)


def answers(world: World, contact: Contact, score: int) -> Response:
    """Answer a month later."""
    world.pass_time(MONTH)
    response = world.answer(score, contact)
    world.settle(response)
    return response


def came_back(world: World, task: Task) -> int | None:
    found = world.tables.tasks.get(task.id)
    assert found is not None
    return found.came_back


def recovered(world: World) -> Recovery:
    """As a report of now tells it."""
    closed = world.tables.tasks.closed("shop")
    return recovery.report(world.tables.tasks.open(), closed, world.now - MONTH, world.now + timedelta(1)).recovery


def revise(world: World, response: Response, change: Callable[[Response], Response]) -> None:
    """As an operator's command does; its message comes through stream and queue."""
    before = world.tables.responses.response(response.id)
    assert before is not None
    assert world.tables.responses.revise(response.id, change)
    modified(world, before)


def modified(world: World, before: Response) -> None:
    newest = world.tables.responses.response(before.id)
    assert newest is not None
    message = stream.message_for(record(newest.to_item(), event="MODIFY", before=before.to_item()))
    assert message == {"response": str(before.id)}
    world.settle(before)


def exclude(world: World, response: Response) -> None:
    revise(world, response, lambda stored: stored.exclude("a colleague gave it"))


def test_the_newest_answer_after_closing_says_whether_somebody_came_back(
    world: World, ravi: Contact, task: Task
) -> None:
    first, second = answers(world, ravi, 7), answers(world, ravi, 10)

    for response in (second, first, second):  # queues keep no order
        world.settle(response)

    assert came_back(world, task) == 10


def test_an_answer_from_before_closing_is_no_coming_back(world: World, ravi: Contact) -> None:
    early = world.answer(9, ravi)
    task = closed_task(world, ravi)
    world.settle(early)

    assert came_back(world, task) is None


def test_an_answer_that_is_excluded_later_is_no_coming_back_and_the_one_before_it_stands(
    world: World, ravi: Contact, task: Task
) -> None:
    first, second = answers(world, ravi, 7), answers(world, ravi, 10)

    exclude(world, second)
    assert came_back(world, task) == 7
    exclude(world, first)
    assert came_back(world, task) is None
    assert recovered(world) == Recovery(people=1)


@pytest.mark.parametrize("follow_up", [True, False])
def test_included_again_it_is_a_coming_back_again(world: World, ravi: Contact, task: Task, follow_up: bool) -> None:
    back = answers(world, ravi, 10)
    exclude(world, back)
    revise(world, back, lambda stored: stored.include(follow_up=follow_up))
    assert came_back(world, task) == 10

    exclude(world, back)
    assert came_back(world, task) is None


def test_an_answer_that_is_only_counted_runs_no_plays(world: World, ravi: Contact, task: Task) -> None:
    back = answers(world, ravi, 10)
    exclude(world, back)
    mails = len(world.mails())
    world.pass_time(MONTH)
    revise(world, back, lambda stored: stored.include(follow_up=False))

    assert len(world.mails()) == mails
    assert came_back(world, task) == 10


def test_an_answer_that_a_program_gave_is_no_coming_back_once_it_shows_itself(
    world: World, ravi: Contact, task: Task
) -> None:
    world.pass_time(MONTH)
    bare = world.answer(10, ravi, confirmed_by="bare")
    world.settle(bare)
    assert came_back(world, task) == 10

    assert world.tables.responses.unmask(bare.id, "3 scores in 6 s")
    modified(world, bare)

    assert came_back(world, task) is None


def test_versions_that_are_seen_in_any_order_come_to_the_same(world: World, ravi: Contact, task: Task) -> None:
    """A worker that read a version and was held up writes it after those that read newer ones."""
    world.pass_time(MONTH)
    given = world.answer(10, ravi)
    amended = given.amended(Answer(score=8), world.now)
    excluded = amended.exclude("a colleague gave it")
    included = excluded.include(follow_up=True)

    for versions, expected in (((given, amended, excluded), None), ((given, excluded, included), 8)):
        for order in permutations(versions):
            forget_later(world, task)
            for version in (*order, order[0]):
                world.tables.tasks.came_back(version)
            assert came_back(world, task) == expected


def forget_later(world: World, task: Task) -> None:
    """As it was when it was closed."""
    item = world.tables.directory.get(Task.key_item(task.id)) or {}
    kept = {name: value for name, value in item.items() if not name.startswith("later")}
    world.tables.directory.put({"Item": kept})


def test_somebody_with_two_closed_tasks_is_one_person_and_both_hear_of_it(
    world: World, ravi: Contact, task: Task
) -> None:
    world.pass_time(MONTH)
    again = closed_task(world, ravi)
    assert (came_back(world, task), came_back(world, again)) == (2, None)
    assert recovered(world) == Recovery(people=1)

    back = answers(world, ravi, 10)

    assert (came_back(world, task), came_back(world, again)) == (10, 10)
    assert recovered(world) == Recovery(people=1, answered=1, recovered=1)
    exclude(world, back)
    assert (came_back(world, task), came_back(world, again)) == (2, None)


def test_who_was_erased_has_come_back_all_the_same(world: World, ravi: Contact, task: Task) -> None:
    answers(world, ravi, 10)
    tables = world.tables

    Erasure(Person(frozenset({ravi.key})), tables.responses, tables.directory, tables.tally).erase(lambda _: None)

    assert came_back(world, task) == 10
    assert recovered(world) == Recovery(people=1, answered=1, recovered=1)


def test_what_a_task_takes_down_is_bounded_and_still_corrected(
    world: World, ravi: Contact, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_changes, "MOST_LATER", 3)
    world.pass_time(MONTH)
    given = []
    for _ in range(4):
        world.pass_time(timedelta(minutes=1))
        given.append(world.answer(9, ravi))
        world.tables.tasks.came_back(given[-1])
    item = world.tables.directory.get(Task.key_item(task.id))
    assert item
    assert len(item["later"]) == 3

    for response in given:
        world.tables.tasks.came_back(response.exclude("a colleague gave it"))
    assert came_back(world, task) is None
