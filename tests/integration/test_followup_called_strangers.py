"""A task of an answer that names nobody gets the number that its person has left, and its owner hears of it once."""

from collections.abc import Iterator

import pytest

from followup import wiring
from hearback.aws.call_wishes import CallWishes
from hearback.aws.tasks import Tasks
from hearback.call_wish import CallWish
from hearback.response import Response
from hearback.task import Callback, Task
from tests.integration.followup_world import World, raising
from tests.integration.test_followup_task_news import run_tick, text
from tests.integration.test_followup_worker import DONE, RETRY

CALL = {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha", "anonymous": True}
NUMBER = "020 5555 0101"


@pytest.fixture
def stranger(world: World) -> Iterator[World]:
    world.apply(CALL)
    yield world
    wiring.directory.cache_clear()


def left(world: World, answer: Response, number: str = NUMBER) -> str:
    """The number that the answer's person leaves now, and the id of the task that it goes to."""
    task = Task.id_for(str(answer.id))
    CallWishes(world.tables.tasks).leave(task, Callback(number, "after six", world.now))
    return task


def stands(world: World, task: str) -> Task:
    found = world.tables.tasks.get(task)
    assert found is not None
    return found


def waits(world: World, task: str) -> bool:
    return world.tables.directory.get(CallWish.key_item(task)) is not None


def test_a_number_that_was_left_first_is_on_the_task_and_in_its_notice(stranger: World) -> None:
    answer = stranger.answer(2)
    task = left(stranger, answer)

    assert stranger.settle(answer) == DONE

    callback = stands(stranger, task).callback
    assert callback is not None
    assert (callback.phone, callback.when) == (NUMBER, "after six")
    assert not waits(stranger, task)
    [notice] = stranger.mails()
    assert NUMBER in text(notice)
    assert run_tick(stranger) == 0
    assert len(stranger.mails()) == 1


def test_a_number_that_comes_after_the_notice_is_a_mail_of_its_own(stranger: World) -> None:
    answer = stranger.answer(2)
    stranger.settle(answer)
    task = left(stranger, answer)

    assert run_tick(stranger) == 1

    notice, call = stranger.mails()
    assert NUMBER not in text(notice)
    assert NUMBER in text(call)
    assert call["Subject"] == "a customer asks you to call"
    assert not waits(stranger, task)
    assert run_tick(stranger) == 0


def test_a_number_that_comes_while_the_task_is_opened_is_brought_when_the_message_comes_again(stranger: World) -> None:
    answer = stranger.answer(2)
    with stranger.monkeypatch.context() as patch:
        patch.setattr(CallWishes, "bring", raising(RuntimeError("killed")))
        assert stranger.settle(answer) == RETRY
    with stranger.monkeypatch.context() as patch:
        patch.setattr(Tasks, "get", lambda *_: None)  # the page looks a moment too early
        task = left(stranger, answer)
    assert waits(stranger, task)

    assert stranger.settle(answer) == DONE

    assert stands(stranger, task).callback is not None
    assert len(stranger.mails()) == 1


def test_what_the_task_knows_of_later_is_not_replaced_by_what_still_waits(stranger: World) -> None:
    answer = stranger.answer(2)
    with stranger.monkeypatch.context() as patch:
        patch.setattr(CallWishes, "_brought", lambda *_: None)  # died before it was taken away
        task = left(stranger, answer)
        stranger.settle(answer)
    stranger.tables.tasks.call_back(task, Callback("020 5555 0102", "", stranger.now.replace(second=59)))

    stranger.settle(answer)

    callback = stands(stranger, task).callback
    assert callback is not None
    assert callback.phone == "020 5555 0102"
    assert not waits(stranger, task)


def test_an_alert_names_the_task_of_whom_nobody_knows_and_their_number(stranger: World) -> None:
    people = {**stranger.survey.people, "mara": {"name": "Mara Lal", "email": "mara@shop.example"}}
    alert = {"id": "tell", "when": {"score_to": 2}, "what": "mail", "template": "alert", "who": "manager"}
    stranger.apply(CALL, alert, people=people, care=[{"owner": "asha", "manager": "mara"}])
    answer = stranger.answer(2)
    left(stranger, answer)

    stranger.settle(answer)

    [told] = [mail for mail in stranger.mails() if "mara@" in mail["To"]]
    assert NUMBER in text(told)
    assert "Asha Rao is to reach this customer by" in text(told)
