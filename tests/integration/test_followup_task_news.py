"""Whose a task is hears what is new of it, once: an answer that joined, and how the customer wants to be called."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from followup import tick
from hearback.aws.claims import Claims
from hearback.aws.tasks import Tasks
from hearback.claim import Claim
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.response import Answer, Response
from hearback.task import Callback, Task
from hearback.task_changes import erase_request
from hearback.task_news import APART
from tests.integration.followup_world import CONTEXT, World, raising
from tests.integration.test_followup_task_notices import ASHA, apply, opened, stands

A_TICK = timedelta(minutes=15)


def run_tick(world: World) -> int:
    """How many tasks had news that somebody may not know; the settle queue is worked through."""
    world.pass_time(A_TICK)
    queued = tick.handler({}, CONTEXT)["news"]
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

    def test_is_told_though_an_answer_of_the_task_cannot_be_read(
        self, two_owners: World, task: Task, ravi: Contact
    ) -> None:
        [first] = two_owners.tables.responses.responses([FactId.parse(task.born_of)])
        two_owners.tables.feedback.put({"Item": first.to_item() | {"comment": {1, 2}}})
        two_owners.settle(two_owners.answer(0, ravi))

        [mail] = to_asha(two_owners)
        assert mail["Subject"] == "Ravi has answered again: 0"
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


class TestAnAnswerThatIsChanged:
    @pytest.fixture
    def given(self, two_owners: World, task: Task) -> Response:
        """The answer that the task is about, as its owner was told of it."""
        found = two_owners.tables.responses.response(FactId.parse(task.born_of))
        assert found is not None
        two_owners.pass_time(timedelta(minutes=5))
        return found

    def change(self, world: World, given: Response, **said: Any) -> None:
        """As its person does; each version is a message."""
        world.tables.responses.amend(given.id, Answer(**said), world.now)
        world.settle(given)

    def test_is_told_at_once_and_once(self, two_owners: World, given: Response) -> None:
        self.change(two_owners, given, comment="I am cancelling today unless somebody calls me.")
        two_owners.settle(given)

        [mail] = to_asha(two_owners)
        assert mail["Subject"] == "Ravi has changed their answer: 2"
        assert "I am cancelling today" in text(mail)
        assert run_tick(two_owners) == 0

    def test_is_told_though_no_play_follows_it_any_more(self, two_owners: World, given: Response) -> None:
        self.change(two_owners, given, score=9)

        assert [mail["Subject"] for mail in to_asha(two_owners)] == ["Ravi has changed their answer: 9"]

    def test_before_the_task_was_given_is_in_its_notice(self, two_owners: World) -> None:
        ravi = two_owners.customer("Ravi")
        response = two_owners.answer(2, ravi)
        two_owners.tables.responses.amend(response.id, Answer(comment="The queue!"), two_owners.now)
        two_owners.pass_time(timedelta(minutes=2))

        two_owners.settle(response)
        two_owners.settle(response)

        assert len(two_owners.mails()) == 1
        assert "The queue!" in text(two_owners.mails()[0])

    def test_waits_an_hour_after_the_last_news_and_is_not_lost(self, two_owners: World, given: Response) -> None:
        for score in (3, 4, 5):
            two_owners.pass_time(timedelta(seconds=1))
            self.change(two_owners, given, score=score)
        assert len(to_asha(two_owners)) == 1

        for _ in range(int(APART / A_TICK) - 1):
            assert run_tick(two_owners) == 0
        assert run_tick(two_owners) == 1

        assert [mail["Subject"] for mail in to_asha(two_owners)][1:] == ["Ravi has changed their answer: 5"]
        assert run_tick(two_owners) == 0

    def test_is_not_lost_though_another_worker_finds_at_the_same_time_that_it_is_too_soon(
        self, two_owners: World, given: Response
    ) -> None:
        self.change(two_owners, given, score=3)
        uncap = Claims.uncap

        def lifted_and_set_again(self: Claims, claim: Claim) -> None:
            uncap(self, claim)
            self.table.put(claim.cap_request(two_owners.now))

        with two_owners.monkeypatch.context() as patch:
            patch.setattr(Claims, "uncap", lifted_and_set_again)
            two_owners.pass_time(timedelta(seconds=1))
            self.change(two_owners, given, score=4)
        for _ in range(int(APART / A_TICK) + 1):
            run_tick(two_owners)

        assert [mail["Subject"] for mail in to_asha(two_owners)][1:] == ["Ravi has changed their answer: 4"]

    def test_is_not_lost_though_news_from_before_are_told_meanwhile(
        self, two_owners: World, given: Response, ravi: Contact
    ) -> None:
        told, joined = Tasks.news_told, two_owners.answer(1, ravi)

        def meanwhile(self: Tasks, *as_read: Any) -> None:
            two_owners.tables.responses.amend(given.id, Answer(score=6), two_owners.now)
            with two_owners.monkeypatch.context() as patch:
                patch.setattr(Tasks, "news_told", told)
                two_owners.settle(given)
            told(self, *as_read)

        with two_owners.monkeypatch.context() as patch:
            patch.setattr(Tasks, "news_told", meanwhile)
            two_owners.settle(joined)
        assert [mail["Subject"] for mail in to_asha(two_owners)] == ["Ravi has answered again: 1, 2"]

        two_owners.pass_time(APART)
        assert [run_tick(two_owners), run_tick(two_owners)] == [1, 0]
        assert [mail["Subject"] for mail in to_asha(two_owners)][1:] == ["Ravi has changed their answer: 1, 6"]

    def test_reaches_its_owner_though_the_worker_died_and_the_message_is_gone(
        self, two_owners: World, given: Response
    ) -> None:
        with two_owners.monkeypatch.context() as patch:
            patch.setattr("followup.tasking.Tasking.tell", raising(RuntimeError("killed")))
            self.change(two_owners, given, score=0)
        assert to_asha(two_owners) == []

        assert [run_tick(two_owners), run_tick(two_owners)] == [1, 0]
        assert len(to_asha(two_owners)) == 1

    def test_is_of_no_use_once_its_person_was_erased(self, two_owners: World, task: Task, given: Response) -> None:
        with two_owners.monkeypatch.context() as patch:
            patch.setattr("followup.tasking.Tasking.tell", raising(RuntimeError("killed")))
            self.change(two_owners, given, score=0)
        two_owners.tables.responses.erase(given)
        two_owners.tables.directory.update(erase_request(task.id, task.contact))

        assert [run_tick(two_owners), run_tick(two_owners)] == [1, 0]
        assert to_asha(two_owners) == []


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

        def meanwhile(self: Tasks, *as_read: Any) -> None:
            tasks.call_back(task.id, Callback("020 5555 0200", "", two_owners.now + timedelta(seconds=1)))
            told(self, *as_read)

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
