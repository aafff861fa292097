"""What is refused, and what becomes no answer, takes no place among the answers of its address."""

import pytest

from hearback.survey import Limits, Survey
from tests.conftest import Answered, Collect
from tests.integration.test_judging_links import signal


@pytest.fixture
def survey(survey: Survey) -> Survey:
    """A shop's, which takes two uninvited answers from an address an hour."""
    return survey.model_copy(update={"limits": Limits(answers_from_one_address=2)})


def honest(collect: Collect) -> list[int]:
    """What three people at the address are told who answer."""
    return [collect.submit(collect.token(channel="widget"), score=5).status for _ in range(3)]


@pytest.mark.parametrize(
    "refused",
    [
        {"score": 5, "answers": {"nope": "x"}},
        {"score": 5, "answers": {"topic": "weather"}},
        {"score": 11},
        {"score": 5, "comment": "x" * 5001},
    ],
)
def test_a_refused_answer_leaves_room_for_the_next(collect: Collect, refused: dict[str, object]) -> None:
    told = [collect.submit(collect.token(channel="widget"), **refused).status for _ in range(3)]

    assert told == [422] * 3
    assert honest(collect) == [201, 201, 429]


def test_a_touch_that_bears_no_score_leaves_room(collect: Collect) -> None:
    touched = [_touch(collect).status for _ in range(3)]

    assert touched == [204] * 3
    assert honest(collect) == [201, 201, 429]


def test_a_touch_with_another_pages_stamp_leaves_room(collect: Collect) -> None:
    page = collect.request("GET", f"/a/{collect.token(channel='page')}", query="score=9")
    told = [signal(collect, collect.token(channel="page"), "human", page, score=9) for _ in range(3)]

    assert [each.status for each in told] == [422] * 3
    assert honest(collect) == [201, 201, 429]


def test_touches_without_a_score_are_written_down_only_as_often_as_links_are_watched(collect: Collect) -> None:
    for _ in range(4):
        _touch(collect)

    found = collect.tables.directory.client.scan(TableName="DirectoryTable")["Items"]
    assert len([item for item in found if item["pk"]["S"].startswith("VISIT#")]) == 2


def _touch(collect: Collect) -> Answered:
    """Touch the page of a new link, of no score and nobody's."""
    token = collect.token(channel="page")
    return signal(collect, token, "human", collect.request("GET", f"/a/{token}"))
