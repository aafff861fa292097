"""Identities that a site's server signs: taken when they are whole, fresh and made with our key, and only then."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect.identity import LONGEST, verify
from collect.problems import Problem
from hearback.clock import SKEW
from hearback.contact import Contact, contact_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = NOW.timestamp() + 600
KEYS = {"k1": "first secret", "k2": "second secret"}
CONTACT_KEYS = {"k1": "contact secret"}


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(claims: Any, *, key_id: str = "k1", key: str = KEYS["k1"], alg: str = "HS256", **more: Any) -> str:
    """A JSON Web Token as any library makes it."""
    parts = [{"typ": "JWT", "alg": alg, "kid": key_id, **more}, claims]
    signed = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{signed}.{encode(hmac.digest(key.encode(), signed.encode(), hashlib.sha256))}"


def refusal(text: str, now: datetime = NOW) -> str:
    with pytest.raises(Problem) as refused:
        verify(text, KEYS, now)
    assert (refused.value.kind, refused.value.status) == ("identity-refused", 400)
    return refused.value.detail


def test_a_signed_address_is_the_person_that_mails_go_to() -> None:
    identity = verify(sign({"email": " Mira@Shop.example ", "name": "Mira", "exp": SOON}), KEYS, NOW)

    key = contact_key("mira@shop.example", CONTACT_KEYS, address=True)
    assert identity.contact(CONTACT_KEYS) == Contact(key, "Mira@Shop.example", "Mira")


def test_a_signed_id_is_the_person_of_another_system() -> None:
    identity = verify(sign({"sub": "u-17", "iat": 1, "exp": SOON, "dimensions": {"plan": "team"}}), KEYS, NOW)

    assert identity.contact(CONTACT_KEYS) == Contact(contact_key("u-17", CONTACT_KEYS, address=False))
    assert identity.dimensions == {"plan": "team"}


def test_the_token_of_the_standards_own_example_has_the_right_shape() -> None:
    """RFC 7515, A.1: signed by somebody else, so its key is not found, but it is read."""
    header = encode(b'{"typ":"JWT",\r\n "alg":"HS256","kid":"joe"}')

    assert "signature" in refusal(f"{header}.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")


def test_each_key_of_the_secret_signs_until_it_is_taken_away() -> None:
    text = sign({"sub": "u", "exp": SOON}, key_id="k2", key=KEYS["k2"])

    assert verify(text, KEYS, NOW).sub == "u"
    with pytest.raises(Problem):
        verify(text, {"k1": KEYS["k1"]}, NOW)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mira@shop.example", "no JSON Web Token"),
        ("", "no JSON Web Token"),
        (sign({"sub": "u", "exp": SOON}, key="another secret"), "signature"),
        (sign({"sub": "u", "exp": SOON}, key_id="k2"), "signature"),
        (sign({"sub": "u", "exp": SOON}, key_id="k9"), "signature"),
        (sign({"sub": "u", "exp": SOON}, alg="none"), "no JSON Web Token"),
        (sign({"sub": "u", "exp": SOON}, alg="RS256"), "no JSON Web Token"),
        (sign({"sub": "u", "exp": SOON}).rpartition(".")[0] + ".", "signature"),
        (sign({"sub": "u"}), "exp"),
        (sign({"sub": "u", "exp": str(SOON)}), "exp"),
        (sign({"sub": "u", "exp": (NOW + LONGEST + SKEW + timedelta(seconds=1)).timestamp()}), "24 hours"),
        (sign({"sub": "u", "exp": SOON, "nbf": (NOW + SKEW + timedelta(seconds=1)).timestamp()}), "nbf"),
        (sign({"sub": "u", "exp": SOON, "nbf": "now"}), "nbf"),
        (sign({"sub": "u", "exp": SOON}, crit=["b64"], b64=False), "crit"),
        (sign({"sub": "u", "exp": SOON}, crit=[]), "crit"),
        (sign({"exp": SOON}), "email or sub"),
        (sign({"sub": "u", "email": "u@shop.example", "exp": SOON}), "email or sub"),
        (sign({"sub": "", "exp": SOON}), "sub"),
        (sign({"sub": " \t", "exp": SOON}), "sub: this must not be blank"),
        (sign(["sub"]), "claims"),
    ],
)
def test_what_cannot_be_trusted_is_refused_and_the_integrator_learns_why(text: str, why: str) -> None:
    assert why in refusal(text)


def test_an_identity_ends_when_it_says() -> None:
    text = sign({"sub": "u", "exp": SOON})
    end = datetime.fromtimestamp(SOON, UTC)

    assert verify(text, KEYS, end - timedelta(milliseconds=1)).sub == "u"
    assert "expired" in refusal(text, end)


def test_a_server_whose_clock_is_a_little_ahead_signs_what_the_documentation_says() -> None:
    its_now = NOW + SKEW
    claims = {"sub": "u", "iat": its_now.timestamp(), "nbf": its_now.timestamp()}

    assert verify(sign({**claims, "exp": (its_now + LONGEST).timestamp()}), KEYS, NOW).sub == "u"


def test_a_signed_word_that_is_no_address_is_refused() -> None:
    with pytest.raises(Problem, match="identity-refused"):
        verify(sign({"email": "mira", "exp": SOON}), KEYS, NOW).contact(CONTACT_KEYS)


@given(st.integers(0, 10_000), st.characters())
def test_no_changed_identity_passes(place: int, letter: str) -> None:
    text = sign({"sub": "u", "exp": SOON})
    place %= len(text)
    forged = text[:place] + letter + text[place + 1 :]

    if forged != text:
        refusal(forged)


@given(st.text(max_size=300))
def test_no_invented_identity_passes(text: str) -> None:
    refusal(text)
