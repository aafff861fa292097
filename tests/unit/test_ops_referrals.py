"""`hearback report --referrals` and `hearback conversions`: who truly referred somebody, and what came of it."""

import csv
import os
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hearback.aws.coupons import Coupons
from hearback.aws.referrals import Referrals
from hearback.conversion import Conversion
from hearback.coupon import GrantedCoupon
from hearback.play import Coupon, Referral
from hearback.referral import ReferralLink
from hearback.survey import Survey
from hearback.tally import add_request, tally_key
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

PROGRAMME: dict[str, Any] = {"target": "https://shop.example/", "currency": "EUR", "rewards": {"promoter": "tenth"}}


@pytest.fixture
def survey(survey: Survey) -> Survey:
    parts = {"coupons": {"tenth": {"text": "10% off"}}, "referral": PROGRAMME}
    return Survey.model_validate({**survey.model_dump(exclude_defaults=True), **parts})


@pytest.fixture
def referrals(tables: Tables) -> Referrals:
    return Referrals(tables.directory)


def convert(referrals: Referrals, link: ReferralLink, order: str, value: str, currency: str = "EUR") -> Conversion:
    referral = Referral.model_validate({**PROGRAMME, "currency": currency})
    return referrals.record(
        Conversion.of(
            referral,
            link.survey,
            link.code,
            coupons={"tenth": Coupon.model_validate({"text": "10% off"})},
            reference=order,
            promoter=link.contact,
            customer=f"customer of {order}",
            value=Decimal(value),
            now=NOW,
        )
    )


@pytest.fixture
def programme(tables: Tables, survey: Survey, referrals: Referrals) -> None:
    """Twenty promoters: three asked, two links followed, one of them brought two customers who stayed."""
    tables.tally.update(add_request(*tally_key("shop", "all", "2026-03-01"), {"|s10": 12, "|s9": 8, "|s3": 5}))
    asha, ravi, _ = (referrals.link_of(name * 32, "shop", NOW) for name in "abc")
    for link, clicks in ((asha, 3), (ravi, 1)):
        for _ in range(clicks):
            referrals.click(link.code)
    convert(referrals, asha, "o1", "120.00")
    convert(referrals, asha, "o2", "0.5")
    convert(referrals, ravi, "o3", "99")
    convert(referrals, asha, "o4", "3", "USD")  # before the survey changed its currency
    referrals.cancel("o3", NOW)
    coupons = Coupons(tables.directory, os.urandom)
    granted = coupons.grant(GrantedCoupon.of(survey, "tenth", asha.contact, "conversion/x/promoter", NOW))
    coupons.grant(GrantedCoupon.of(survey, "tenth", asha.contact, "shop.1X/gift", NOW))
    coupons.redeem(granted.code, "", "", NOW)


@pytest.mark.usefixtures("programme")
def test_the_report_counts_each_step_and_the_share_that_truly_referred(hearback: Hearback) -> None:
    assert hearback("report", "--referrals", "--survey", "shop", "--json").json == {
        "survey": "shop",
        "promoters": 20,
        "asked": 3,
        "shared": 2,
        "clicks": 4,
        "converted": 3,
        "cancelled": 1,
        "value": {"EUR": "120.50", "USD": "3.00"},
        "rewards": 1,
        "redeemed": 1,
        "referrers": 1,
        "share": 0.3333,
    }


@pytest.mark.usefixtures("programme")
def test_without_a_survey_it_is_all_of_them(hearback: Hearback) -> None:
    shown = hearback("report", "--referrals")
    rows = list(csv.DictReader(hearback("report", "--referrals", "--csv").out.splitlines()))

    assert [each["survey"] for each in hearback("report", "--referrals", "--json").json] == ["shop"]
    assert "120.50 EUR, 3.00 USD" in shown.out
    assert "1 (33.3%)" in shown.out
    assert [(row["currency"], row["value"]) for row in rows] == [("EUR", "120.50"), ("USD", "3.00")]


def test_where_nobody_was_asked_nothing_is_made_up(hearback: Hearback) -> None:
    numbers = hearback("report", "--referrals", "--survey", "shop", "--json").json

    assert (numbers["asked"], numbers["value"], numbers["share"]) == (0, {}, None)
    assert hearback("report", "--referrals").code == 0


def test_a_report_without_a_survey_or_with_days_that_do_not_apply_is_refused(hearback: Hearback) -> None:
    assert "name the survey" in hearback("report", "--json").err
    assert "--referrals counts from the beginning" in hearback("report", "--referrals", "--per", "week").err


@pytest.mark.usefixtures("programme")
def test_conversions_are_listed_and_cancelled_once(hearback: Hearback, referrals: Referrals) -> None:
    listed = {each["reference"]: each for each in hearback("conversions", "list", "--json").json}
    assert {reference: each["state"] for reference, each in listed.items()} == {
        "o1": "recorded",
        "o2": "recorded",
        "o3": "cancelled",
        "o4": "recorded",
    }

    assert hearback("conversions", "cancel", "o1").out == "Cancelled o1: 120.00 EUR\n"
    again = hearback("conversions", "cancel", "o1")

    assert (again.code, "it is cancelled already" in again.err) == (2, True)
    assert hearback("report", "--referrals", "--survey", "shop", "--json").json["converted"] == 2
    assert "no conversion has the reference 'o9'" in hearback("conversions", "cancel", "o9").err
    referrals.begin_to_pay("o2", NOW + timedelta(days=14))
    assert "its reward is paid, or being paid right now" in hearback("conversions", "cancel", "o2").err
