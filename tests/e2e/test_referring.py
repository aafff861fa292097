"""From a promoter's ten to a friend's purchase and the reward for both: over real HTTP, with the clock turned on."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hearback.judging import READING
from local.stack import Stack
from tests.e2e.conftest import Command
from tests.e2e.everything import SIGNED
from tests.e2e.link_traffic import Got, http_request, send_form

PROMOTER, FRIEND = "pia@example.com", "quinn@example.com"


def settle(stack: Stack, span: timedelta = timedelta(minutes=3)) -> None:
    stack.wait_until_idle()
    stack.advance(span)
    stack.wait_until_idle()


def report_sale(stack: Stack, code: str, **said: Any) -> Got:
    sale = {"code": code, "reference": "order 1042", "customer": FRIEND, "value": "120.00", "currency": "EUR", **said}
    headers = {"Content-Type": "application/json", "Authorization": SIGNED}
    return http_request(stack, "POST", "/v1/machine/conversions", json.dumps(sale), **headers)


@pytest.fixture
def thanked(stack: Stack, hearback: Command, tmp_path: Path) -> Got:
    """Pia was invited, gave a ten and said nothing: the page that thanks her."""
    guests = tmp_path / "guests.csv"
    guests.write_text(f"email,name\n{PROMOTER},Pia\n", encoding="utf-8")
    hearback("invite", str(guests), "--survey", "product", "--email", "email", "--name", "name")
    settle(stack)
    [mail] = stack.mails(to=PROMOTER)
    link = re.search(r"(/a/[\w.~-]+\?score=10)", mail.body("html") or "")
    assert link
    page = http_request(stack, "GET", link[1])
    stack.advance(READING)
    asked = send_form(stack, page, score="10")
    return send_form(stack, asked, skip="1")


def test_a_ten_becomes_a_link_a_customer_and_a_paid_reward(stack: Stack, hearback: Command, thanked: Got) -> None:
    link = re.search(r'id="link"[^>]*value="([^"]+/r/([0-9A-Z-]{11}))"', thanked.text)
    assert link
    address, code = link.groups()
    settle(stack)
    [_, thanks] = stack.mails(to=PROMOTER)
    assert address in (thanks.body("plain") or "")  # the same link, whichever came first

    followed = http_request(stack, "GET", f"/r/{code}?to=https://evil.example")
    assert (followed.status, followed.headers["location"]) == (302, f"https://plotline.example/welcome?ref={code}")

    assert report_sale(stack, code, customer=PROMOTER).status == 409
    for _ in range(2):
        assert json.loads(report_sale(stack, code).text)["state"] == "recorded"
    assert report_sale(stack, code, reference="order 1043").status == 409  # a friend is won once

    settle(stack, timedelta(days=13))
    assert stack.mails(to=FRIEND) == []
    settle(stack, timedelta(days=1, minutes=15))
    settle(stack)
    [reward] = stack.mails(to=FRIEND)
    [_, _, thank_you] = stack.mails(to=PROMOTER)

    codes = {coupon["code"]: coupon for coupon in hearback.json("coupon", "list")}
    assert len(codes) == 2
    for mail in (reward, thank_you):
        [printed] = [code for code in codes if code in (mail.body("plain") or "")]
        assert codes[printed]["worth"] == "One month of any plan"
    assert hearback.json("report", "--referrals", "--survey", "product") == {
        "survey": "product",
        "promoters": 1,
        "asked": 1,
        "shared": 1,
        "clicks": 1,
        "converted": 1,
        "cancelled": 0,
        "value": {"EUR": "120.00"},
        "rewards": 2,
        "redeemed": 0,
        "referrers": 1,
        "share": 1.0,
    }

    hearback("coupon", "redeem", printed, "--where", "the app")
    hearback("coupon", "redeem", printed, code=1)
    settle(stack, timedelta(days=1))
    assert (len(stack.mails(to=PROMOTER)), len(stack.mails(to=FRIEND))) == (3, 1)  # asked, thanked; a reward each


def test_a_returned_purchase_is_rewarded_with_nothing(stack: Stack, hearback: Command, thanked: Got) -> None:
    link = re.search(r"/r/([0-9A-Z-]{11})", thanked.text)
    assert link
    assert report_sale(stack, link[1]).status == 201

    hearback("conversions", "cancel", "order 1042")
    settle(stack, timedelta(days=15))
    settle(stack)

    assert stack.mails(to=FRIEND) == []
    assert hearback.json("coupon", "list") == []
    assert hearback.json("report", "--referrals", "--survey", "product")["cancelled"] == 1
