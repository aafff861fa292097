"""Referral links, and what they earn: each conversion once, each reward once, never too early, never to oneself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hearback import conversion, referral
from hearback.aws.dynamodb import Table
from hearback.aws.referrals import Referrals
from hearback.contact import Contact, Slot
from hearback.conversion import BadValue, Conversion, KnownCustomer, NotCancelled, ReferenceUsed, amount
from hearback.play import Coupon, Referral, Rewards
from hearback.referral import ReferralLink
from tests.conftest import NOW
from tests.fake_dynamodb import FakeDynamoDB

ASHA, RAVI = "a" * 32, "b" * 32
COUPONS = {"tenth": Coupon.model_validate({"text": "10% off", "days": 14})}
PROGRAMME = Referral(target="https://shop.example/", currency="EUR", rewards=Rewards(promoter="tenth", after_days=14))


@pytest.fixture
def kept() -> Referrals:
    return referrals()


def referrals() -> Referrals:
    client: Any = FakeDynamoDB()
    return Referrals(Table(client, "directory"))


def bought(reference: str = "order 7", customer: str = RAVI, value: str = "120.00", code: str = "C") -> Conversion:
    return Conversion.of(
        PROGRAMME,
        "shop",
        code,
        coupons=COUPONS,
        reference=reference,
        promoter=ASHA,
        customer=customer,
        value=Decimal(value),
        now=NOW,
    )


class TestLinks:
    def test_a_contact_has_one_link_of_a_survey_however_many_ask_for_it_at_once(self, kept: Referrals) -> None:
        with ThreadPoolExecutor(8) as pool:
            codes = {link.code for link in pool.map(lambda _: kept.link_of(ASHA, "shop", NOW), range(40))}

        assert len(codes) == 1
        assert kept.link_of(ASHA, "other", NOW).code not in codes
        assert kept.link_of(RAVI, "shop", NOW).code not in codes

    def test_it_is_found_by_its_code_however_that_is_typed(self, kept: Referrals) -> None:
        link = kept.link_of(ASHA, "shop", NOW)

        assert kept.link(link.shown.lower()) == kept.link(link.code) == link

    def test_every_click_is_counted(self, kept: Referrals) -> None:
        link = kept.link_of(ASHA, "shop", NOW)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: kept.click(link.shown), range(25)))

        assert kept.link(link.code) == replace(link, clicks=25)

    @pytest.mark.parametrize("typed", ["0000000000", "nonsense", "REFERRAL#", "", "٧" * 10])
    def test_a_click_on_no_link_makes_none(self, kept: Referrals, typed: str) -> None:
        assert kept.click(typed) is None
        client: Any = kept.table.client
        assert client.tables["directory"] == {}

    def test_an_erased_person_s_link_leads_on_and_names_nobody(self, kept: Referrals) -> None:
        link = kept.link_of(ASHA, "shop", NOW)

        kept.table.update(referral.erase_request(link.code, ASHA))

        assert kept.click(link.code) == replace(link, contact="", clicks=1)

    def test_who_comes_back_after_being_erased_has_another_link(self, kept: Referrals) -> None:
        links = []
        for _ in range(3):
            links.append(kept.link_of(ASHA, "shop", NOW))
            kept.table.update(referral.erase_request(links[-1].code, ASHA))

        assert len({link.code for link in links}) == 3
        assert all(kept.link(link.code) == replace(link, contact="") for link in links)

    def test_a_code_that_is_somebody_else_s_by_chance_is_left_to_them(self, kept: Referrals) -> None:
        theirs = replace(ReferralLink.of("shop", ASHA, NOW, turn=0), contact=RAVI)
        kept.table.put(theirs.make_request())

        ours = kept.link_of(ASHA, "shop", NOW)

        assert ours.code != theirs.code
        assert kept.link(ours.code) == ours == kept.link_of(ASHA, "shop", NOW + timedelta(days=1))
        assert kept.link(theirs.code) == theirs

    def test_it_costs_one_request_the_first_time_and_every_other(self, kept: Referrals) -> None:
        watched = Mock(wraps=kept.table.client)
        having = Referrals(Table(watched, "directory"))

        for asked in range(1, 4):
            having.link_of(ASHA, "shop", NOW)
            assert len(watched.method_calls) == asked


class TestDestination:
    @pytest.mark.parametrize(
        ("target", "leads_to"),
        [
            ("https://shop.example/welcome/{code}?a=1", "https://shop.example/welcome/7KQ2M-9XW4T?a=1"),
            ("https://shop.example", "https://shop.example?ref=7KQ2M-9XW4T"),
            (
                "https://shop.example/दुकान",
                "https://shop.example/%E0%A4%A6%E0%A5%81%E0%A4%95%E0%A4%BE%E0%A4%A8?ref=7KQ2M-9XW4T",
            ),
            ("https://shop.example/a?b=c#d", "https://shop.example/a?b=c&ref=7KQ2M-9XW4T#d"),
        ],
    )
    def test_the_code_stands_where_the_survey_wants_it(self, target: str, leads_to: str) -> None:
        assert referral.destination(Referral(target=target), "7KQ2M9XW4T") == leads_to

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12))
    def test_no_code_leads_anywhere_else(self, code: str) -> None:
        for target in ("https://shop.example/x", "https://shop.example/{code}"):
            where = urlsplit(referral.destination(Referral(target=target), code))

            assert (where.scheme, where.netloc) == ("https", "shop.example")
            assert where.geturl().isascii()
            assert where.geturl().isprintable()


class TestValues:
    @pytest.mark.parametrize(
        ("value", "currency", "kept_as"),
        [
            ("120", "EUR", "120.00"),
            ("120.5", "USD", "120.50"),
            ("0", "INR", "0.00"),
            ("900", "JPY", "900"),
            ("120.00", "JPY", "120"),
            ("1.234", "KWD", "1.234"),
        ],
    )
    def test_a_value_is_kept_with_its_currency_s_decimals(self, value: str, currency: str, kept_as: str) -> None:
        assert str(amount(Decimal(value), currency)) == kept_as

    @pytest.mark.parametrize(("value", "currency"), [("-0.01", "EUR"), ("1.005", "EUR"), ("1.5", "JPY")])
    def test_others_are_refused(self, value: str, currency: str) -> None:
        with pytest.raises(BadValue):
            amount(Decimal(value), currency)


class TestConversions:
    def test_it_is_what_it_was_when_it_is_read_back(self, kept: Referrals) -> None:
        kept.record(bought())

        assert kept.conversion("order 7") == bought()

    def test_reported_again_it_is_the_same_one(self, kept: Referrals) -> None:
        first = kept.record(bought())

        with ThreadPoolExecutor(8) as pool:
            again = set(pool.map(lambda _: kept.record(replace(bought(), at=NOW + timedelta(days=1))).at, range(20)))

        assert again == {first.at}

    @pytest.mark.parametrize("other", [{"customer": "c" * 32}, {"value": "121"}, {"code": "D"}])
    def test_another_purchase_under_the_same_reference_is_refused(self, kept: Referrals, other: dict[str, str]) -> None:
        kept.record(bought())

        with pytest.raises(ReferenceUsed):
            kept.record(bought(**other))

    def test_a_customer_becomes_one_once_however_many_orders_come_at_once(self, kept: Referrals) -> None:
        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(outcome_of(lambda order: kept.record(bought(f"order {order}"))), range(20)))

        assert outcomes.count("KnownCustomer") == 19
        with pytest.raises(KnownCustomer):
            kept.record(bought("order 99"))

    def test_whoever_anything_is_kept_of_is_known(self, kept: Referrals) -> None:
        assert not kept.knows(RAVI)
        kept.table.update(Slot.asked(ASHA, "shop").take_request("an answer", NOW, timedelta(days=90)))
        kept.record(bought())

        assert kept.knows(ASHA)
        assert kept.knows(RAVI)
        assert not kept.knows(RAVI[:-1])

    def test_what_was_promised_is_kept_whatever_the_survey_says_later(self) -> None:
        assert (bought().rewards, bought().coupons) == ({"promoter": "tenth"}, COUPONS)
        assert bought().pays_at == NOW + timedelta(days=14)

    def test_where_nothing_is_promised_nothing_is_due(self, kept: Referrals) -> None:
        plain = Referral(target="https://shop.example/")
        order: dict[str, Any] = {"reference": "o", "promoter": ASHA, "customer": RAVI, "value": Decimal(5), "now": NOW}
        free = Conversion.of(plain, "shop", "C", coupons=COUPONS, **order)

        kept.record(free)

        assert "due_kind" not in free.to_item()
        assert kept.begin_to_pay("o", NOW + timedelta(days=999)) is None
        cancelled = kept.cancel("o", NOW)
        assert cancelled
        assert not cancelled.counted

    def test_whose_purchase_was_returned_can_be_referred_again(self, kept: Referrals) -> None:
        kept.record(bought(), Contact(RAVI, "ravi@example.com"))

        assert kept.cancel("order 7", NOW)
        assert not kept.knows(RAVI)
        assert kept.record(bought("order 8"), Contact(RAVI, "ravi@example.com")).counted
        with pytest.raises(NotCancelled):
            kept.cancel("order 7", NOW)
        assert kept.table.get(Conversion.customer_key(RAVI))

    def test_whoever_was_invited_meanwhile_stays_known(self, kept: Referrals) -> None:
        kept.record(bought(), Contact(RAVI, "ravi@example.com"))
        kept.table.update(Contact(RAVI, "ravi@example.com").merge_request())

        kept.cancel("order 7", NOW)

        assert kept.knows(RAVI)

    def test_who_became_known_a_moment_before_was_referred_by_nobody(self, kept: Referrals) -> None:
        kept.table.update(Contact(RAVI, "ravi@example.com").merge_request())

        with pytest.raises(KnownCustomer):
            kept.record(bought(), Contact(RAVI, "ravi@example.com"))

    def test_a_conversion_nobody_reported_is_neither_paid_nor_cancelled(self, kept: Referrals) -> None:
        assert kept.cancel("order 7", NOW) is None
        assert kept.begin_to_pay("order 7", NOW) is None

    @pytest.mark.parametrize("side", ["promoter", "customer"])
    def test_erasing_one_side_leaves_the_other_and_the_value(self, kept: Referrals, side: Any) -> None:
        kept.record(bought())
        without: dict[str, Any] = {side: ""}

        kept.table.update(conversion.erase_request("order 7", {"promoter": ASHA, "customer": RAVI}[side], side))

        assert kept.conversion("order 7") == replace(bought(), **without)


def outcome_of(act: Callable[[int], object]) -> Callable[[int], str]:
    def run(number: int) -> str:
        try:
            act(number)
        except (KnownCustomer, ReferenceUsed, NotCancelled) as refusal:
            return type(refusal).__name__
        return "done"

    return run


@settings(max_examples=60, stateful_step_count=30, deadline=None)
class Programme(RuleBasedStateMachine):
    """Purchases, returns and payments in whatever order: no order counted twice, nothing paid early or returned."""

    orders = st.sampled_from(["o1", "o2", "o3"])

    def __init__(self) -> None:
        super().__init__()
        self.kept = referrals()
        self.now = NOW
        self.recorded: dict[str, Conversion] = {}
        self.states: dict[str, str] = {}

    @rule(order=orders, customer=st.sampled_from([RAVI, "c" * 32]))
    def buy(self, order: str, customer: str) -> None:
        wanted = replace(bought(order, customer), at=self.now, pays_at=self.now + timedelta(days=14))
        known = any(
            each.customer == customer and self.states[name] != "cancelled" for name, each in self.recorded.items()
        )
        before = self.recorded.get(order)
        outcome = outcome_of(lambda _: self.kept.record(wanted))(0)
        if before:
            assert outcome == ("done" if before.customer == customer else "ReferenceUsed")
        else:
            assert outcome == ("KnownCustomer" if known else "done")
            if outcome == "done":
                self.recorded[order], self.states[order] = wanted, "recorded"

    @rule(hours=st.integers(0, 24 * 10))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(order=orders)
    def begin(self, order: str) -> None:
        begun = self.kept.begin_to_pay(order, self.now)
        due = order in self.recorded and self.now >= self.recorded[order].at + timedelta(days=14)
        assert bool(begun) == (due and self.states[order] in ("recorded", "paying"))
        if begun:
            self.states[order] = "paying"

    @rule(order=orders)
    def finish(self, order: str) -> None:
        self.kept.paid(order)
        if self.states.get(order) == "paying":
            self.states[order] = "paid"

    @rule(order=orders)
    def cancel(self, order: str) -> None:
        outcome = outcome_of(lambda _: self.kept.cancel(order, self.now))(0)
        state = self.states.get(order)
        assert outcome == ("done" if state in (None, "recorded") else "NotCancelled")
        if state == "recorded":
            self.states[order] = "cancelled"

    @invariant()
    def what_is_stored_is_what_happened(self) -> None:
        for order, state in self.states.items():
            assert (stored := self.kept.conversion(order))
            assert replace(stored, state="recorded") == self.recorded[order]
            assert stored.state == state
            waits = "due_kind" in (self.kept.table.get(Conversion.key_item(order)) or {})
            assert waits == (state in ("recorded", "paying"))


TestProgramme = Programme.TestCase
