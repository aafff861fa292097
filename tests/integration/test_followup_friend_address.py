"""A friend's address is kept for one mail: whatever proves that it has gone, or needs not, makes an end of it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from followup import mail_events, tick, worker
from hearback.aws import clients
from hearback.aws.claims import Claims
from hearback.aws.referrals import Referrals
from hearback.claim import Claim
from hearback.contact import Contact, Slot
from hearback.conversion import Conversion
from hearback.survey import Survey
from tests.conftest import Tables
from tests.integration.followup_world import CONTEXT, World, make_world, raising, ses_error, sqs_event
from tests.integration.test_followup_rewards import PROMISED, REFERENCE, state

MEERA = Contact("e" * 32, "meera@example.com")
IN_DOUBT = raising(ReadTimeoutError(endpoint_url="https://email"))
REFUSED = raising(ses_error("MessageRejected", 400))


@pytest.fixture
def sale(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> tuple[World, Conversion]:
    """Meera, of whom nothing was known, became a customer through Asha's link; the rewards are due."""
    shop = Survey.model_validate({**survey.model_dump(exclude_defaults=True), **PROMISED})
    world = make_world(tables, shop, monkeypatch)
    asha, referrals = world.customer("Asha"), Referrals(tables.directory)
    code = referrals.link_of(asha.key, "shop", world.now).code
    sold: dict[str, Any] = {"reference": REFERENCE, "promoter": asha.key, "customer": MEERA.key, "value": Decimal(9)}
    assert shop.referral
    made = Conversion.of(shop.referral, "shop", code, coupons=shop.coupons, now=world.now, **sold)
    referrals.record(made, MEERA)
    world.pass_time(timedelta(days=14))
    return world, made


def pay(world: World) -> None:
    worker.handler(sqs_event({"reward": REFERENCE}), CONTEXT)


def claim_of(sale: Conversion) -> str:
    return Claim(f"reward/{sale.digest}/friend").digest


def told(sale: Conversion, kind: str, **more: Mapping[str, str]) -> None:
    """SES tells what became of the friend's mail."""
    mail = {"messageId": "m", "tags": {"claim": [claim_of(sale)]}}
    mail_events.handler({"detail": {"eventType": kind, "mail": mail, **more}}, CONTEXT)


def kept(world: World) -> bool:
    return world.tables.people.contact(MEERA.key) is not None


def test_it_is_forgotten_when_ses_tells_of_the_mail_that_was_in_doubt(sale: tuple[World, Conversion]) -> None:
    world, made = sale
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", IN_DOUBT)
        pay(world)
    assert (state(world), kept(world)) == ("paid", True)

    told(made, "Delivery")

    assert not kept(world)
    assert world.tables.people.contact("asha".ljust(32, "0"))


def test_it_is_forgotten_though_whoever_took_the_event_in_died_before(sale: tuple[World, Conversion]) -> None:
    world, made = sale
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", IN_DOUBT)
        pay(world)
    with world.monkeypatch.context() as patch:
        patch.setattr(Referrals, "let_go", raising(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            told(made, "Delivery")

    told(made, "Delivery")

    assert not kept(world)


def test_it_is_forgotten_though_whoever_paid_died_before(sale: tuple[World, Conversion]) -> None:
    world, _ = sale
    with world.monkeypatch.context() as patch:
        patch.setattr(Referrals, "let_go", raising(RuntimeError("killed")))
        pay(world)
    assert (state(world), kept(world)) == ("paying", True)

    pay(world)

    assert (state(world), kept(world), len(world.mails())) == ("paid", False, 2)


def test_it_is_forgotten_before_the_other_side_is_mailed(sale: tuple[World, Conversion]) -> None:
    world, made = sale
    world.tables.people.take(Slot.mailed(made.promoter), "another mail", world.now, timedelta(days=7))

    pay(world)
    assert (state(world), kept(world), world.recipients()) == ("paying", False, [MEERA.email])
    world.pass_time(world.survey.mail_cap)
    tick.handler({}, CONTEXT)
    pay(world)

    assert (state(world), world.recipients()) == ("paid", [MEERA.email, "Asha <asha@example.com>"])


def test_it_stays_while_the_mail_may_have_to_be_sent_again(sale: tuple[World, Conversion]) -> None:
    world, made = sale
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", IN_DOUBT)
        pay(world)

    told(made, "Reject")
    told(made, "Send")  # events come in any order

    refused = Claims(world.tables.directory).get(claim_of(made))
    assert refused
    assert (refused["state"], kept(world)) == ("refused", True)


def test_it_stays_while_the_mail_waits(sale: tuple[World, Conversion]) -> None:
    world, made = sale
    world.tables.people.take(Slot.mailed(MEERA.key), "another mail", world.now, timedelta(days=7))

    pay(world)

    assert (state(world), kept(world)) == ("paying", True)
    assert Claims(world.tables.directory).get(claim_of(made)) is None


def test_it_stays_where_it_was_given_for_something_else(sale: tuple[World, Conversion]) -> None:
    world, made = sale
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", REFUSED)
        pay(world)
    world.tables.people.merge_contact(MEERA)

    told(made, "Delivery")

    assert kept(world)
