"""People are keyed by what nobody can read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.contact import BadAddress, Contact, contact_key, normalise_address

KEYS = {"k1": "secret"}


@pytest.mark.parametrize("spelling", ["Asha@Example.com", "  asha@example.com\n", "ASHA@EXAMPLE.COM"])
def test_every_spelling_of_an_address_is_one_person(spelling: str) -> None:
    assert contact_key(spelling, KEYS, address=True) == contact_key("asha@example.com", KEYS, address=True)


def test_a_key_shows_nothing_of_the_address() -> None:
    key = contact_key("asha@example.com", KEYS, address=True)

    assert len(key) == 32
    assert "asha" not in key


def test_a_key_is_made_with_the_newest_secret_as_people_count() -> None:
    secrets = {"k9": "ninth", "k10": "tenth"}

    key = contact_key("asha@example.com", secrets, address=True)

    assert key == contact_key("asha@example.com", {"k10": "tenth"}, address=True)


def test_another_system_s_id_is_not_an_address() -> None:
    assert contact_key("asha@example.com", KEYS, address=False) != contact_key("asha@example.com", KEYS, address=True)


@pytest.mark.parametrize(
    "text",
    ["", "asha", "asha@", "@example.com", "a b@example.com", "asha@localhost", "a@b@example.com",
     "asha@example.com\nBcc: x@example.com", "asha@.com", "asha@example.com.", "<asha@example.com>",
     "a" * 250 + "@example.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        normalise_address(text)


@given(st.text(max_size=60))
def test_normalising_is_final(text: str) -> None:
    try:
        once = normalise_address(text)
    except BadAddress:
        return

    assert normalise_address(once) == once


def test_what_is_not_known_is_not_overwritten() -> None:
    request = Contact("abc", email="asha@example.com").merge_request()

    assert request["ExpressionAttributeValues"] == {":email": "asha@example.com"}
