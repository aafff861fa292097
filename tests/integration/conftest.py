"""Fixtures of the tests that run handlers under moto."""

import pytest

from hearback.aws import clients
from hearback.survey import Person, Survey
from tests.conftest import Tables
from tests.integration.followup_world import World, make_world


@pytest.fixture
def world(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(tables, survey, monkeypatch)


@pytest.fixture
def two_owners(world: World) -> World:
    """The shop gives tasks and nothing else; they are Asha's, and Dev could have some. Its queue delays nothing."""
    people = {**world.survey.people, "dev": Person(name="Dev Shah", email="dev@shop.example")}
    world.survey = world.survey.model_copy(update={"people": people, "plays": world.survey.plays[-1:]})
    world.tables.people.put_survey(world.survey, world.now)
    queue = clients.sqs().get_queue_url(QueueName="SettleQueue")["QueueUrl"]
    clients.sqs().set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "0"})
    return world
