"""Whose a task is hears of it: when it is opened, when it is given to them, and whoever died on the way."""

import json
from datetime import timedelta

import pytest

from followup import tick, wiring, worker
from hearback.aws import clients
from hearback.aws.tasks import Tasks
from hearback.survey import Person
from hearback.task import Task
from tests.conftest import NOW
from tests.integration.followup_world import CONTEXT, World, raising, sqs_event
from tests.integration.test_followup_worker import DONE, RETRY

ASHA, DEV = "Asha Rao <asha@shop.example>", "Dev Shah <dev@shop.example>"
A_TICK = timedelta(minutes=15)


def apply(world: World, people: dict[str, Person]) -> None:
    world.survey = world.survey.model_copy(update={"people": people})
    world.tables.people.put_survey(world.survey, world.now)
    wiring.directory.cache_clear()


def opened(world: World) -> Task:
    """Of Ravi, who gave a 2."""
    response = world.answer(2, world.customer("Ravi"), comment="The queue was long.")
    world.settle(response)
    return stands(world, Task.id_for(str(response.id)))


def stands(world: World, task: Task | str) -> Task:
    found = world.tables.tasks.get(task if isinstance(task, str) else task.id)
    assert found is not None
    return found


def run_tick(world: World) -> int:
    """How many notices were due."""
    world.pass_time(A_TICK)
    return tick.handler({}, CONTEXT)["notices"]


def to_team(world: World) -> list[str]:
    return [to for to in world.recipients() if to in (ASHA, DEV)]


class TestOpening:
    def test_who_opens_a_task_tells_of_it_and_leaves_nothing_to_the_tick(self, two_owners: World) -> None:
        opened(two_owners)

        assert run_tick(two_owners) == 0
        assert (to_team(two_owners), len(two_owners.queued_tasks())) == ([ASHA], 1)

    @pytest.mark.parametrize("dies_at", ["queue", "bus"])
    def test_a_task_whose_worker_died_and_whose_message_is_gone_is_told_of_by_the_next_tick(
        self, two_owners: World, dies_at: str
    ) -> None:
        response = two_owners.answer(2, two_owners.customer("Ravi"), comment="The queue was long.")
        died = raising(RuntimeError("killed"))
        with two_owners.monkeypatch.context() as patch:
            if dies_at == "queue":
                patch.setattr(clients.sqs(), "send_message", died)
            else:
                patch.setattr(two_owners.events, "put_events", died)
            assert two_owners.settle(response) == RETRY
        task = stands(two_owners, Task.id_for(str(response.id)))
        assert to_team(two_owners) == []

        assert run_tick(two_owners) == 1
        two_owners.deliver()

        assert to_team(two_owners) == [ASHA]
        message = two_owners.queued_tasks()[-1]  # a queue may be told twice, under the same id
        assert (message["task"], message["response"]) == (task.id, str(response.id))
        assert [told["task"] for told in two_owners.events.details("Task Opened")] == [task.id]
        assert run_tick(two_owners) == 0

    def test_a_tick_that_died_before_it_forgot_tells_nobody_twice(self, two_owners: World) -> None:
        response = two_owners.answer(2, two_owners.customer("Ravi"))
        with two_owners.monkeypatch.context() as patch:
            patch.setattr(clients.sqs(), "send_message", raising(RuntimeError("killed")))
            two_owners.settle(response)
        with two_owners.monkeypatch.context() as patch:
            patch.setattr(Tasks, "noticed", lambda *_: None)
            run_tick(two_owners)
            two_owners.deliver()

        assert run_tick(two_owners) == 1
        two_owners.deliver()

        assert (to_team(two_owners), len(two_owners.queued_tasks())) == ([ASHA], 1)
        assert run_tick(two_owners) == 0

    def test_a_task_that_cannot_be_read_keeps_no_other_owner_from_hearing(self, two_owners: World) -> None:
        died = raising(RuntimeError("killed"))
        for name in ("Ravi", "Meera"):
            with two_owners.monkeypatch.context() as patch:
                patch.setattr(clients.sqs(), "send_message", died)
                response = two_owners.answer(2, two_owners.customer(name))
                two_owners.settle(response)
            two_owners.pass_time(timedelta(minutes=1))
        [first, second] = two_owners.tables.tasks.unnoticed(until=two_owners.now + A_TICK)
        unreadable = stands(two_owners, first).to_item() | {"created_at": "once upon a time"}
        two_owners.tables.directory.put({"Item": unreadable})

        with pytest.raises(tick.TickIncomplete, match="notices"):
            run_tick(two_owners)

        assert two_owners.settling() == [{"task": second}]

    def test_nobody_is_told_of_a_task_that_was_closed_before(self, two_owners: World) -> None:
        response = two_owners.answer(2, two_owners.customer("Ravi"))
        with two_owners.monkeypatch.context() as patch:
            patch.setattr(clients.sqs(), "send_message", raising(RuntimeError("killed")))
            two_owners.settle(response)
        two_owners.close(stands(two_owners, Task.id_for(str(response.id))))

        assert [run_tick(two_owners) for _ in range(2)] == [0, 0]
        assert list(two_owners.tables.tasks.unnoticed(two_owners.now)) == []

    def test_a_task_of_before_there_were_notices_and_histories_goes_on_as_ever(self, two_owners: World) -> None:
        task = opened(two_owners)
        item = two_owners.tables.directory.get(Task.key_item(task.id))
        assert item is not None
        assert "assignments" not in item  # as an older version wrote it

        two_owners.tables.tasks.assign(task, "dev", two_owners.now)

        assert stands(two_owners, task).owner == "dev"


