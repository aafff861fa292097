"""`hearback coupon`: a code is redeemed at the till once, and refused with a reason."""

import csv
import os
from datetime import timedelta

import pytest

from hearback import clock
from hearback.aws.coupons import Coupons
from hearback.coupon import GrantedCoupon
from hearback.survey import Survey
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

ASHA = "a" * 32


@pytest.fixture
def survey(survey: Survey) -> Survey:
    coupons = {"tenth": {"text": "10% off [your] next purchase"}}
    return Survey.model_validate({**survey.model_dump(exclude_defaults=True), "coupons": coupons})


@pytest.fixture
def granted(tables: Tables, survey: Survey) -> GrantedCoupon:
    return grant(tables, survey, "shop.1X/gift")


def grant(tables: Tables, survey: Survey, reason: str) -> GrantedCoupon:
    return Coupons(tables.directory, os.urandom).grant(GrantedCoupon.of(survey, "tenth", ASHA, reason, NOW))


def test_a_code_is_redeemed_once_however_it_is_typed(hearback: Hearback, granted: GrantedCoupon) -> None:
    typed = granted.shown.lower().replace("-", " ")

    first, second = (hearback("coupon", "redeem", typed, "--where", "Pune") for _ in range(2))

    assert (first.code, first.out) == (0, "Redeemed: 10% off [your] next purchase\n")
    assert second.code == 1
    assert "Not redeemed: this code was redeemed on 2026-03-04 at 16:00 IST" in second.err


def test_the_same_receipt_is_no_second_time(hearback: Hearback, granted: GrantedCoupon) -> None:
    codes = [hearback("coupon", "redeem", granted.code, "--reference", "7").code for _ in range(2)]

    assert codes == [0, 0]


def test_a_code_is_redeemed_also_where_its_survey_cannot_be_read(
    hearback: Hearback, tables: Tables, granted: GrantedCoupon
) -> None:
    tables.directory.put({"Item": {**Survey.key_item("shop"), "definition": "{}"}})

    redeemed = hearback("coupon", "redeem", granted.code)

    assert (redeemed.code, redeemed.out) == (0, "Redeemed: tenth\n")


def test_an_expired_and_an_unknown_code_say_so(
    hearback: Hearback, granted: GrantedCoupon, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "this is no code of ours" in hearback("coupon", "redeem", "XXXXX-XXXXX").err
    monkeypatch.setattr(clock, "now", lambda: granted.ends_at)

    expired = hearback("coupon", "redeem", granted.code, "--json")

    assert expired.code == 1
    assert expired.json == {"refused": "expired", "at": granted.ends_at.isoformat()}


def test_a_code_is_shown_with_what_became_of_it(hearback: Hearback, granted: GrantedCoupon) -> None:
    before = hearback("coupon", "show", granted.code, "--json").json
    hearback("coupon", "redeem", granted.code, "--where", "Pune [till 2]")
    after = hearback("coupon", "show", granted.code)

    assert (before["state"], before["last_day"], before["reason"]) == ("good", "2026-04-03", "shop.1X/gift")
    assert "used" in after.out
    assert "Pune [till 2]" in after.out
    assert hearback("coupon", "show", "nothing").code == 2


def test_all_are_listed_newest_first_and_nothing_runs_in_a_spreadsheet(
    hearback: Hearback, tables: Tables, survey: Survey, granted: GrantedCoupon, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = grant(tables, survey, "shop.2Y/gift")
    tables.directory.update(
        {
            "Key": GrantedCoupon.key_item(later.code),
            "UpdateExpression": "SET granted_at = :at",
            "ExpressionAttributeValues": {":at": (NOW + timedelta(days=1)).isoformat()},
        }
    )
    hearback("coupon", "redeem", granted.code, "--where", "=1+1")

    listed = hearback("coupon", "list", "--json").json
    rows = list(csv.DictReader(hearback("coupon", "list", "--csv").out.splitlines()))

    assert [each["code"] for each in listed] == [later.shown, granted.shown]
    assert [each["where"] for each in rows] == ["", "'=1+1"]
    assert hearback("coupon", "list", "--survey", "other", "--json").json == []
    assert "2 granted, 1 redeemed" in hearback("coupon", "list").err


def test_a_place_that_is_too_long_is_refused_before_anything_happens(
    hearback: Hearback, granted: GrantedCoupon
) -> None:
    assert hearback("coupon", "redeem", granted.code, "--where", "x" * 101).code == 2
    assert hearback("coupon", "redeem", granted.code).code == 0
