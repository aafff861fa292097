"""What the widget is told when it wants to ask: everything it needs, or not to ask."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from collect.wiring import wiring
from hearback.contact import Contact, Slot, contact_key
from hearback.nps import category
from hearback.survey import Survey
from tests.conftest import NOW, Answered, Collect


def identity(collect: Collect, **claims: Any) -> str:
    """What the site's server signs, at the test's time."""
    [(key_id, key)] = wiring().identity_keys.at(collect.now).items()
    claims = {"exp": collect.now.timestamp() + 600, **claims}
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": key_id}, claims)]
    signed = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    signature = hmac.digest(key.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def ask(collect: Collect, **wanted: Any) -> Answered:
    return collect.request("POST", "/v1/surveys/shop/tokens", body=wanted)


def ask_as(collect: Collect, again: str = "", **claims: Any) -> Answered:
    return ask(collect, identity=identity(collect, **claims), again=again)


def key_of(collect: Collect, address: str) -> str:
    return contact_key(address, wiring().contact_keys.at(collect.now), address=True)


class TestWhatIsAsked:
    def test_one_answer_holds_all_the_widget_says(self, collect: Collect) -> None:
        answered = ask(collect, locale="hi-IN")

        told = answered.json["ask"]
        assert (answered.status, answered.json["show"]) == (201, True)
        assert (told["locale"], told["direction"], told["quiet_days"]) == ("hi", "ltr", 90)
        assert told["brand"] == {"name": "Chai & Co", "colour": "#0b6b4f", "ink": "#ffffff"}
        assert "Chai & Co" in told["question"]
        assert told["words"]["close"] == "बंद करें"
        assert all(told["words"].values())

    @pytest.mark.parametrize("score", range(11))
    def test_what_follows_a_score_is_what_submitting_it_says(self, collect: Collect, score: int) -> None:
        minted = ask(collect).json

        told = collect.submit(minted["token"], score=score).json

        following = next(each for each in minted["ask"]["follow_up"] if score <= each["until"])
        assert following["thanks"] == told["thanks"]
        reason, *others = following["questions"]
        assert reason == {"id": "", "text": told["question"], "room": 5000, "choices": []}
        assert others == told["questions"]

    def test_no_category_is_named(self, collect: Collect) -> None:
        assert not any(category(score) in ask(collect).text for score in range(11))

    def test_other_programs_get_the_token_alone(self, collect: Collect) -> None:
        assert "ask" not in ask(collect, channel="page").json


class TestKnownPeople:
    def test_the_answer_is_theirs_with_what_the_server_said_of_them(self, collect: Collect) -> None:
        claims = {"email": "Mira@shop.example", "name": "Mira", "dimensions": {"store": "pune"}}
        minted = ask(collect, identity=identity(collect, **claims), dimensions={"touchpoint": "checkout"})

        collect.submit(minted.json["token"], score=2)

        [response] = collect.stored()
        key = key_of(collect, "mira@shop.example")
        assert (response.contact, response.channel) == (key, "widget")
        assert response.dimensions == {"store": "pune", "touchpoint": "checkout"}
        assert collect.tables.people.contact(key) == Contact(key, "Mira@shop.example", "Mira")

    def test_the_server_is_believed_rather_than_the_page(self, collect: Collect) -> None:
        signed = identity(collect, sub="u-17", dimensions={"touchpoint": "delivery"})
        minted = ask(collect, identity=signed, dimensions={"touchpoint": "checkout"})

        collect.submit(minted.json["token"], score=9)

        assert collect.stored()[0].dimensions == {"touchpoint": "delivery"}

    def test_no_token_holds_an_address(self, collect: Collect) -> None:
        token = str(ask_as(collect, email="mira@shop.example").json["token"])

        payload = token.partition(".")[0]
        assert b"mira" not in base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))

    @pytest.mark.parametrize("said", ["mira@shop.example", "e30.e30.e30"])
    def test_a_pages_own_word_is_refused(self, collect: Collect, said: str) -> None:
        answered = ask(collect, identity=said)

        assert answered.status == 400
        assert answered.json["type"] == "/problems/identity-refused"
        assert answered.json["errors"][0]["pointer"] == "#/identity"
        assert said not in answered.text

    def test_a_dimension_that_is_not_declared_is_refused_even_from_the_server(self, collect: Collect) -> None:
        answered = ask_as(collect, email="mira@shop.example", dimensions={"store": "mars"})

        assert (answered.status, answered.json["type"]) == (422, "/problems/dimension-refused")
        assert ask_as(collect, email="mira@shop.example").json["show"]  # and counts as not asked


class TestAskingFairly:
    def test_a_known_person_is_asked_once_within_the_quiet_period(self, collect: Collect, survey: Survey) -> None:
        first = ask_as(collect, email="mira@shop.example")
        collect.now += survey.quiet - timedelta(seconds=1)
        second = ask_as(collect, email="MIRA@shop.example")
        collect.now += timedelta(seconds=1)
        third = ask_as(collect, email="mira@shop.example")

        assert first.json["show"]
        assert (second.status, second.json) == (200, {"show": False})
        assert third.json["show"]

    def test_who_was_invited_by_mail_is_not_asked_by_the_widget_as_well(self, collect: Collect, survey: Survey) -> None:
        slot = Slot.asked(key_of(collect, "mira@shop.example"), "shop")
        collect.tables.people.take(slot, "shop.0" + "0" * 26, NOW - timedelta(days=1), survey.quiet)

        assert ask_as(collect, email="mira@shop.example").json == {"show": False}

    def test_an_ask_that_goes_on_on_another_page_is_the_same_one_with_that_pages_dimensions(
        self, collect: Collect
    ) -> None:
        signed = identity(collect, email="mira@shop.example")
        first = ask(collect, identity=signed, dimensions={"touchpoint": "delivery"}).json

        collect.now += timedelta(minutes=5)
        again = ask(collect, identity=signed, dimensions={"touchpoint": "checkout"}, again=first["token"]).json

        assert (again["response"], again["expires_at"]) == (first["response"], first["expires_at"])
        collect.submit(again["token"], score=9)
        assert [response.dimensions for response in collect.stored()] == [{"touchpoint": "checkout"}]
        assert ask_as(collect, email="mira@shop.example").json == {"show": False}

    def test_what_somebody_else_was_asked_goes_on_for_nobody(self, collect: Collect) -> None:
        mira, anybody = ask_as(collect, email="mira@shop.example").json, ask(collect).json

        assert ask(collect, again=mira["token"]).json["response"] != mira["response"]
        assert ask_as(collect, email="mira@shop.example", again=anybody["token"]).json == {"show": False}
        assert ask(collect, again="forged").json["show"]
        assert ask(collect, again=anybody["token"]).json["response"] == anybody["response"]

    def test_whom_the_widget_asked_is_not_invited_by_mail_as_well(self, collect: Collect, survey: Survey) -> None:
        ask_as(collect, email="mira@shop.example")

        slot = Slot.asked(key_of(collect, "mira@shop.example"), "shop")
        assert not collect.tables.people.take(slot, "an invitation", NOW + timedelta(days=1), survey.quiet)

    def test_who_is_not_asked_leaves_no_details(self, collect: Collect) -> None:
        ask_as(collect, email="mira@shop.example")

        ask_as(collect, email="mira@shop.example", name="Somebody Else")

        contact = collect.tables.people.contact(key_of(collect, "mira@shop.example"))
        assert contact is not None
        assert contact.name == ""

    def test_a_person_of_another_system_has_no_details_and_is_asked_all_the_same(self, collect: Collect) -> None:
        assert ask_as(collect, sub="u-17").json["show"]
        assert ask_as(collect, sub="u-18").json["show"]
        assert ask_as(collect, sub="u-17").json == {"show": False}

    def test_of_strangers_nothing_is_kept(self, collect: Collect) -> None:
        before = collect.tables.directory.client.scan(TableName=collect.tables.directory.name)["Count"]

        assert ask(collect).json["show"]
        assert ask(collect).json["show"]

        assert collect.tables.directory.client.scan(TableName=collect.tables.directory.name)["Count"] == before
