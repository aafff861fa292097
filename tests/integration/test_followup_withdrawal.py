"""An answer that does not count any more takes its task back, as long as nobody has begun it."""

from datetime import timedelta
from typing import Any

import pytest

from followup import stream, tick
from hearback.aws.claims import Claims
from hearback.aws.tasks import Tasks
from hearback.response import Answer, Response
from hearback.task import Callback, Note, Task
from tests.aws_faults import Death
from tests.integration.followup_world import CONTEXT, World, raising
from tests.integration.test_followup_stream import record

LATER = timedelta(minutes=10)


@pytest.fixture
def answer(world: World) -> Response:
    """Ravi gave a 2; Asha has his task."""
    response = world.answer(2, world.customer("Ravi"), comment="The queue was long.")
    world.settle(response)
    return response


def task_of(world: World, response: Response) -> Task:
    found = world.tables.tasks.get(Task.id_for(str(response.id)))
    assert found is not None
    return found


def exclude(world: World, response: Response, reason: str = "a machine gave it") -> None:
    """As the operator's command does; its message comes through stream and queue."""
    world.pass_time(LATER)
    world.tables.responses.revise(response.id, lambda stored: stored.exclude(reason))
    settle_newest(world, response)


def include(world: World, response: Response, *, follow_up: bool) -> None:
    world.pass_time(LATER)
    world.tables.responses.revise(response.id, lambda stored: stored.include(follow_up=follow_up))
    settle_newest(world, response)


def settle_newest(world: World, response: Response) -> None:
    newest = world.tables.responses.response(response.id)
    assert newest is not None
    if message := stream.message_for(record(newest.to_item(), event="MODIFY")):
        assert message == {"response": str(response.id)}
        world.settle(response)


def run_tick(world: World) -> dict[str, int]:
    world.pass_time(timedelta(minutes=15))
    done = tick.handler({}, CONTEXT)
    world.deliver()
    return done


def test_a_task_that_nobody_has_touched_is_withdrawn_with_its_only_answer(world: World, answer: Response) -> None:
    exclude(world, answer)

    task = task_of(world, answer)
    assert task.withdrawn
    assert task.closing
    assert (task.closing.by, task.closing.root_cause, task.closing.at) == ("", "", world.now)
    assert list(world.tables.tasks.open()) == []
    assert world.tables.tasks.open_of(answer.contact) is None


@pytest.mark.parametrize("touched", ["taken", "noted", "rescheduled", "asked to be called"])
def test_a_task_that_somebody_has_begun_stays_with_its_owner(world: World, answer: Response, touched: str) -> None:
    task, tasks = task_of(world, answer), world.tables.tasks
    match touched:
        case "taken":
            tasks.take(task, "asha", world.now)
        case "noted":
            tasks.note(task.id, Note("1", world.now, "asha", "Nobody answered."))
        case "rescheduled":
            tasks.reschedule(task.id, task.due_at + LATER)
        case "asked to be called":
            tasks.call_back(task.id, Callback("020 5555 0199", "", world.now))
    before = task_of(world, answer)

    exclude(world, answer)

    assert task_of(world, answer) == before


def test_a_task_whose_other_answer_still_counts_stays(world: World, answer: Response) -> None:
    other = world.answer(3, world.tables.people.contact(answer.contact))
    world.settle(other)

    exclude(world, answer)
    assert task_of(world, answer).open

    exclude(world, other)
    assert task_of(world, answer).withdrawn


