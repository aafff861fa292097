"""Referral links are followed to the survey's target, and only there; conversions are recorded once."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collect.wiring import wiring
from hearback import referral
from hearback.aws.referrals import Referrals
from hearback.contact import Contact, Slot, contact_key
from hearback.referral import ReferralLink
from hearback.survey import Survey
from tests.conftest import NOW, Answered, Collect

TARGET = "https://shop.example/welcome?from=friend"
REWARDED: dict[str, Any] = {
    "coupons": {"tenth": {"text": "10% off"}, "fifth": {"text": "20% off"}},
    "referral": {"target": TARGET, "currency": "EUR", "rewards": {"promoter": "tenth", "friend": "fifth"}},
}


@pytest.fixture
def survey(survey: Survey) -> Survey:
    return Survey.model_validate({**survey.model_dump(exclude_defaults=True), **REWARDED})


@pytest.fixture
def referrals(collect: Collect) -> Referrals:
    return Referrals(collect.tables.directory)


@pytest.fixture
def link(collect: Collect, referrals: Referrals) -> ReferralLink:
    return referrals.link_of(key_of("asha@example.com"), "shop", NOW)


def key_of(address: str) -> str:
    return contact_key(address, wiring().contact_keys.at(NOW), address=True)


def report(collect: Collect, link: ReferralLink, **said: Any) -> Answered:
    body = {
        "code": link.shown,
        "reference": "order 1042",
        "customer": "ravi@example.com",
        "value": "120.00",
        "currency": "EUR",
    }
    return collect.request("POST", "/v1/machine/conversions", body={**body, **said})


def kind(answer: Answered) -> str:
    return str(answer.json["type"]).removeprefix("/problems/")


class TestFollowing:
    def test_a_link_leads_to_the_target_with_its_code_and_is_counted(
        self, collect: Collect, referrals: Referrals, link: ReferralLink
    ) -> None:
        followed = collect.request("GET", f"/r/{link.shown.lower()}")

        assert followed.status == 302
        assert followed.headers["location"] == f"{TARGET}&ref={link.shown}"
        assert followed.headers["cache-control"] == "no-store"
        assert referrals.link(link.code) == replace(link, clicks=1)

    @pytest.mark.parametrize(
        ("method", "headers"),
        [
            ("HEAD", {}),
            ("GET", {"sec-purpose": "prefetch;prerender"}),
            ("GET", {"purpose": "prefetch"}),
            ("GET", {"x-moz": "prefetch"}),
        ],
    )
    def test_looking_ahead_is_no_click(
        self, collect: Collect, referrals: Referrals, link: ReferralLink, method: str, headers: dict[str, str]
    ) -> None:
        followed = collect.request(method, f"/r/{link.shown}", headers=headers)

        assert (followed.status, followed.headers["location"]) == (302, f"{TARGET}&ref={link.shown}")
        assert referrals.link(link.code) == link

    def test_nothing_of_a_request_reaches_the_target(self, collect: Collect, link: ReferralLink) -> None:
        hostile = "https://evil.example/"

        followed = collect.request(
            "GET",
            f"/r/{link.shown}",
            query=f"url={quote(hostile)}&ref=evil&target={quote(hostile)}",
            headers={"host": "evil.example", "x-forwarded-host": "evil.example", "referer": hostile},
        )

        assert followed.headers["location"] == f"{TARGET}&ref={link.shown}"

    def test_an_unknown_code_is_told_kindly(self, collect: Collect, link: ReferralLink) -> None:
        page = collect.request("GET", "/r/XXXXX-XXXXX", headers={"accept-language": "fr"})

        assert page.status == 404
        assert "<h1>" in page.text
        assert "location" not in page.headers

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.one_of(
            st.text(min_size=1, max_size=60),
            st.sampled_from(
                ["//evil.example", "https://evil.example", "..", "7KQ2M-9XW4T\r\nLocation: //evil.example"]
            ),
        ),
        st.dictionaries(
            st.sampled_from(["host", "x-forwarded-host", "origin"]), st.sampled_from(["evil.example", "x"])
        ),
    )
    def test_no_code_leads_to_anywhere_that_no_survey_declares(
        self, collect: Collect, link: ReferralLink, code: str, headers: dict[str, str]
    ) -> None:
        event = collect.event("GET", "/r/x", headers=headers)
        event["pathParameters"]["code"] = code

        followed = collect.handle(event)

        assert followed.status == 404
        assert "location" not in followed.headers

    def test_a_survey_that_declares_no_target_any_more_leads_nowhere(
        self, collect: Collect, survey: Survey, link: ReferralLink
    ) -> None:
        collect.tables.people.put_survey(survey.model_copy(update={"referral": None}), NOW)

        assert collect.request("GET", f"/r/{link.shown}").status == 404


class TestConverting:
    def test_a_conversion_is_recorded_with_what_it_earns(
        self, collect: Collect, referrals: Referrals, link: ReferralLink
    ) -> None:
        answer = report(collect, link)

        assert answer.status == 201
        assert answer.json == {
            "reference": "order 1042",
            "survey": "shop",
            "value": "120.00",
            "currency": "EUR",
            "state": "recorded",
            "rewards_at": "2026-03-18T10:30:00+00:00",
        }
        stored = referrals.conversion("order 1042")
        assert stored
        assert (stored.promoter, stored.customer) == (link.contact, key_of("ravi@example.com"))
        assert stored.rewards == {"promoter": "tenth", "friend": "fifth"}
        assert collect.tables.people.contact(stored.customer) == Contact(stored.customer, "ravi@example.com")

    def test_reported_again_it_is_told_the_same(self, collect: Collect, link: ReferralLink) -> None:
        first = report(collect, link)

        assert report(collect, link, value=120).json == first.json
        assert report(collect, link, customer=" RAVI@example.com").json == first.json

    def test_another_purchase_under_the_reference_is_refused(self, collect: Collect, link: ReferralLink) -> None:
        report(collect, link)

        assert kind(report(collect, link, value=99)) == "reference-used"
        assert kind(report(collect, link, customer="meera@example.com")) == "reference-used"

    def test_nobody_refers_themselves(self, collect: Collect, referrals: Referrals, link: ReferralLink) -> None:
        answer = report(collect, link, customer="Asha@Example.com")

        assert (answer.status, kind(answer)) == (409, "self-referral")
        assert referrals.conversion("order 1042") is None

    @pytest.mark.parametrize("customer", ["asha+1@example.com", "Asha+friend@Example.com"])
    def test_nobody_refers_themselves_under_another_name_of_their_mailbox(
        self, collect: Collect, referrals: Referrals, link: ReferralLink, customer: str
    ) -> None:
        collect.tables.people.merge_contact(Contact(link.contact, "asha+shop@example.com"))

        assert kind(report(collect, link, customer=customer)) == "self-referral"
        assert referrals.conversion("order 1042") is None
        assert report(collect, link, customer="asha+1@example.org").status == 201

    @pytest.mark.parametrize("value", ["0.00", "-0.00", 0])
    def test_a_purchase_of_nothing_is_recorded_and_earns_nothing(
        self, collect: Collect, referrals: Referrals, link: ReferralLink, value: str | int
    ) -> None:
        answer = report(collect, link, value=value)

        assert (answer.status, answer.json["value"], answer.json["rewards_at"]) == (201, "0.00", None)
        stored = referrals.conversion("order 1042")
        assert stored
        assert stored.rewards == {}

    @pytest.mark.parametrize("blank", [" ", "   ", "\u200b", "\u2060\u3000"])
    def test_a_name_that_nobody_can_see_is_refused(self, collect: Collect, link: ReferralLink, blank: str) -> None:
        for field in ("customer", "reference"):
            answer = report(collect, link, **{field: blank})
            assert (answer.status, answer.json["detail"]) == (422, f"#/{field}: this must not be blank.")

    def test_an_address_that_is_none_is_refused_by_the_name_of_its_field(
        self, collect: Collect, link: ReferralLink
    ) -> None:
        answer = report(collect, link, customer="x@@y")

        assert answer.json["detail"] == "#/customer: this is not an e-mail address."
        assert [fault["pointer"] for fault in answer.json["errors"]] == ["#/customer"]

    def test_whoever_was_asked_mailed_or_converted_before_is_no_new_customer(
        self, collect: Collect, link: ReferralLink
    ) -> None:
        collect.tables.people.merge_contact(Contact(key_of("known@example.com"), "known@example.com"))
        slot = Slot.asked(key_of("asked@example.com"), "other")
        collect.tables.people.take(slot, "x", NOW, collect.survey.quiet)
        report(collect, link)

        for customer in ("known@example.com", "asked@example.com", "ravi@example.com"):
            assert kind(report(collect, link, customer=customer, reference="order 2")) == "known-customer"

    def test_a_customer_may_be_named_by_another_system_s_id(self, collect: Collect, link: ReferralLink) -> None:
        assert report(collect, link, customer="customer 17").status == 201
        assert kind(report(collect, link, customer="customer 17", reference="order 2")) == "known-customer"

    @pytest.mark.parametrize(
        ("said", "status", "problem"),
        [
            ({"code": "XXXXX-XXXXX"}, 404, "unknown-code"),
            ({"code": "nonsense"}, 404, "unknown-code"),
            ({"currency": "USD"}, 422, "foreign-currency"),
            ({"currency": "eur"}, 422, "invalid-body"),
            ({"value": "-1"}, 422, "invalid-body"),
            ({"value": "1.005"}, 422, "invalid-body"),
            ({"value": "much"}, 422, "invalid-body"),
            ({"value": "NaN"}, 422, "invalid-body"),
            ({"value": "1e400"}, 422, "invalid-body"),
            ({"value": None}, 422, "invalid-body"),
            ({"value": True}, 422, "invalid-body"),
            ({"customer": "ravi@"}, 422, "invalid-body"),
            ({"reference": ""}, 422, "invalid-body"),
            ({"reference": "a\x00b"}, 422, "invalid-body"),
        ],
    )
    def test_what_cannot_be_is_refused_and_stores_nothing(
        self, collect: Collect, link: ReferralLink, said: dict[str, Any], status: int, problem: str
    ) -> None:
        before = collect.tables.directory.scan_page({})

        answer = report(collect, link, **said)

        assert (answer.status, kind(answer)) == (status, problem)
        assert collect.tables.directory.scan_page({}) == before

    def test_an_erased_promoter_s_link_earns_nothing_but_what_was_recorded_is_told(
        self, collect: Collect, link: ReferralLink
    ) -> None:
        recorded = report(collect, link)
        collect.tables.directory.update(referral.erase_request(link.code, link.contact))

        assert report(collect, link).json == recorded.json
        assert kind(report(collect, link, reference="order 2", customer="meera@example.com")) == "code-erased"

    def test_without_a_reward_for_the_friend_their_address_is_not_kept(
        self, collect: Collect, survey: Survey, link: ReferralLink
    ) -> None:
        plain = Survey.model_validate({**survey.model_dump(exclude_defaults=True), "referral": {"target": TARGET}})
        collect.tables.people.put_survey(plain, NOW)

        answer = report(collect, link, currency="USD", value=5)

        assert answer.json["rewards_at"] is None
        assert "ravi@example.com" not in str(collect.tables.directory.scan_page({}))
