"""A referral's rewards: due after the waiting time, granted once, mailed within the rules, to both sides or to one."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from followup import tick
from hearback import conversion
from hearback.aws import clients
from hearback.aws.claims import Claims
from hearback.aws.coupons import Coupons
from hearback.aws.referrals import Referrals
from hearback.claim import Claim
from hearback.contact import Contact, Slot, Suppression
from hearback.conversion import Conversion
from hearback.coupon import GrantedCoupon
from hearback.survey import Survey
from tests.conftest import Tables
from tests.integration.followup_world import CONTEXT, World, make_world, raising, ses_error, unsubscribing

PROMISED: dict[str, Any] = {
    "coupons": {"tenth": {"text": "10% off your next purchase", "days": 30}, "fifth": {"text": "20% off"}},
    "referral": {
        "target": "https://shop.example/",
        "currency": "EUR",
        "rewards": {"promoter": "tenth", "friend": "fifth", "after_days": 14},
    },
}
REFERENCE = "order 1042"

Convert = Callable[..., Conversion]


@pytest.fixture
def world(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(
        tables, Survey.model_validate({**survey.model_dump(exclude_defaults=True), **PROMISED}), monkeypatch
    )


@pytest.fixture
def asha(world: World) -> Contact:
    return world.customer("Asha")


@pytest.fixture
def ravi(world: World) -> Contact:
    return world.customer("Ravi")


@pytest.fixture
def converted(world: World, asha: Contact, ravi: Contact) -> Conversion:
    """Ravi became a customer through Asha's link."""
    referrals = Referrals(world.tables.directory)
    link = referrals.link_of(asha.key, "shop", world.now)
    assert world.survey.referral
    return referrals.record(
        Conversion.of(
            world.survey.referral,
            "shop",
            link.code,
            coupons=world.survey.coupons,
            reference=REFERENCE,
            promoter=asha.key,
            customer=ravi.key,
            value=Decimal("120.00"),
            now=world.now,
        )
    )


def run_tick(world: World) -> int:
    """What the tick queues and the worker then pays."""
    queued = tick.handler({}, CONTEXT)["rewards"]
    world.deliver()
    return queued


def paused_for(name: str, send: Callable[..., Any]) -> Callable[..., Any]:
    """In place of SES's send_email, which takes only other people's mails for now. Either side may come first."""

    def send_to_others(**mail: Any) -> Any:
        if name in message_from_bytes(mail["Content"]["Raw"]["Data"], policy=default)["To"]:
            raise ses_error("SendingPausedException", 400)
        return send(**mail)

    return send_to_others


def state(world: World) -> str:
    found = Referrals(world.tables.directory).conversion(REFERENCE)
    assert found
    return found.state


def coupon(world: World, converted: Conversion, side: str) -> GrantedCoupon | None:
    return Coupons(world.tables.directory, os.urandom).granted_for(f"conversion/{converted.digest}/{side}")


def text_of(world: World, recipient: str) -> str:
    [mail] = [mail for mail in world.mails() if recipient in mail["To"]]
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_nothing_is_paid_before_the_waiting_time_and_both_sides_at_its_end(world: World, converted: Conversion) -> None:
    world.pass_time(timedelta(days=14) - timedelta(seconds=1))
    assert run_tick(world) == 0
    assert world.mails() == []

    world.pass_time(timedelta(seconds=1))
    assert run_tick(world) == 1

    assert {str(mail["To"]): mail["Subject"] for mail in world.mails()} == {
        "Asha <asha@example.com>": "A thank-you from Chai & Co",
        "Ravi <ravi@example.com>": "Welcome to Chai & Co",
    }
    granted = coupon(world, converted, "promoter")
    assert granted
    text = text_of(world, "asha@")
    assert f"10% off your next purchase {granted.shown} The code is good once" in text
    assert "until the end of Fri 17 April 2026" in text
    assert "Ravi" not in text
    assert state(world) == "paid"


def test_a_rewards_way_out_is_in_its_readers_language(world: World, asha: Contact, converted: Conversion) -> None:
    world.tables.people.merge_contact(replace(asha, locale="hi"))
    world.pass_time(timedelta(days=14))
    run_tick(world)

    assert {str(mail["To"]): unsubscribing(world, mail).locale for mail in world.mails()} == {
        "Asha <asha@example.com>": "hi",
        "Ravi <ravi@example.com>": "en",
    }


def test_however_often_the_tick_runs_it_is_paid_once(world: World, converted: Conversion) -> None:
    world.pass_time(timedelta(days=14))
    message = {"reward": REFERENCE}

    for _ in range(3):
        run_tick(world)
        world.settle(message["reward"], "reward")  # type: ignore[arg-type]

    assert len(world.mails()) == 2
    assert run_tick(world) == 0


