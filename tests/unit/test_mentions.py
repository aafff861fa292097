"""Which words raise a matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.mentions import MOST_TERMS, BadTerms, Mention, excerpt, mentions, parse_terms, words_of


def found(terms: str, text: str) -> list[str]:
    """The parts of a text that mention a term."""
    return [text[mention.start : mention.end] for mention in mentions(parse_terms(terms), text)]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("queue", "The QUEUE, queues and queue's end", ["QUEUE", "queues", "queue's"]),
        ("queues", "one queue", ["queue"]),
        ("template", "'templates' are edit/templates.", ["templates", "templates"]),
        ("delivery", "late deliveries", ["deliveries"]),
        ("box", "two boxes", ["boxes"]),
        ("café", "CAFE, cafés, cafe\u0301", ["CAFE", "cafés", "cafe\u0301"]),
        ("straße", "Strasse", ["Strasse"]),
        ("slow*", "slower and slowly, low", ["slower", "slowly"]),
        ("check out", "check-out or Check\n  out", ["check-out", "Check\n  out"]),
        ("queue", "que\u200bue que\u00adue", ["que\u200bue", "que\u00adue"]),
        ("queue", "queue’s", ["queue’s"]),
        ("10", "a 10 or 100", ["10"]),
    ],
)
def test_a_term_is_found_without_case_and_accents_in_its_forms(term: str, text: str, expected: list[str]) -> None:
    assert found(term, text) == expected


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("check", "checkout"),
        ("out", "checkout"),
        ("check out", "out check"),
        ("template", "templated, tempates"),
        ("i", "is"),
        ("glas", "glass"),
        ("कतार", "कतारबद्ध"),
        ("तार", "कतार"),
        ("طابور", "طوابير"),
    ],
)
def test_a_term_is_not_found_within_another_word(term: str, text: str) -> None:
    assert found(term, text) == []


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("कतार", "लंबी कतारें, कतारों में, कतार।", ["कतारें", "कतारों", "कतार"]),
        ("कहानी", "कहानियाँ", ["कहानियाँ"]),
        ("क़ीमत", "कीमत", ["कीमत"]),
        ("लंबी कतार", "बहुत लंबी कतारें थीं", ["लंबी कतारें"]),
        ("طابور", "الطابور طويل، والطابور بالطَّابُور طابـــور", ["الطابور", "والطابور", "بالطَّابُور", "طابـــور"]),
        ("خدمة", "الخدمه", ["الخدمه"]),
        ("шаблон*", "встроенные Шаблоны", ["Шаблоны"]),
    ],
)
def test_hindi_arabic_and_russian_words_end_where_unicode_says(term: str, text: str, expected: list[str]) -> None:
    assert found(term, text) == expected


def test_several_terms_are_found_in_the_order_of_the_text() -> None:
    text = "The checkout has a queue."
    assert mentions(parse_terms("queue, checkout,, queue"), text) == [
        Mention("checkout", 4, 12),
        Mention("queue", 19, 24),
    ]


@pytest.mark.parametrize("text", ["", " , ,", "!?", "queue, …", "*"])
def test_terms_without_a_word_are_refused(text: str) -> None:
    with pytest.raises(BadTerms):
        parse_terms(text)


def test_too_many_terms_are_refused() -> None:
    with pytest.raises(BadTerms, match="51 terms are too many"):
        parse_terms(",".join(f"word{number}" for number in range(MOST_TERMS + 1)))


@given(st.text())
def test_words_stand_in_the_text_one_after_the_other(text: str) -> None:
    words = list(words_of(text))
    ends = [0, *(word.end for word in words)]
    assert all(end <= word.start < word.end <= len(text) for end, word in zip(ends, words, strict=False))


@given(st.text(alphabet="abcs ’-\u200dकि\u0301"), st.text(alphabet=" .,\n", min_size=1))
def test_every_word_of_a_text_is_found_in_it_whatever_stands_around(text: str, around: str) -> None:
    for word in words_of(text):
        written = text[word.start : word.end]
        assert written in found(written, f"{around}{text}{around}")


@given(st.text(alphabet="ab ", max_size=300), st.text(alphabet="ab ", max_size=300), st.integers(10, 80))
def test_an_excerpt_holds_the_mention_and_is_as_short_as_asked(before: str, after: str, most: int) -> None:
    text = f"{before} queue {after}"
    (mention,) = mentions(parse_terms("queue"), text)
    shown = excerpt(text, mention, most)
    assert "queue" in shown
    assert len(shown) <= most + 2  # a mark at each end
    assert shown.strip("…").strip() in text


def test_an_excerpt_is_cut_between_words_and_says_that_it_is_cut() -> None:
    text = "I waited and waited because the queue was very long on that day"
    (mention,) = mentions(parse_terms("queue"), text)
    assert excerpt(text, mention, 30) == "…because the queue was very…"
    assert excerpt(text, mention, 200) == text
