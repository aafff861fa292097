"""A testimonial holds while its answer says what it said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hearback.fact import FactId
from hearback.response import Answer, Response
from hearback.testimonial import Testimonial
from tests.conftest import NOW

ANSWER = Response(
    FactId.of_row("shop", "1", NOW), 10, NOW, "2026-03-04", comment="The samosas! I dream of them.", contact="a" * 32
)


@pytest.fixture
def consented() -> Testimonial:
    return Testimonial.of(ANSWER, "The samosas!", "Asha, Pune", NOW, 1_800_000_000)


def test_it_is_what_it_was_when_it_is_read_back(consented: Testimonial) -> None:
    assert Testimonial.from_item(consented.to_item()) == consented


@pytest.mark.parametrize(
    ("words", "in_comment", "whole"),
    [
        ("The samosas! I dream of them.", True, True),
        ("The samosas!\nI dream of  them.", True, True),
        ("The samosas!", True, False),
        ("They stole my data.", False, False),
    ],
)
def test_it_tells_whether_its_words_are_those_of_the_answer(words: str, in_comment: bool, whole: bool) -> None:
    given = Testimonial.of(ANSWER, words, "", NOW, 0)

    assert (given.in_comment, given.is_whole(ANSWER)) == (in_comment, whole)


def test_it_holds_while_the_answer_stands(consented: Testimonial) -> None:
    assert consented.holds(ANSWER)
    assert consented.holds(replace(ANSWER, score=9))
    assert consented.holds(None)  # its answer's retention ended first


def test_other_words_need_another_consent(consented: Testimonial) -> None:
    assert not consented.holds(replace(ANSWER, comment="The samosas were cold."))


def test_praise_is_not_quoted_of_somebody_who_gives_another_category_now(consented: Testimonial) -> None:
    nine = ANSWER.amended(Answer(9), NOW + timedelta(minutes=1))
    three = nine.amended(Answer(3), NOW + timedelta(minutes=2))

    assert consented.holds(nine)
    assert consented.lapse(three) == "its score went from 10 to 3"
    assert consented.holds(three.amended(Answer(10), NOW + timedelta(minutes=3)))


def test_who_consents_after_the_change_is_taken_at_their_word(consented: Testimonial) -> None:
    three = ANSWER.amended(Answer(3), NOW + timedelta(minutes=1))

    assert replace(consented, at=NOW + timedelta(minutes=2)).holds(three)


def test_an_erased_or_excluded_answer_is_not_quoted(consented: Testimonial) -> None:
    assert not consented.holds(ANSWER.erase())
    assert not consented.holds(ANSWER.exclude("a machine gave it"))
