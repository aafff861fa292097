"""A coupon: granted once for one reason, redeemed once, and not after its last day."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hearback.aws.coupons import Coupons
from hearback.aws.dynamodb import Table
from hearback.coupon import CouponRefused, GrantedCoupon, erase_request
from hearback.survey import Survey
from tests.conftest import NOW
from tests.fake_dynamodb import FakeDynamoDB

ASHA = "a" * 32


def coupons() -> Coupons:
    client: Any = FakeDynamoDB()
    return Coupons(Table(client, "directory"), os.urandom)


def wanted(reason: str = "shop.1X/offer", days: int = 30) -> GrantedCoupon:
    return GrantedCoupon("shop", "tenth", ASHA, reason, NOW, NOW + timedelta(days=days))


def refused(kept: Coupons, code: str, now: datetime = NOW, reference: str = "") -> CouponRefused:
    with pytest.raises(CouponRefused) as refusal:
        kept.redeem(code, reference, "", now)
    return refusal.value


def test_it_ends_with_a_day_of_the_survey_s_time_zone(survey: Survey) -> None:
    selling = survey.model_validate(
        {**survey.model_dump(exclude_defaults=True), "coupons": {"tenth": {"text": "10% off", "days": 1}}}
    )

    granted = GrantedCoupon.of(selling, "tenth", ASHA, "r", NOW)  # 16:00 on 4 March in Kolkata

    assert granted.ends_at == datetime(2026, 3, 5, 18, 30, tzinfo=UTC)
    assert granted.last_day(survey.zone) == date(2026, 3, 5)


def test_it_is_what_it_was_when_it_is_read_back() -> None:
    kept = coupons()

    granted = kept.grant(wanted())

    assert kept.get(granted.code) == granted
    assert replace(granted, code="") == wanted()


def test_granting_again_for_the_same_reason_gives_the_first_code() -> None:
    kept = coupons()

    codes = {kept.grant(wanted()).code for _ in range(3)}

    assert len(codes) == 1
    assert kept.grant(wanted("shop.2Y/offer")).code not in codes


def test_granted_again_it_has_all_its_days_from_then_on_and_never_fewer() -> None:
    kept = coupons()
    first = kept.grant(wanted(days=30))

    assert kept.grant(wanted(days=20)) == first
    assert kept.grant(wanted(days=37)) == replace(first, ends_at=NOW + timedelta(days=37))


def test_it_knows_every_mail_that_was_to_bring_it_whichever_of_them_gave_it_its_days() -> None:
    kept = coupons()
    first = replace(wanted(days=30), mails=frozenset({"a"}))
    again = replace(wanted(days=20), mails=frozenset({"b"}))

    assert kept.grant(first).mails == {"a"}
    granted = kept.grant(again)

    assert granted == replace(first, code=granted.code, mails=frozenset({"a", "b"}))
    assert kept.get(granted.code) == granted


def test_a_redeemed_code_is_not_renewed() -> None:
    kept = coupons()
    redeemed = kept.redeem(kept.grant(wanted()).code, "receipt 7", "Pune", NOW)

    assert kept.grant(wanted(days=60)) == redeemed


def test_granting_by_many_at_once_gives_one_code() -> None:
    kept = coupons()

    with ThreadPoolExecutor(8) as pool:
        codes = {granted.code for granted in pool.map(lambda _: kept.grant(wanted()), range(40))}

    assert len(codes) == 1


def test_a_code_that_is_somebody_s_already_is_not_given_twice() -> None:
    client: Any = FakeDynamoDB()
    drawn = iter([b"1234567", b"1234567", b"7654321"])
    kept = Coupons(Table(client, "directory"), lambda _: next(drawn))

    first, second = kept.grant(wanted("a")), kept.grant(wanted("b"))

    assert first.code != second.code
    assert kept.get(first.code) == first


def test_it_is_redeemed_once_by_however_many_at_once() -> None:
    kept = coupons()
    code = kept.grant(wanted()).shown

    def redeem(till: int) -> str:
        try:
            return kept.redeem(code, f"receipt {till}", "Pune", NOW).reference
        except CouponRefused as refusal:
            return refusal.why

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(redeem, range(40)))

    assert outcomes.count("used") == 39


def test_the_same_reference_is_the_same_redemption_and_another_is_a_second_one() -> None:
    kept = coupons()
    code = kept.grant(wanted()).code
    redeemed = kept.redeem(code, "receipt 7", "Pune", NOW)

    assert kept.redeem(code, "receipt 7", "Delhi", NOW + timedelta(days=99)) == redeemed
    assert refused(kept, code, NOW, "receipt 8").at == NOW
    assert refused(kept, code, NOW).why == "used"  # without a reference there is nothing to know a retry by


def test_without_a_reference_a_second_time_is_a_second_time() -> None:
    kept = coupons()
    code = kept.grant(wanted()).code
    kept.redeem(code, "", "", NOW)

    assert refused(kept, code).why == "used"


def test_refusals_say_what_is_wrong() -> None:
    kept = coupons()
    granted = kept.grant(wanted())
    kept.table.update(erase_request(kept.grant(wanted("other")).code, ASHA))

    assert str(refused(kept, "XXXXX-XXXXX")) == str(refused(kept, "no code")) == "this is no code of ours"
    assert str(refused(kept, granted.code, granted.ends_at)) == "this code expired on 2026-04-03 at 10:30 UTC"
    kept.redeem(granted.code, "", "", NOW)
    assert str(refused(kept, granted.code, granted.ends_at)) == "this code was redeemed on 2026-03-04 at 10:30 UTC"


def test_an_erased_person_s_coupon_is_worth_nothing_and_names_nobody() -> None:
    kept = coupons()
    granted = kept.grant(wanted())

    kept.table.update(erase_request(granted.code, ASHA))

    assert refused(kept, granted.code).why == "erased"
    erased = kept.get(granted.code)
    assert erased
    assert erased.contact == ""
    assert kept.grant(wanted()).code == granted.code  # and no other takes its place


@settings(max_examples=60, stateful_step_count=30, deadline=None)
class Till(RuleBasedStateMachine):
    """Whatever is granted, redeemed, erased and waited for, in whatever order: a code is worth something once."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = coupons()
        self.now = NOW
        self.granted: dict[str, GrantedCoupon] = {}
        self.redeemed: dict[str, tuple[str, datetime]] = {}
        self.erased: set[str] = set()

    @rule(reason=st.sampled_from(["r1", "r2", "r3"]), days=st.integers(1, 5))
    def grant(self, reason: str, days: int) -> None:
        granted = self.kept.grant(
            replace(wanted(reason, 0), granted_at=self.now, ends_at=self.now + timedelta(days=days))
        )
        assert self.granted.get(reason, granted).code == granted.code
        self.granted[reason] = granted

    @rule(days=st.integers(0, 3))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @precondition(lambda self: self.granted)
    @rule(data=st.data(), reference=st.sampled_from(["", "x", "y"]))
    def redeem(self, data: st.DataObject, reference: str) -> None:
        reason = data.draw(st.sampled_from(sorted(self.granted)))
        coupon = self.granted[reason]
        before = self.redeemed.get(reason)
        outcome = self._outcome(coupon, reference)
        if before is None and not (reason in self.erased or self.now >= coupon.ends_at):
            assert outcome == self.now
            self.redeemed[reason] = reference, self.now
        elif before is None:
            assert outcome == ("erased" if reason in self.erased else "expired")
        else:
            assert outcome == (before[1] if reference == before[0] != "" else "used")

    def _outcome(self, coupon: GrantedCoupon, reference: str) -> str | datetime | None:
        try:
            return self.kept.redeem(coupon.shown.lower(), reference, "", self.now).redeemed_at
        except CouponRefused as refusal:
            return refusal.why

    @precondition(lambda self: self.granted)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        reason = data.draw(st.sampled_from(sorted(self.granted)))
        if reason not in self.erased:
            self.kept.table.update(erase_request(self.granted[reason].code, ASHA))
            self.erased.add(reason)
            if reason in self.redeemed:  # its reference is gone, so nothing is a retry any more
                self.redeemed[reason] = "", self.redeemed[reason][1]

    @invariant()
    def what_was_redeemed_stays_redeemed(self) -> None:
        for reason, coupon in self.granted.items():
            stored = self.kept.get(coupon.code)
            assert stored
            assert stored.redeemed_at == (self.redeemed[reason][1] if reason in self.redeemed else None)


TestTill = Till.TestCase
