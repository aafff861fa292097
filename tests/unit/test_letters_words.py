"""How strangers' words are made printable and how plain text is wrapped."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.layout import wrap
from followup.words import BIDI, one_line, shorten


@given(st.text())
def test_what_is_printed_is_one_line_without_control_characters(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not BIDI & set(line)
    assert not {"Cc", "Cs"} & {unicodedata.category(letter) for letter in line}
    assert one_line(line) == line


@pytest.mark.parametrize("text", ["क्‍ष", "👨‍👩‍👧", "می‌خواهم"])
def test_joiners_stay_because_scripts_and_emoji_are_made_of_them(text: str) -> None:
    assert one_line(text) == text


@given(st.text(), st.integers(min_value=2, max_value=300))
def test_shortened_text_is_never_longer_than_allowed(text: str, most: int) -> None:
    short = shorten(text, most)
    assert len(short) <= most
    assert short == one_line(text) or short.endswith("…")


def test_text_is_cut_between_words() -> None:
    assert shorten("The queue at the till took forty minutes", 20) == "The queue at the…"


def test_one_long_word_is_cut_inside() -> None:
    assert shorten("x" * 50, 10) == "x" * 9 + "…"


@given(st.text(alphabet=st.sampled_from("ab >-\nक।"), max_size=400))
def test_wrapping_loses_no_word(text: str) -> None:
    def words(printed: str) -> list[str]:
        return [word for word in printed.replace(">", " ").replace("-", " ").split() if word]

    assert words(wrap(text)) == words(text)


def test_paragraphs_are_wrapped_at_72_columns() -> None:
    lines = wrap("four " * 100).splitlines()
    assert [len(line) for line in lines] == [69] * 7 + [9]


def test_an_address_that_ends_a_line_stays_on_it() -> None:
    line = "Unsubscribe: https://chai.example/u/" + "t" * 200
    assert wrap(line) == line + "\n"


def test_further_lines_of_a_quotation_and_of_a_list_item_are_set_in() -> None:
    assert wrap("  > " + "word " * 20).splitlines()[1].startswith("  > word")
    assert wrap("- " + "word " * 20).splitlines()[1].startswith("  word")


def test_paragraphs_are_one_empty_line_apart() -> None:
    assert wrap("\n\none\n\n\n\ntwo\n\n") == "one\n\ntwo\n"
