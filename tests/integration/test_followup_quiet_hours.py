"""In quiet hours nobody is mailed who has not just said something; what waits goes out in the morning, once."""

from datetime import timedelta
from typing import Literal

import boto3
import pytest

from hearback.aws.asking import ask
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.response import Answer
from tests.integration.followup_world import World
from tests.integration.test_followup_worker import DONE

NIGHT = (15 * 60, 18 * 60)
"""In India, where the tests' time is 16:00."""
MORNING = timedelta(hours=2)


@pytest.fixture
def night(world: World) -> World:
    world.survey = world.survey.model_copy(update={"quiet_hours": NIGHT})
    world.tables.people.put_survey(world.survey, world.now)
    return world


def invited(world: World, contact: Contact) -> FactId:
    fact = FactId.mint(world.survey.id, world.survey.shards, world.now)
    invitation = Invitation(fact, contact.key, world.survey.day(world.now))
    quiet = timedelta(0)
    assert ask(world.tables.directory, world.tables.feedback, invitation, quiet, quiet, world.now) is None
    return fact


def waiting() -> int:
    """Messages that the settle queue hides for now."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="SettleQueue")["QueueUrl"]
    name: Literal["ApproximateNumberOfMessagesDelayed"] = "ApproximateNumberOfMessagesDelayed"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def test_an_invitation_waits_for_the_morning(night: World) -> None:
    fact = invited(night, night.customer("Ravi"))

    assert night.settle(fact, "invitation") == DONE
    assert (night.mails(), waiting()) == ([], 1)

    night.pass_time(MORNING)
    for _ in range(2):
        night.settle(fact, "invitation")
    assert night.recipients() == ["Ravi <ravi@example.com>"]


def test_who_has_just_answered_is_answered_and_whose_task_it_is_hears_at_once(night: World) -> None:
    night.settle(night.answer(2, night.customer("Ravi")))

    assert sorted(night.recipients()) == ["Asha Rao <asha@shop.example>", "Ravi <ravi@example.com>"]
    assert waiting() == 0


def test_the_mail_about_an_earlier_answer_waits_and_its_task_does_not(night: World) -> None:
    response = night.answer(2, night.customer("Ravi"), answered_at=night.now - timedelta(hours=2))

    assert night.settle(response) == DONE
    assert (night.recipients(), waiting()) == (["Asha Rao <asha@shop.example>"], 1)

    night.pass_time(MORNING)
    night.settle(response)
    assert night.recipients()[1:] == ["Ravi <ravi@example.com>"]


def test_who_has_just_changed_an_answer_is_awake(night: World) -> None:
    response = night.answer(9, night.customer("Ravi"), answered_at=night.now - timedelta(hours=2))
    night.tables.responses.amend(response.id, Answer(score=2), night.now)

    night.settle(response)

    assert "Ravi <ravi@example.com>" in night.recipients()


def test_a_mail_that_went_out_before_the_night_keeps_nothing_waiting(night: World) -> None:
    response = night.answer(2, night.customer("Ravi"))
    night.settle(response)
    night.pass_time(timedelta(minutes=90))

    night.settle(response)

    assert waiting() == 0
