"""Signed tokens: what was signed is read back, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.signing_key import signing_key
from hearback.token import Token, TokenRefused, sign, verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = {"k1": "first secret", "k2": "second secret"}
TOKEN = Token("answer", "store.0" + "0" * 26, NOW + timedelta(days=1), "c" * 32, {"region": "उत्तर"}, "mail", "hi")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4), st.text(max_size=40))
def test_a_token_is_read_back_as_it_was_signed(dimensions: dict[str, str], contact: str) -> None:
    token = Token("answer", "store.x", NOW + timedelta(days=1), contact, dimensions)

    assert verify(sign(token, KEYS), KEYS, "answer", NOW) == token


@given(st.integers(0, 10_000), st.characters())
def test_no_changed_token_passes(place: int, letter: str) -> None:
    text = sign(TOKEN, KEYS)
    place %= len(text)
    forged = text[:place] + letter + text[place + 1 :]

    if forged != text:
        with pytest.raises(TokenRefused):
            verify(forged, KEYS, "answer", NOW)


@given(st.text(max_size=300))
def test_no_invented_token_passes(text: str) -> None:
    with pytest.raises(TokenRefused):
        verify(text, KEYS, "answer", NOW)


def test_a_token_outlives_the_rotation_of_its_key() -> None:
    signed_before = sign(TOKEN, {"k1": KEYS["k1"]})

    assert verify(signed_before, KEYS, "answer", NOW) == TOKEN


@pytest.mark.parametrize(
    ("ids", "greatest"),
    [
        ({"k1", "k2"}, "k2"),
        ({"k1", "k2", "k9", "k10"}, "k10"),
        ({"2026-9", "2026-10"}, "2026-10"),
        ({"k1-old", "k2"}, "k2"),
        ({"1", "k1"}, "k1"),
    ],
)
def test_the_greatest_id_signs_as_people_count(ids: set[str], greatest: str) -> None:
    assert signing_key(ids) == greatest
    assert sign(TOKEN, dict.fromkeys(ids, "secret")).split(".")[1] == greatest


def test_a_key_that_was_taken_away_signs_no_more() -> None:
    with pytest.raises(TokenRefused):
        verify(sign(TOKEN, {"k1": KEYS["k1"]}), {"k2": KEYS["k2"]}, "answer", NOW)


def test_a_token_serves_one_purpose() -> None:
    with pytest.raises(TokenRefused):
        verify(sign(TOKEN, KEYS), KEYS, "unsubscribe", NOW)


def test_a_late_guest_is_told_from_a_forger() -> None:
    with pytest.raises(TokenRefused) as refusal:
        verify(sign(TOKEN, KEYS), KEYS, "answer", TOKEN.expires_at)

    assert refusal.value.expired


def test_an_endless_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(TokenRefused):
        verify("a" * 10_000_000, KEYS, "answer", NOW)


@pytest.mark.parametrize(("holder", "survey"), [("asha", ""), ("", "store"), ("asha", "store")])
def test_whom_a_link_was_given_to_and_which_survey_it_came_from_are_read_back(holder: str, survey: str) -> None:
    token = Token("unsubscribe", "c0ffee", NOW + timedelta(days=1), holder=holder, survey=survey)

    assert verify(sign(token, KEYS), KEYS, "unsubscribe", NOW) == token


def test_a_link_to_unsubscribe_from_before_links_named_their_survey_is_still_one() -> None:
    made_before = "WyJ1IiwiYzBmZmVlIiwxNzcyNDUyODAwLCIiLHt9LCJwYWdlIiwiaGkiXQ.k1.qn7IxqpSyXzYIYL_TvECww"

    token = verify(made_before, KEYS, "unsubscribe", NOW)

    assert (token.subject, token.locale, token.survey) == ("c0ffee", "hi", "")