class TestAssignment:
    def test_the_new_owner_gets_the_notice_once_with_the_whole_story(self, two_owners: World) -> None:
        task = opened(two_owners)
        two_owners.tables.tasks.assign(task, "dev", two_owners.now)

        for _ in range(2):
            run_tick(two_owners)
            two_owners.deliver()

        assert to_team(two_owners) == [ASHA, DEV]
        first, second = (mail for mail in two_owners.mails() if mail["To"] in (ASHA, DEV))
        assert second["Subject"] == first["Subject"]
        assert "The queue was long." in second.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    def test_the_bus_is_told_once_whose_it_was_and_whose_it_is(self, two_owners: World) -> None:
        task = opened(two_owners)
        two_owners.tables.tasks.assign(task, "dev", two_owners.now)

        for _ in range(2):
            run_tick(two_owners)
            two_owners.deliver()

        [told] = two_owners.events.details("Task Assigned")
        assert (told["task"], told["owner_before"], told["owner"]) == (task.id, "asha", "dev")
        assert "Ravi" not in json.dumps(told)

    def test_a_message_that_comes_again_mails_nobody_again(self, two_owners: World) -> None:
        task = opened(two_owners)
        two_owners.tables.tasks.assign(task, "dev", two_owners.now)

        for _ in range(3):
            assert deliver(two_owners, task) == DONE

        assert to_team(two_owners) == [ASHA, DEV]

    def test_only_the_last_of_two_owners_hears_and_a_first_one_hears_when_it_comes_back(
        self, two_owners: World
    ) -> None:
        task = opened(two_owners)
        for owner in ("dev", "asha"):
            two_owners.tables.tasks.assign(stands(two_owners, task), owner, two_owners.now)

        assert run_tick(two_owners) == 1
        two_owners.deliver()

        assert to_team(two_owners) == [ASHA, ASHA]

    def test_who_is_given_a_task_before_its_opener_could_tell_hears_once(self, two_owners: World) -> None:
        response = two_owners.answer(2, two_owners.customer("Ravi"))
        with two_owners.monkeypatch.context() as patch:
            patch.setattr(clients.sqs(), "send_message", raising(RuntimeError("killed")))
            two_owners.settle(response)
        two_owners.tables.tasks.assign(stands(two_owners, Task.id_for(str(response.id))), "dev", two_owners.now)
        two_owners.pass_time(timedelta(minutes=2))

        two_owners.settle(response)
        run_tick(two_owners)
        two_owners.deliver()

        assert (to_team(two_owners), len(two_owners.queued_tasks())) == ([DEV], 1)
        assert len(two_owners.events.details("Task Opened")) == len(two_owners.events.details("Task Assigned")) == 1

    def test_an_assignment_that_comes_while_an_earlier_one_is_told_is_told_too(self, two_owners: World) -> None:
        task = opened(two_owners)
        two_owners.tables.tasks.assign(task, "dev", two_owners.now)
        given_to_dev = stands(two_owners, task)
        two_owners.tables.tasks.assign(given_to_dev, "asha", two_owners.now)

        two_owners.tables.tasks.noticed(given_to_dev)  # by whoever had told Dev

        assert run_tick(two_owners) == 1

    def test_an_overdue_task_says_so_to_its_new_owner(self, two_owners: World) -> None:
        task = opened(two_owners)
        two_owners.now = task.due_at + timedelta(hours=1)
        two_owners.tables.tasks.assign(task, "dev", two_owners.now)

        deliver(two_owners, task)

        assert str(two_owners.mails()[-1]["Subject"]).startswith("Overdue: Ravi")

    def test_an_owner_who_left_before_they_were_told_is_stood_in_for(self, two_owners: World) -> None:
        task = opened(two_owners)
        two_owners.tables.tasks.assign(task, "dev", two_owners.now)
        apply(two_owners, {"asha": two_owners.survey.people["asha"]})

        deliver(two_owners, task)

        assert to_team(two_owners) == [ASHA, ASHA]


def deliver(world: World, task: Task) -> object:
    """The settle queue's message of a task."""
    return worker.handler(sqs_event({"task": task.id}), CONTEXT)


def test_an_unknown_task_is_told_to_nobody(two_owners: World) -> None:
    gone = Task("gone", "shop", "asha", NOW, NOW, frozenset({"shop.1"}))

    assert deliver(two_owners, gone) == DONE
    assert to_team(two_owners) == []
