"""Followup runs its samples from events/, in the order in which they come about: one answer from stream to inbox."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from followup import mail_events, stream, tick, worker
from hearback.aws.claims import Claims
from hearback.aws.dynamodb import from_wire
from hearback.claim import Claim, play_effect
from hearback.contact import Contact
from hearback.subscription import Subscription
from hearback.survey import Survey
from tests.conftest import Tables
from tests.integration.followup_world import CONTEXT, World, make_world, taken_from

EVENTS = Path(__file__).parents[2] / "events"
RAVI = "0123456789abcdef0123456789abcdef"
RESPONSE = "store.101KJMMA2G060R30C1G60R30C1G"


def sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


@pytest.fixture
def store(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> World:
    """The shop as the survey of the samples, and the answer that is in them, which Ravi gave."""
    world = make_world(tables, survey.model_copy(update={"id": "store"}), monkeypatch)
    world.now = datetime(2026, 3, 1, 12, 2, tzinfo=UTC)
    tables.people.put_survey(world.survey, world.now)
    tables.people.merge_contact(Contact(RAVI, "ravi@example.com", "Ravi"))
    tables.feedback.put({"Item": from_wire(sample("followup-stream")["Records"][0]["dynamodb"]["NewImage"])})
    return world


def test_an_answer_of_the_stream_waits_in_the_settle_queue_by_its_id(store: World) -> None:
    assert stream.handler(sample("followup-stream"), CONTEXT) == {"batchItemFailures": []}

    [message] = sample("followup-settled")["Records"]
    assert store.settling() == [json.loads(message["body"])] == [{"response": RESPONSE}]


def test_once_it_has_settled_its_person_is_answered_and_somebody_has_a_task(store: World) -> None:
    assert worker.handler(sample("followup-settled"), CONTEXT) == {"batchItemFailures": []}
    worker.handler(sample("followup-settled"), CONTEXT)

    assert store.recipients() == ["Asha Rao <asha@shop.example>", "Ravi <ravi@example.com>"]
    task = store.tables.tasks.open_of(RAVI)
    assert task is not None
    assert (task.owner, *task.responses) == ("asha", RESPONSE)


def test_a_mail_that_bounces_is_the_last_one_to_its_person(store: World) -> None:
    worker.handler(sample("followup-settled"), CONTEXT)
    apology = Claim(play_effect(RESPONSE, "apologise"))
    assert Claims(store.tables.directory).get(apology.digest)
    event = sample("followup-bounce")
    event["detail"]["mail"]["tags"]["claim"] = [apology.digest]

    mail_events.handler(event, CONTEXT)

    assert store.tables.people.suppressed(RAVI, "follow-ups")


def test_a_tick_sends_the_digest_that_is_due_once(store: World) -> None:
    event = sample("followup-tick")
    store.now = datetime.fromisoformat(event["time"])
    store.tables.people.put_subscription(
        Subscription("store", "asha", "Asha Rao", "asha@shop.example", {}, 0, 9, "Asia/Kolkata", store.now)
    )

    done = [tick.handler(event, CONTEXT)["digests"] for _ in range(2)]

    assert (done, store.recipients()) == ([1, 0], ["Asha Rao <asha@shop.example>"])
    assert taken_from("SettleQueue") == []
