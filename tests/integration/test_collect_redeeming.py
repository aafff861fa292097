"""A till redeems a coupon over the machine route, once."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from hearback import coupon
from hearback.aws.coupons import Coupons
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.coupon import GrantedCoupon
from hearback.survey import Survey
from tests.conftest import NOW, Answered, Collect

ASHA = "a" * 32


@pytest.fixture
def survey(survey: Survey) -> Survey:
    coupons = {"tenth": {"text": {"en": "10% off your next purchase"}, "days": 30}}
    return Survey.model_validate({**survey.model_dump(exclude_defaults=True), "coupons": coupons})


@pytest.fixture
def granted(collect: Collect) -> GrantedCoupon:
    wanted = GrantedCoupon.of(collect.survey, "tenth", ASHA, "shop.1X/offer", NOW)
    return Coupons(collect.tables.directory, os.urandom).grant(wanted)


def redeem(collect: Collect, code: str, **said: Any) -> Answered:
    body = {"reference": "till-7/118", **said}
    return collect.request("POST", f"/v1/machine/coupons/{code}/redemptions", body=body)


def test_a_coupon_is_redeemed_and_said_what_it_is_worth(collect: Collect, granted: GrantedCoupon) -> None:
    answer = redeem(collect, granted.shown.lower(), where="Pune")

    assert answer.status == 201
    assert answer.json == {
        "code": granted.shown,
        "survey": "shop",
        "coupon": "tenth",
        "text": "10% off your next purchase",
        "reference": "till-7/118",
        "redeemed_at": "2026-03-04T10:30:00+00:00",
    }


def test_the_same_reference_is_told_the_same_and_another_that_it_is_used(
    collect: Collect, granted: GrantedCoupon
) -> None:
    first = redeem(collect, granted.code)
    collect.now += timedelta(days=60)

    assert redeem(collect, granted.code).json == first.json
    again = redeem(collect, granted.code, reference="till-7/119")
    assert (again.status, again.json["type"]) == (409, "/problems/code-used")
    assert again.json["detail"] == "Nothing was redeemed: this code was redeemed on 2026-03-04 at 10:30 UTC."


def test_an_expired_code_says_so_and_when(collect: Collect, granted: GrantedCoupon) -> None:
    collect.now = granted.ends_at

    answer = redeem(collect, granted.code)

    assert (answer.status, answer.json["type"]) == (410, "/problems/code-expired")
    assert "2026-04-03 at 18:30 UTC" in answer.json["detail"]


def test_an_unknown_and_an_erased_code_say_so(collect: Collect, granted: GrantedCoupon) -> None:
    collect.tables.directory.update(coupon.erase_request(granted.code, ASHA))

    answers = [redeem(collect, code) for code in ("XXXXX-XXXXX", "nonsense", granted.code)]

    assert [(each.status, each.json["type"]) for each in answers] == [
        (404, "/problems/unknown-code"),
        (404, "/problems/unknown-code"),
        (410, "/problems/code-erased"),
    ]


def test_a_till_must_name_its_receipt(collect: Collect, granted: GrantedCoupon) -> None:
    answer = redeem(collect, granted.code, reference="")

    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "#/reference")


def test_no_code_is_logged(collect: Collect, granted: GrantedCoupon, caplog: pytest.LogCaptureFixture) -> None:
    redeem(collect, granted.shown)

    logged = str([record.__dict__ for record in caplog.records])
    assert "tenth" in logged
    assert granted.code not in logged
    assert granted.shown not in logged


def withdrawn(collect: Collect, _monkeypatch: pytest.MonkeyPatch) -> None:
    collect.tables.directory.delete({"Key": Survey.key_item("shop")})


def spoiled(collect: Collect, _monkeypatch: pytest.MonkeyPatch) -> None:
    collect.tables.directory.put({"Item": {**Survey.key_item("shop"), "definition": "{}"}})


def throttled(_collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_directory: Directory, _survey: str, _now: datetime) -> Survey:
        raise TemporarilyUnavailable("ThrottlingException")

    monkeypatch.setattr(Directory, "survey", refuse)


@pytest.mark.parametrize("happen", [withdrawn, spoiled, throttled])
def test_a_coupon_is_redeemed_whatever_became_of_its_survey_and_then_said_by_its_name(
    collect: Collect,
    granted: GrantedCoupon,
    monkeypatch: pytest.MonkeyPatch,
    happen: Callable[[Collect, pytest.MonkeyPatch], None],
) -> None:
    happen(collect, monkeypatch)

    answer = redeem(collect, granted.code)

    assert (answer.status, answer.json["text"]) == (201, "tenth")
    assert redeem(collect, granted.code).json == answer.json