def test_a_conversion_that_cannot_be_read_delays_no_other(world: World, converted: Conversion) -> None:
    spoiled = converted.to_item() | {"pk": "CONVERSION#spoiled", "amount": "a lot"}
    world.tables.directory.put({"Item": spoiled})
    world.pass_time(timedelta(days=14))

    with pytest.raises(tick.TickIncomplete, match="rewards"):
        run_tick(world)
    world.deliver()

    assert state(world) == "paid"


def test_a_message_that_comes_early_pays_nothing(world: World, converted: Conversion) -> None:
    world.settle(REFERENCE, "reward")  # type: ignore[arg-type]

    assert (world.mails(), state(world)) == ([], "recorded")
    assert coupon(world, converted, "promoter") is None


def test_a_returned_purchase_earns_nothing(world: World, converted: Conversion) -> None:
    Referrals(world.tables.directory).cancel(REFERENCE, world.now)
    world.pass_time(timedelta(days=14))

    assert run_tick(world) == 0
    world.settle(REFERENCE, "reward")  # type: ignore[arg-type]
    assert (world.mails(), state(world)) == ([], "cancelled")


def test_who_was_mailed_lately_gets_it_when_the_cap_has_passed_with_all_its_days(
    world: World, asha: Contact, converted: Conversion
) -> None:
    world.pass_time(timedelta(days=14))
    world.tables.people.take(Slot.mailed(asha.key), "another mail", world.now, timedelta(days=7))

    run_tick(world)
    assert world.recipients() == ["Ravi <ravi@example.com>"]
    assert coupon(world, converted, "promoter") is None
    world.pass_time(world.survey.mail_cap)
    run_tick(world)

    assert world.recipients() == ["Ravi <ravi@example.com>", "Asha <asha@example.com>"]
    granted = coupon(world, converted, "promoter")
    assert granted
    assert granted.shown in text_of(world, "asha@")
    assert granted.ends_at >= world.now + timedelta(days=30)
    assert state(world) == "paid"