def test_an_answer_that_joins_at_that_moment_keeps_the_task(
    world: World, answer: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.answer(3, world.tables.people.contact(answer.contact))
    withdraw = Tasks.withdraw

    def overtaken(self: Tasks, task: Task, *when: Any) -> bool:
        world.settle(other)
        return withdraw(self, task, *when)

    monkeypatch.setattr(Tasks, "withdraw", overtaken)
    exclude(world, answer)

    assert task_of(world, answer).open


def test_being_given_to_somebody_else_is_no_beginning(world: World, answer: Response) -> None:
    world.tables.tasks.assign(task_of(world, answer), "asha", world.now)

    exclude(world, answer)

    assert task_of(world, answer).withdrawn


def test_an_anonymous_task_is_withdrawn_too(world: World) -> None:
    call = world.survey.plays[-1].model_copy(update={"anonymous": True})
    world.survey = world.survey.model_copy(update={"plays": [call]})
    world.tables.people.put_survey(world.survey, world.now)
    answer = world.answer(1)
    world.settle(answer)
    assert task_of(world, answer).open

    exclude(world, answer)

    assert task_of(world, answer).withdrawn


def test_a_closed_task_stays_as_it_was_closed(world: World, answer: Response) -> None:
    world.close(task_of(world, answer))
    before = task_of(world, answer)

    exclude(world, answer)

    assert task_of(world, answer) == before


def test_the_bus_hears_of_it_and_nobody_is_asked_again_or_expected_back(world: World, answer: Response) -> None:
    exclude(world, answer)

    assert [run_tick(world)["closings"] for _ in range(2)] == [1, 0]

    [told] = world.events.details("Task Closed")
    assert (told["outcome"], told["closed_by"], told["root_cause"]) == ("withdrawn", "", "")
    assert list(world.tables.tasks.to_ask_again(world.now + timedelta(days=400))) == []
    world.settle(world.answer(9, world.tables.people.contact(answer.contact)))
    assert task_of(world, answer).came_back is None


def test_an_earlier_task_stays_the_one_that_its_person_comes_back_from(world: World, answer: Response) -> None:
    ravi = world.tables.people.contact(answer.contact)
    world.close(task_of(world, answer))
    world.pass_time(timedelta(days=31))
    again = world.answer(1, ravi)
    world.settle(again)
    exclude(world, again)

    world.pass_time(timedelta(days=1))
    world.settle(world.answer(9, ravi))

    assert (task_of(world, answer).came_back, task_of(world, again).came_back) == (9, None)


def test_an_excluded_answer_s_replay_gives_no_task(world: World, answer: Response) -> None:
    exclude(world, answer)

    world.settle(answer)

    assert task_of(world, answer).withdrawn


def test_included_again_its_task_is_there_again_only_if_it_is_followed_up(world: World, answer: Response) -> None:
    exclude(world, answer)

    include(world, answer, follow_up=False)
    world.settle(answer)  # a message from before, which came late
    assert task_of(world, answer).withdrawn

    exclude(world, answer)
    include(world, answer, follow_up=True)
    task = task_of(world, answer)
    assert task.open
    assert task.due_at == task.promised_at == world.now + timedelta(hours=24)
    assert world.tables.tasks.open_of(answer.contact) == task


def test_a_task_that_is_there_again_is_told_of_again_once(world: World, answer: Response) -> None:
    exclude(world, answer)
    run_tick(world)
    include(world, answer, follow_up=True)
    world.settle(answer)
    run_tick(world)

    assert [str(mail["To"]) for mail in world.mails()].count("Asha Rao <asha@shop.example>") == 2
    assert len(world.events.details("Task Opened")) == len(world.events.details("Task Assigned")) == 1
    assert len(world.queued_tasks()) == 1


def test_so_is_one_whose_worker_died_before_it_said_which_it_had_given(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = world.answer(2, world.customer("Ravi"))
    with monkeypatch.context() as dying:
        dying.setattr(Claims, "settle", raising(Death("UpdateItem")))
        with pytest.raises(Death):
            world.settle(answer)
    exclude(world, answer)
    assert task_of(world, answer).withdrawn

    include(world, answer, follow_up=True)
    run_tick(world)

    assert task_of(world, answer).open
    assert [str(mail["To"]) for mail in world.mails()].count("Asha Rao <asha@shop.example>") == 1


def test_withdrawn_twice_it_has_two_closings_of_two_ids(world: World, answer: Response) -> None:
    for _ in range(2):
        exclude(world, answer)
        run_tick(world)
        include(world, answer, follow_up=True)

    ids = [told["id"] for told in world.events.details("Task Closed")]
    assert len(ids) == len(set(ids)) == 2


def test_a_reopened_task_whose_closing_was_not_told_yet_is_not_told_as_closed(world: World, answer: Response) -> None:
    exclude(world, answer)
    include(world, answer, follow_up=True)

    assert run_tick(world)["closings"] == 0
    assert world.events.details("Task Closed") == []


def test_included_while_its_person_has_another_task_it_joins_that_one(world: World, answer: Response) -> None:
    exclude(world, answer)
    other = world.answer(1, world.tables.people.contact(answer.contact))
    world.settle(other)

    include(world, answer, follow_up=True)

    assert task_of(world, other).responses == {str(answer.id), str(other.id)}
    assert task_of(world, answer).withdrawn


def test_an_answer_that_had_joined_brings_its_task_back(world: World, answer: Response) -> None:
    joined = world.answer(3, world.tables.people.contact(answer.contact))
    world.settle(joined)
    exclude(world, answer)
    exclude(world, joined)
    assert task_of(world, answer).withdrawn

    include(world, joined, follow_up=True)

    assert task_of(world, answer).open


def test_a_person_who_thinks_better_of_it_is_called_all_the_same(world: World, answer: Response) -> None:
    world.tables.responses.amend(answer.id, Answer(score=9), world.now)

    settle_newest(world, answer)

    assert task_of(world, answer).open


def test_what_a_program_without_scripts_gave_is_taken_back_when_it_shows_itself(world: World) -> None:
    answer = world.answer(2, world.customer("Ravi"), confirmed_by="bare")
    world.settle(answer)

    assert world.tables.responses.unmask(answer.id, "3 scores in 6 s")

    unmasked = world.tables.responses.response(answer.id)
    assert unmasked
    assert stream.message_for(record(unmasked.to_item(), event="MODIFY")) == {"response": str(answer.id)}
    settle_newest(world, answer)
    assert task_of(world, answer).withdrawn


def test_what_was_only_presumed_and_doubted_is_no_message(world: World) -> None:
    doubted = world.answer(2, world.customer("Ravi"), provisional=True, excluded="11 scores in 2 s")

    assert stream.message_for(record(doubted.to_item(), event="MODIFY")) is None
