"""The mail that answers brings the same next step as the page: with the coupon, the link, or the form of one's own."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from followup import wiring, worker
from hearback.aws import clients
from hearback.aws.claims import Claims
from hearback.aws.coupons import Coupons
from hearback.aws.referrals import Referrals
from hearback.claim import Claim, play_effect
from hearback.contact import Slot
from hearback.coupon import GrantedCoupon
from hearback.response import Response
from hearback.survey import Survey
from hearback.token import verify
from tests.conftest import Tables
from tests.integration.followup_world import CONTEXT, World, make_world, raising, ses_error, sqs_event

THANK = {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"}
WHY = {"id": "why", "when": {"category": "passive"}, "what": "mail", "template": "why"}
SORRY = {"id": "sorry", "when": {"category": "detractor"}, "what": "mail", "template": "apology"}
COUPON = {"id": "gift", "when": {}, "what": "coupon", "coupon": "tenth", "text": "Come again soon."}
REFERRAL = {"id": "friend", "when": {}, "what": "referral", "text": "Bring a friend.", "label": "Your own link"}
TESTIMONIAL = {"id": "quote", "when": {}, "what": "testimonial", "text": "May we quote you?"}

LATER = {**THANK, "id": "later", "when": {"category": "passive"}, "delay_hours": 72}
DAY = {**COUPON, "coupon": "day"}
"""Over before the delayed mail goes."""

Apply = Callable[..., World]


@pytest.fixture
def apply(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> Apply:
    def made(*steps: Mapping[str, Any], **more: Any) -> World:
        parts = {
            "plays": [THANK, WHY, SORRY, *steps],
            "coupons": {"tenth": {"text": "10% off"}, "day": {"text": "Today only", "days": 1}},
            "referral": {"target": "https://shop.example/"},
            "people": {"asha": {"name": "Asha Rao", "email": "asha@shop.example"}},
            **more,
        }
        changed = Survey.model_validate({**survey.model_dump(exclude_defaults=True), **parts})
        return make_world(tables, changed, monkeypatch)

    return made


def text_of(world: World) -> str:
    [mail] = world.mails()
    return text_in(mail)


def text_in(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def granted(world: World, reason: str) -> GrantedCoupon | None:
    return Coupons(world.tables.directory, os.urandom).granted_for(reason)


def test_a_passive_gets_a_code_for_the_till_once(apply: Apply) -> None:
    world = apply(COUPON)
    response = world.answer(8, world.customer("Ravi"))

    for _ in range(2):
        world.settle(response)

    code = granted(world, f"{response.id}/gift")
    assert code
    assert (code.contact, code.coupon) == (response.contact, "tenth")
    assert f"Come again soon. 10% off {code.shown} The code is good once, until the end of Fri 3 April 2026." in (
        text_of(world)
    )


def test_no_coupon_is_granted_that_no_mail_brings(apply: Apply) -> None:
    world = apply(COUPON)
    ravi = world.customer("Ravi")
    world.tables.people.take(Slot.mailed(ravi.key), "another mail", world.now, timedelta(days=7))
    capped, nameless = world.answer(8, ravi), world.answer(8)

    world.settle(capped)
    world.settle(nameless)

    assert world.mails() == []
    assert granted(world, f"{capped.id}/gift") is None
    assert "COUPON" not in str(world.tables.directory.scan_page({}))


def test_no_coupon_is_granted_where_the_mail_s_own_cap_forbids_it(apply: Apply) -> None:
    world = apply(COUPON, plays=[{**WHY, "cap_days": 30}, COUPON])
    ravi = world.customer("Ravi")
    world.tables.people.take(Slot.played(ravi.key, "shop", "why"), "why before", world.now, timedelta(days=30))
    response = world.answer(8, ravi)

    world.settle(response)

    assert world.mails() == []
    assert granted(world, f"{response.id}/gift") is None


def later(world: World, response: Response) -> None:
    """The delayed mail of an answer comes when its delay has passed."""
    world.pass_time(timedelta(hours=72))
    worker.handler(sqs_event({"response": str(response.id), "play": "later"}), CONTEXT)


def send_again(world: World, response: Response, play: str) -> None:
    """An operator has a mail sent again that was in doubt or refused."""
    claim = Claim(play_effect(str(response.id), play))
    assert Claims(world.tables.directory).resolve(claim.digest, "again", world.now, "") is not None
    world.settle(response)


def test_a_coupon_that_was_mailed_comes_with_no_further_mail_and_is_not_renewed(apply: Apply) -> None:
    world = apply(DAY, LATER, mail_cap_days=0)
    response = world.answer(8, world.customer("Ravi"))
    world.settle(response)
    mailed = granted(world, f"{response.id}/gift")

    later(world, response)

    assert ["Today only" in text_in(mail) for mail in world.mails()] == [True, False]
    assert granted(world, f"{response.id}/gift") == mailed


def test_a_coupon_whose_mail_was_refused_comes_with_the_next_one_and_all_its_days(apply: Apply) -> None:
    world = apply(DAY, LATER, mail_cap_days=0)
    response = world.answer(8, world.customer("Ravi"))
    with world.monkeypatch.context() as refusing:
        refusing.setattr(clients.ses(), "send_email", raising(ses_error("MessageRejected", 400)))
        world.settle(response)
    first = granted(world, f"{response.id}/gift")

    later(world, response)
    send_again(world, response, "why")  # the coupon has been mailed by now

    second = granted(world, f"{response.id}/gift")
    assert first
    assert second
    assert (second.code, second.ends_at - first.ends_at) == (first.code, timedelta(hours=72))
    assert ["Today only" in text_in(mail) for mail in world.mails()] == [True, False]


@pytest.mark.parametrize("failure", [ses_error("InternalFailure", 500), ses_error("MessageRejected", 400)])
def test_a_coupon_whose_mail_did_not_go_comes_when_that_mail_is_sent_again(apply: Apply, failure: Exception) -> None:
    world = apply(DAY)
    response = world.answer(8, world.customer("Ravi"))
    with world.monkeypatch.context() as failing:
        failing.setattr(clients.ses(), "send_email", raising(failure))
        world.settle(response)
    world.pass_time(timedelta(days=3))

    send_again(world, response, "why")

    code = granted(world, f"{response.id}/gift")
    assert code
    assert code.shown in text_of(world)
    assert code.ends_at > world.now


def test_a_coupon_that_was_redeemed_comes_with_no_further_mail(apply: Apply) -> None:
    world = apply(DAY)
    response = world.answer(8, world.customer("Ravi"))
    with world.monkeypatch.context() as failing:
        failing.setattr(clients.ses(), "send_email", raising(ses_error("InternalFailure", 500)))
        world.settle(response)  # in doubt, though it went out
    code = granted(world, f"{response.id}/gift")
    assert code
    Coupons(world.tables.directory, os.urandom).redeem(code.code, "receipt 7", "", world.now)
    world.pass_time(timedelta(hours=1))

    send_again(world, response, "why")

    assert "Today only" not in text_of(world)


def test_an_apology_brings_nothing(apply: Apply) -> None:
    world = apply(COUPON)
    response = world.answer(2, world.customer("Ravi"))

    world.settle(response)

    assert "Come again soon." not in text_of(world)
    assert granted(world, f"{response.id}/gift") is None


def test_the_link_in_the_mail_is_the_one_on_the_page_and_no_button(apply: Apply) -> None:
    world = apply(REFERRAL)
    ravi = world.customer("Ravi")
    link = Referrals(world.tables.directory).link_of(ravi.key, "shop", world.now)

    world.settle(world.answer(10, ravi))

    address = f"https://api.example.com/r/{link.shown}"
    assert f"Bring a friend. Your own link {address}" in text_of(world)
    html = world.mails()[0].get_body(("html",))
    assert html is not None
    assert address in html.get_content()
    assert f'href="{address}' not in html.get_content()


def test_a_testimonial_is_given_on_a_page_of_its_own(apply: Apply) -> None:
    world = apply(TESTIMONIAL)
    response = world.answer(10, world.customer("Ravi"), comment="The samosas!")

    world.settle(response)

    found = re.search(r"May we quote you\? Choose what we may quote: https://api\.example\.com/q/(\S+)", text_of(world))
    assert found
    token = verify(found[1], wiring.token_keys().at(world.now), "answer", world.now)
    assert (token.subject, token.contact) == (str(response.id), response.contact)


def test_the_first_step_that_fits_is_the_only_one(apply: Apply) -> None:
    world = apply({**TESTIMONIAL, "when": {"comment": True}}, COUPON, REFERRAL)

    world.settle(world.answer(10, world.customer("Ravi")))

    text = text_of(world)
    assert ("Come again soon." in text, "Bring a friend." in text, "quote" in text) == (True, False, False)