def test_a_code_whose_mail_could_not_go_is_good_from_when_it_goes(
    world: World, converted: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pass_time(timedelta(days=14))
    with monkeypatch.context() as paused:
        paused.setattr(clients.ses(), "send_email", paused_for("Asha", clients.ses().send_email))
        run_tick(world)
    first = coupon(world, converted, "promoter")
    world.pass_time(timedelta(days=40))  # longer than the code is good for

    run_tick(world)

    mailed = coupon(world, converted, "promoter")
    assert first
    assert mailed
    assert (mailed.code, mailed.ends_at) == (first.code, first.ends_at + timedelta(days=40))
    assert mailed.shown in text_of(world, "asha@")


def test_who_is_mailed_something_else_at_the_same_moment_gets_it_when_the_cap_has_passed(
    world: World, asha: Contact, converted: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pass_time(timedelta(days=14))
    world.tables.people.take(Slot.mailed(asha.key), "another mail", world.now, timedelta(days=7))
    with monkeypatch.context() as just_before:
        just_before.setattr(Slot, "free_in", lambda *_, **__: True)
        run_tick(world)
    assert (world.recipients(), state(world)) == (["Ravi <ravi@example.com>"], "paying")

    world.pass_time(world.survey.mail_cap)
    run_tick(world)

    assert world.recipients() == ["Ravi <ravi@example.com>", "Asha <asha@example.com>"]
    assert state(world) == "paid"


@pytest.mark.parametrize("ends", ["refused", "in doubt"])
def test_a_mail_that_an_operator_sends_again_brings_the_same_code_once(
    world: World, asha: Contact, converted: Conversion, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    claims, digest = Claims(world.tables.directory), Claim(f"reward/{converted.digest}/promoter").digest
    failure = ses_error("MessageRejected", 400) if ends == "refused" else ses_error("InternalFailure", 500)
    world.tables.people.suppress(Suppression(converted.customer, "unsubscribe", world.now))
    world.pass_time(timedelta(days=14))
    with monkeypatch.context() as failing:
        failing.setattr(clients.ses(), "send_email", raising(failure))
        run_tick(world)
    world.pass_time(timedelta(minutes=15))
    run_tick(world)
    first, stored = coupon(world, converted, "promoter"), claims.get(digest)
    assert stored
    assert (stored["contact"], stored["conversion"], state(world)) == (asha.key, REFERENCE, "paid")

    claims.resolve(digest, "again", world.now, "an operator")
    Referrals(world.tables.directory).pay_again(REFERENCE)
    for _ in range(2):
        run_tick(world)

    assert first
    assert world.recipients() == ["Asha <asha@example.com>"]
    assert first.shown in text_of(world, "asha@")
    assert state(world) == "paid"


def reported(world: World, asha: Contact) -> Conversion:
    """Meera, of whom nothing was known, became a customer through Asha's link."""
    meera = Contact("m" * 32, "meera@example.com")
    referrals, referral = Referrals(world.tables.directory), world.survey.referral
    code = referrals.link_of(asha.key, "shop", world.now).code
    assert referral
    sale: dict[str, Any] = {"reference": REFERENCE, "promoter": asha.key, "customer": meera.key, "value": Decimal(9)}
    made = Conversion.of(referral, "shop", code, coupons=world.survey.coupons, now=world.now, **sale)
    return referrals.record(made, meera)


def test_a_code_that_was_redeemed_has_arrived_and_is_not_mailed_again(
    world: World, converted: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, digest = Claims(world.tables.directory), Claim(f"reward/{converted.digest}/promoter").digest
    world.tables.people.suppress(Suppression(converted.customer, "unsubscribe", world.now))
    world.pass_time(timedelta(days=14))
    with monkeypatch.context() as failing:
        failing.setattr(clients.ses(), "send_email", raising(ses_error("InternalFailure", 500)))
        run_tick(world)
    world.pass_time(timedelta(minutes=15))
    run_tick(world)
    granted = coupon(world, converted, "promoter")
    assert granted
    Coupons(world.tables.directory, os.urandom).redeem(granted.code, "receipt 7", "", world.now)

    claims.resolve(digest, "again", world.now, "an operator")
    Referrals(world.tables.directory).pay_again(REFERENCE)
    run_tick(world)

    settled = claims.get(digest)
    assert settled
    assert (world.mails(), settled["state"], state(world)) == ([], "done", "paid")


def test_a_friend_s_address_is_forgotten_once_the_reward_is_mailed(world: World, asha: Contact) -> None:
    meera = reported(world, asha).customer
    world.pass_time(timedelta(days=14))
    world.tables.people.take(Slot.mailed(asha.key), "another mail", world.now, timedelta(days=7))

    run_tick(world)
    assert world.recipients() == ["meera@example.com"]
    world.pass_time(world.survey.mail_cap)
    run_tick(world)

    assert state(world) == "paid"
    assert world.tables.people.contact(meera) is None
    assert world.tables.people.contact(asha.key) == asha


def test_a_friend_s_address_stays_where_it_was_given_for_more_or_may_be_needed_again(
    world: World, asha: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = reported(world, asha)
    meera = sale.customer
    world.pass_time(timedelta(days=14))
    with monkeypatch.context() as failing:
        failing.setattr(clients.ses(), "send_email", raising(ses_error("MessageRejected", 400)))
        run_tick(world)
    assert (state(world), world.mails()) == ("paid", [])
    assert world.tables.people.contact(meera)

    world.tables.people.merge_contact(Contact(meera, "meera@example.com", "Meera"))
    claim = Claim(f"reward/{sale.digest}/friend").digest
    Claims(world.tables.directory).resolve(claim, "again", world.now, "an operator")
    Referrals(world.tables.directory).pay_again(REFERENCE)
    run_tick(world)

    assert world.recipients() == ["Meera <meera@example.com>"]
    assert world.tables.people.contact(meera) == Contact(meera, "meera@example.com", "Meera")


def test_who_unsubscribed_is_not_mailed_but_has_the_coupon(world: World, asha: Contact, converted: Conversion) -> None:
    world.tables.people.suppress(Suppression(asha.key, "unsubscribe", world.now))
    world.pass_time(timedelta(days=14))

    run_tick(world)

    assert world.recipients() == ["Ravi <ravi@example.com>"]
    assert coupon(world, converted, "promoter")
    assert state(world) == "paid"


def test_who_was_erased_gets_nothing_and_the_other_side_all(world: World, ravi: Contact, converted: Conversion) -> None:
    world.tables.directory.update(conversion.erase_request(REFERENCE, ravi.key, "customer"))
    world.pass_time(timedelta(days=14))

    run_tick(world)

    assert world.recipients() == ["Asha <asha@example.com>"]
    assert coupon(world, converted, "friend") is None


def test_what_the_survey_has_dropped_or_made_worth_less_is_paid_as_it_was_promised(
    world: World, converted: Conversion
) -> None:
    fewer = {"tenth": {"text": "1% off", "days": 2}}
    alone = {**PROMISED["referral"], "rewards": {"promoter": "tenth"}}
    parts: dict[str, Any] = {**world.survey.model_dump(exclude_defaults=True), "coupons": fewer, "referral": alone}
    world.tables.people.put_survey(Survey.model_validate(parts), world.now)
    world.pass_time(timedelta(days=14))

    run_tick(world)

    assert "10% off your next purchase" in text_of(world, "asha@")
    assert "until the end of Fri 17 April 2026" in text_of(world, "asha@")
    assert "20% off" in text_of(world, "ravi@")
    assert state(world) == "paid"


def test_a_worker_that_died_half_way_is_gone_on_from(
    world: World, converted: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pass_time(timedelta(days=14))
    with monkeypatch.context() as broken:
        broken.setattr(Referrals, "paid", lambda *_: 1 / 0)
        run_tick(world)
    assert state(world) == "paying"

    run_tick(world)

    assert len(world.mails()) == 2
    assert state(world) == "paid"
