"""A response grows by versions and never loses what it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearback.fact import FactId
from hearback.response import MOST_VERSIONS, AmendmentRefused, Answer, Response

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESPONSE = Response(
    FactId.mint("store", 4, NOW, b"0123456789"),
    score=3,
    answered_at=NOW,
    day="2026-03-01",
    comment="The queue was long.",
    dimensions={"region": "North"},
    contact="c" * 32,
    expires_at=1,
)


def test_an_amendment_grows_the_version_and_keeps_what_was_said() -> None:
    amended = RESPONSE.amended(Answer(score=8, comment="They called me. Fine now."), NOW + timedelta(minutes=5))

    assert (amended.version, amended.score, amended.comment) == (2, 8, "They called me. Fine now.")
    assert amended.history[0]["score"] == 3
    assert amended.history[0]["comment"] == "The queue was long."
    assert amended.day == RESPONSE.day


def test_a_retried_answer_changes_nothing() -> None:
    assert RESPONSE.amended(Answer(score=3, comment="The queue was long."), NOW) is RESPONSE


def test_what_is_left_out_stays() -> None:
    amended = RESPONSE.amended(Answer(answers={"missing": "staff"}), NOW)

    assert (amended.score, amended.comment, amended.answers) == (3, RESPONSE.comment, {"missing": "staff"})


def test_it_knows_since_when_it_says_what_it_says() -> None:
    changes = [Answer(comment="Slower."), Answer(score=2), Answer(answers={"topic": "staff"}), Answer(comment="")]
    response = RESPONSE
    for minutes, change in enumerate(changes, 1):
        response = response.amended(change, NOW + timedelta(minutes=minutes))

    since = [(response.said_at(question) - NOW) / timedelta(minutes=1) for question in ("", "topic", "wish")]

    assert (response.said(""), response.said("topic"), response.said("wish")) == ("", "staff", "")
    assert since == [4, 3, 0]


def test_a_response_can_be_changed_for_a_day() -> None:
    RESPONSE.amended(Answer(score=9), NOW + timedelta(hours=24))

    with pytest.raises(AmendmentRefused):
        RESPONSE.amended(Answer(score=9), NOW + timedelta(hours=24, seconds=1))


def test_a_retry_after_a_day_is_still_the_same_response() -> None:
    assert RESPONSE.amended(Answer(score=3), NOW + timedelta(days=9)) is RESPONSE


def test_a_response_cannot_grow_without_bound() -> None:
    with pytest.raises(AmendmentRefused):
        replace(RESPONSE, version=MOST_VERSIONS).amended(Answer(score=9), NOW)


def test_an_erased_response_keeps_its_counts_and_nothing_personal() -> None:
    amended = RESPONSE.amended(Answer(comment="Call me at 98450."), NOW)

    erased = amended.erase()

    assert erased.contribution() == amended.contribution()
    stored = str(erased.to_item())
    assert "98450" not in stored
    assert "queue" not in stored
    assert RESPONSE.contact not in stored
    with pytest.raises(AmendmentRefused):
        erased.amended(Answer(comment="back again"), NOW)


def test_an_excluded_response_counts_nothing_until_it_is_included() -> None:
    excluded = RESPONSE.exclude("11 scores in 2 s")

    assert excluded.contribution().counters == ()
    assert excluded.include(follow_up=False).contribution() == RESPONSE.contribution()


@pytest.mark.parametrize(
    "response",
    [
        RESPONSE,
        replace(RESPONSE, score=0, comment="", expires_at=0, follow_up=False),
        RESPONSE.amended(Answer(score=0, answers={"a": "b"}), NOW),
        RESPONSE.exclude("a machine"),
        RESPONSE.erase(),
    ],
)
def test_a_response_is_read_back_as_it_was_stored(response: Response) -> None:
    assert Response.from_item(response.to_item()) == response
