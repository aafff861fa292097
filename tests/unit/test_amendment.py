"""An answer that was changed: what it was before, and with which score its words were written."""

from datetime import timedelta

import pytest

from hearback.amendment import Before, Version, before, score_of_words, versions_before, words_fit
from hearback.fact import FactId
from hearback.response import Answer, Response
from tests.conftest import NOW


def answered(*said: Answer) -> Response:
    """A response and its changes, a minute apart."""
    first, *changes = said
    fact = FactId.mint("shop", 4, NOW, bytes(10))
    response = Response(fact, first.score or 0, NOW, "2026-03-04", comment=first.comment or "")
    for minutes, change in enumerate(changes, 1):
        response = response.amended(change, NOW + timedelta(minutes=minutes))
    return Response.from_item(response.to_item())


@pytest.mark.parametrize(
    ("said", "score", "fit"),
    [
        ([Answer(10, "Praise")], 10, True),
        ([Answer(10), Answer(None, "Praise")], 10, True),
        ([Answer(10, "Praise"), Answer(3)], 10, False),
        ([Answer(10), Answer(None, "Praise"), Answer(8), Answer(3)], 10, False),
        ([Answer(10, "Praise"), Answer(3), Answer(None, "A complaint")], 3, True),
        ([Answer(10, "Praise"), Answer(3, "A complaint")], 3, True),
        ([Answer(10, "Praise"), Answer(3, "A complaint"), Answer(9)], 3, False),
        ([Answer(10, "Praise"), Answer(3), Answer(9)], 10, True),
        ([Answer(9, "Praise"), Answer(10)], 9, True),
    ],
)
def test_words_belong_to_the_score_they_were_written_with(said: list[Answer], score: int, fit: bool) -> None:
    response = answered(*said)

    assert (score_of_words(response), words_fit(response)) == (score, fit)


def test_it_was_what_it_was_until_its_category_changed() -> None:
    changed = answered(Answer(10), Answer(9), Answer(3), Answer(2), Answer(2, "A complaint"))

    assert before(changed) == Before(9, NOW + timedelta(minutes=2))
    assert before(answered(Answer(10), Answer(9))) is None
    assert before(answered(Answer(3))) is None


def test_words_that_follow_their_score_change_nothing_that_a_caller_must_know() -> None:
    assert list(versions_before(answered(Answer(5), Answer(None, "Cold", {"topic": "price"})))) == []
    assert list(versions_before(answered(Answer(5), Answer(answers={"topic": "price"}), Answer(None, "Cold")))) == []


def test_other_scores_and_words_that_were_taken_back_are_told_newest_first() -> None:
    changed = answered(Answer(9, "Praise"), Answer(3), Answer(None, "A complaint"), Answer(None, None, {"topic": "x"}))

    assert list(versions_before(changed)) == [
        Version(3, NOW + timedelta(minutes=2), "Praise"),
        Version(9, NOW + timedelta(minutes=1), ""),
    ]
