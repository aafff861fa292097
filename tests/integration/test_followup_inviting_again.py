"""An invitation whose message comes once more after it was mailed: it did go, whatever has changed since."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from followup import mail_events
from hearback.aws import clients
from hearback.claim import Claim
from hearback.contact import Suppression
from hearback.fact import FactId
from hearback.invitation import Invitation
from tests.integration.followup_world import CONTEXT, THROTTLED, World


def stored(world: World, fact: FactId) -> Invitation:
    found = world.tables.responses.invitation(fact)
    assert found is not None
    return found


@pytest.fixture
def invited(world: World) -> FactId:
    """Ravi is to be invited."""
    fact = FactId.mint(world.survey.id, 4, world.now, bytes(10))
    world.tables.responses.create(Invitation(fact, world.customer("Ravi").key, world.survey.day(world.now)))
    return fact


def unsubscribe(world: World, fact: FactId) -> None:
    world.tables.people.suppress(Suppression(stored(world, fact).contact, "unsubscribe", world.now))


def bounce(world: World, fact: FactId) -> None:
    mail = {"messageId": "m", "tags": {"claim": [Claim(f"invitation/{fact}").digest]}}
    event = {"detail": {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": mail}}
    mail_events.handler(event, CONTEXT)


def close(world: World, fact: FactId) -> None:
    world.apply(status="closed")
    world.pass_time(timedelta(minutes=6))


CHANGES: list[Callable[[World, FactId], None]] = [unsubscribe, bounce, close]


@pytest.mark.parametrize("change", CHANGES)
def test_it_stays_counted(world: World, invited: FactId, change: Callable[[World, FactId], None]) -> None:
    world.settle(invited, "invitation")
    before = stored(world, invited)
    change(world, invited)

    world.settle(invited, "invitation")

    assert stored(world, invited) == before
    assert before.contribution().counters == ("invited",)
    assert len(world.mails()) == 1


def test_one_that_had_to_wait_has_not_gone_yet_and_is_skipped(world: World, invited: FactId) -> None:
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", THROTTLED)
        world.settle(invited, "invitation")
    unsubscribe(world, invited)

    world.settle(invited, "invitation")

    assert stored(world, invited).skipped
    assert world.mails() == []
