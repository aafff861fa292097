"""Whose a task is hears what is new of it, once: an answer that joined, and how the customer wants to be called."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from followup import tick
from hearback.aws.tasks import Tasks
from hearback.contact import Contact
from hearback.task import Callback, Task
from hearback.task_news import APART
from tests.integration.followup_world import Context, World, raising
from tests.integration.test_followup_task_notices import ASHA, apply, opened, stands

A_TICK = timedelta(minutes=15)


def run_tick(world: World) -> int:
    """How many tasks had news that somebody may not know; the settle queue is worked through."""
    world.pass_time(A_TICK)
    queued = tick.handler({}, Context())["news"]  # type: ignore[arg-type]
    world.deliver()
    return queued


def to_asha(world: World) -> list[EmailMessage]:
    """Beyond the notice of the task."""
    return [mail for mail in world.mails() if mail["To"] == ASHA][1:]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.fixture
def task(two_owners: World) -> Task:
    return opened(two_owners)


@pytest.fixture
def ravi(two_owners: World, task: Task) -> Contact:
    found = two_owners.tables.people.contact(task.contact)
    assert found is not None
    return found


class TestAnAnswerThatJoins:
    def test_is_told_at_once_and_once(self, two_owners: World, task: Task, ravi: Contact) -> None:
        two_owners.pass_time(timedelta(minutes=1))
        joined = two_owners.answer(0, ravi, comment="I am cancelling today unless somebody calls me.")

        for _ in range(2):
            two_owners.settle(joined)

        [mail] = to_asha(two_owners)
        assert mail["Subject"] == "Ravi has answered again: 0, 2"
        assert "I am cancelling today" in text(mail)
        assert run_tick(two_owners) == 0

    def test_waits_an_hour_after_the_last_one_and_is_not_lost(
        self, two_owners: World, task: Task, ravi: Contact
    ) -> None:
        for score in (1, 0):
            two_owners.pass_time(timedelta(seconds=1))
            two_owners.settle(two_owners.answer(score, ravi))
        assert len(to_asha(two_owners)) == 1

        ticks = int(APART / A_TICK)
        for _ in range(ticks - 1):
            assert run_tick(two_owners) == 0
        assert run_tick(two_owners) == 1

        assert [mail["Subject"] for mail in to_asha(two_owners)][1:] == ["Ravi has answered again: 0, 1, 2"]
        assert run_tick(two_owners) == 0

    def test_reaches_its_owner_though_the_worker_died_and_the_message_is_gone(
        self, two_owners: World, task: Task, ravi: Contact
    ) -> None:
        with two_owners.monkeypatch.context() as patch:
            patch.setattr("followup.tasking.Tasking.tell", raising(RuntimeError("killed")))
            two_owners.settle(two_owners.answer(0, ravi))
        assert to_asha(two_owners) == []

        assert run_tick(two_owners) == 1
        assert len(to_asha(two_owners)) == 1
        assert run_tick(two_owners) == 0

    def test_is_told_though_it_is_of_another_survey(self, two_owners: World, task: Task, ravi: Contact) -> None:
        two_owners.survey = two_owners.survey.model_copy(update={"id": "cafe"})
        two_owners.tables.people.put_survey(two_owners.survey, two_owners.now)
        two_owners.settle(two_owners.answer(0, ravi))

        assert len(to_asha(two_owners)) == 1

    def test_is_of_no_use_once_the_task_is_closed(self, two_owners: World, task: Task, ravi: Contact) -> None:
        with two_owners.monkeypatch.context() as patch:
            patch.setattr("followup.tasking.Tasking.tell", raising(RuntimeError("killed")))
            two_owners.settle(two_owners.answer(0, ravi))
        two_owners.close(stands(two_owners, task))

        assert [run_tick(two_owners), run_tick(two_owners)] == [0, 0]
        assert to_asha(two_owners) == []
        assert list(two_owners.tables.tasks.untold_news(two_owners.now)) == []


class TestAWishToBeCalled:
    def test_reaches_its_owner_by_the_next_tick_with_number_and_time(self, two_owners: World, task: Task) -> None:
        two_owners.tables.tasks.call_back(task.id, Callback("020 5555 0199", "after six", two_owners.now))

        assert run_tick(two_owners) == 1
        [mail] = to_asha(two_owners)
        assert mail["Subject"] == "Ravi asks you to call"
        assert "to be called on this number: after six" in text(mail)
        assert "020 5555 0199" in text(mail)
        assert run_tick(two_owners) == 0

    def test_is_told_again_when_it_changes_and_waits_for_no_hour(self, two_owners: World, task: Task) -> None:
        for number in ("020 5555 0199", "020 5555 0200"):
            two_owners.tables.tasks.call_back(task.id, Callback(number, "", two_owners.now))
            assert run_tick(two_owners) == 1

        assert ["020 5555 0200" in text(mail) for mail in to_asha(two_owners)] == [False, True]

    def test_that_came_while_another_was_told_is_not_lost(self, two_owners: World, task: Task) -> None:
        tasks = two_owners.tables.tasks
        tasks.call_back(task.id, Callback("020 5555 0199", "", two_owners.now))
        told = Tasks.news_told

        def meanwhile(self: Tasks, as_read: Task) -> None:
            tasks.call_back(task.id, Callback("020 5555 0200", "", two_owners.now + timedelta(seconds=1)))
            told(self, as_read)

        with two_owners.monkeypatch.context() as patch:
            patch.setattr(Tasks, "news_told", meanwhile)
            run_tick(two_owners)

        assert run_tick(two_owners) == 1
        assert len(to_asha(two_owners)) == 2

    def test_of_a_task_that_nobody_has_any_more_does_not_come_up_for_ever(self, two_owners: World, task: Task) -> None:
        two_owners.tables.tasks.call_back(task.id, Callback("020 5555 0199", "", two_owners.now))
        two_owners.survey = two_owners.survey.model_copy(update={"care": [], "plays": [], "subscriptions": []})
        apply(two_owners, {})

        assert [run_tick(two_owners), run_tick(two_owners)] == [1, 0]
        assert to_asha(two_owners) == []
