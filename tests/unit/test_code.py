"""Codes: hard to guess, easy to read aloud, forgiving when typed."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback import code
from hearback.fact import CROCKFORD


@given(st.binary(min_size=7, max_size=7))
def test_a_code_is_read_back_however_it_is_typed(secret: bytes) -> None:
    minted = code.mint(lambda _: secret)
    shown = code.shown(minted)

    for typed in (minted, shown, shown.lower(), f"  {shown} ", " ".join(minted), minted.replace("0", "O")):
        assert code.read(typed) == minted
    assert code.read(minted.replace("1", "l")) == code.read(minted.replace("1", "I")) == minted


def test_every_bit_of_fifty_makes_another_code() -> None:
    numbers = iter([1 << bit for bit in range(50)])

    codes = {code.mint(lambda length: next(numbers).to_bytes(length, "big")) for _ in range(50)}

    assert len(codes) == 50


def test_ten_thousand_codes_are_different_and_use_every_letter() -> None:
    codes = {code.mint(os.urandom) for _ in range(10_000)}

    assert len(codes) == 10_000
    assert {letter for each in codes for letter in each} == set(CROCKFORD)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_the_same_words_give_the_same_code_and_others_another(words: list[str]) -> None:
    derived = code.derived(*words)

    assert code.read(derived) == derived == code.derived(*words)
    for others in ([*words, ""], [words[0] + "x", *words[1:]]):
        assert code.derived(*others) != derived


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7KQ2M",
        "7KQ2M-9XW4T-1",
        "7KQ2M-9XW4U",
        "7KQ2M/9XW4T",
        "७KQ2M-9XW4T",
        "7KQ2M\u20119XW4T",
        "7" * 5000,
        "../../etc",
    ],
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert code.read(typed) is None
