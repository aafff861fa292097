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
from tests.integration.followup_world import Context, World, raising, sqs_event
from tests.integration.test_followup_worker import DONE, RETRY

ASHA, DEV = "Asha Rao <asha@shop.example>", "Dev Shah <dev@shop.example>"
A_TICK = timedelta(minutes=15)


@pytest.fixture
def office(world: World) -> World:
    """The shop's tasks are Asha's; Dev could have some."""
    people = {**world.survey.people, "dev": Person(name="Dev Shah", email="dev@shop.example")}
    apply(world, people)
    sqs = clients.sqs()
    queue = sqs.get_queue_url(QueueName="SettleQueue")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "0"})
    return world


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
    return tick.handler({}, Context())["notices"]  # type: ignore[arg-type]


def to_team(world: World) -> list[str]:
    return [to for to in world.recipients() if to in (ASHA, DEV)]


class TestOpening:
    def test_who_opens_a_task_tells_of_it_and_leaves_nothing_to_the_tick(self, office: World) -> None:
        opened(office)

        assert run_tick(office) == 0
        assert (to_team(office), len(office.queued_tasks())) == ([ASHA], 1)

    @pytest.mark.parametrize("dies_at", ["queue", "bus"])
    def test_a_task_whose_worker_died_and_whose_message_is_gone_is_told_of_by_the_next_tick(
        self, office: World, dies_at: str
    ) -> None:
        response = office.answer(2, office.customer("Ravi"), comment="The queue was long.")
        died = raising(RuntimeError("killed"))
        with office.monkeypatch.context() as patch:
            if dies_at == "queue":
                patch.setattr(clients.sqs(), "send_message", died)
            else:
                patch.setattr(office.events, "put_events", died)
            assert office.settle(response) == RETRY
        task = stands(office, Task.id_for(str(response.id)))
        assert to_team(office) == []

        assert run_tick(office) == 1
        office.deliver()

        assert to_team(office) == [ASHA]
        message = office.queued_tasks()[-1]  # a queue may be told twice, under the same id
        assert (message["task"], message["response"]) == (task.id, str(response.id))
        assert [told["task"] for told in office.events.details("Task Opened")] == [task.id]
        assert run_tick(office) == 0

    def test_a_tick_that_died_before_it_forgot_tells_nobody_twice(self, office: World) -> None:
        response = office.answer(2, office.customer("Ravi"))
        with office.monkeypatch.context() as patch:
            patch.setattr(clients.sqs(), "send_message", raising(RuntimeError("killed")))
            office.settle(response)
        with office.monkeypatch.context() as patch:
            patch.setattr(Tasks, "noticed", lambda *_: None)
            run_tick(office)
            office.deliver()

        assert run_tick(office) == 1
        office.deliver()

        assert (to_team(office), len(office.queued_tasks())) == ([ASHA], 1)
        assert run_tick(office) == 0

    def test_nobody_is_told_of_a_task_that_was_closed_before(self, office: World) -> None:
        response = office.answer(2, office.customer("Ravi"))
        with office.monkeypatch.context() as patch:
            patch.setattr(clients.sqs(), "send_message", raising(RuntimeError("killed")))
            office.settle(response)
        office.close(stands(office, Task.id_for(str(response.id))))

        assert [run_tick(office) for _ in range(2)] == [0, 0]
        assert list(office.tables.tasks.unnoticed(office.now)) == []

    def test_a_task_of_before_there_were_notices_and_histories_goes_on_as_ever(self, office: World) -> None:
        task = opened(office)
        item = office.tables.directory.get(Task.key_item(task.id))
        assert item is not None
        assert "assignments" not in item  # as an older version wrote it

        office.tables.tasks.assign(task, "dev", office.now)

        assert stands(office, task).owner == "dev"


class TestAssignment:
    def test_the_new_owner_gets_the_notice_once_with_the_whole_story(self, office: World) -> None:
        task = opened(office)
        office.tables.tasks.assign(task, "dev", office.now)

        for _ in range(2):
            run_tick(office)
            office.deliver()

        assert to_team(office) == [ASHA, DEV]
        first, second = (mail for mail in office.mails() if mail["To"] in (ASHA, DEV))
        assert second["Subject"] == first["Subject"]
        assert "The queue was long." in second.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    def test_the_bus_is_told_once_whose_it_was_and_whose_it_is(self, office: World) -> None:
        task = opened(office)
        office.tables.tasks.assign(task, "dev", office.now)

        for _ in range(2):
            run_tick(office)
            office.deliver()

        [told] = office.events.details("Task Assigned")
        assert (told["task"], told["owner_before"], told["owner"]) == (task.id, "asha", "dev")
        assert "Ravi" not in json.dumps(told)

    def test_a_message_that_comes_again_mails_nobody_again(self, office: World) -> None:
        task = opened(office)
        office.tables.tasks.assign(task, "dev", office.now)

        for _ in range(3):
            assert deliver(office, task) == DONE

        assert to_team(office) == [ASHA, DEV]

    def test_only_the_last_of_two_owners_hears_and_a_first_one_hears_when_it_comes_back(self, office: World) -> None:
        task = opened(office)
        for owner in ("dev", "asha"):
            office.tables.tasks.assign(stands(office, task), owner, office.now)

        assert run_tick(office) == 1
        office.deliver()

        assert to_team(office) == [ASHA, ASHA]

    def test_who_is_given_a_task_before_its_opener_could_tell_hears_once(self, office: World) -> None:
        response = office.answer(2, office.customer("Ravi"))
        with office.monkeypatch.context() as patch:
            patch.setattr(clients.sqs(), "send_message", raising(RuntimeError("killed")))
            office.settle(response)
        office.tables.tasks.assign(stands(office, Task.id_for(str(response.id))), "dev", office.now)
        office.pass_time(timedelta(minutes=2))

        office.settle(response)
        run_tick(office)
        office.deliver()

        assert (to_team(office), len(office.queued_tasks())) == ([DEV], 1)
        assert len(office.events.details("Task Opened")) == len(office.events.details("Task Assigned")) == 1

    def test_an_assignment_that_comes_while_an_earlier_one_is_told_is_told_too(self, office: World) -> None:
        task = opened(office)
        office.tables.tasks.assign(task, "dev", office.now)
        given_to_dev = stands(office, task)
        office.tables.tasks.assign(given_to_dev, "asha", office.now)

        office.tables.tasks.noticed(given_to_dev)  # by whoever had told Dev

        assert run_tick(office) == 1

    def test_an_overdue_task_says_so_to_its_new_owner(self, office: World) -> None:
        task = opened(office)
        office.now = task.due_at + timedelta(hours=1)
        office.tables.tasks.assign(task, "dev", office.now)

        deliver(office, task)

        assert str(office.mails()[-1]["Subject"]).startswith("Overdue: Ravi")

    def test_an_owner_who_left_before_they_were_told_is_stood_in_for(self, office: World) -> None:
        task = opened(office)
        office.tables.tasks.assign(task, "dev", office.now)
        apply(office, {"asha": office.survey.people["asha"]})

        deliver(office, task)

        assert to_team(office) == [ASHA, ASHA]


def deliver(world: World, task: Task) -> object:
    """The settle queue's message of a task."""
    return worker.handler(sqs_event({"task": task.id}), Context())  # type: ignore[arg-type]


def test_an_unknown_task_is_told_to_nobody(office: World) -> None:
    gone = Task("gone", "shop", "asha", NOW, NOW, frozenset({"shop.1"}))

    assert deliver(office, gone) == DONE
    assert to_team(office) == []
