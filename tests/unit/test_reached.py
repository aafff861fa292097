"""When a play last reached a person, as each answer sees it, however often and in which order messages come."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.reached import Reached
from tests.conftest import NOW
from tests.fake_dynamodb import FakeDynamoDB

RAVI = "c" * 32


def directory() -> Directory:
    return Directory(Table(FakeDynamoDB(), "directory"))  # type: ignore[arg-type]


def answered(days: float) -> datetime:
    return NOW + timedelta(days=days)


def days_seen(people: Directory, answer: str, days: float) -> float | None:
    reached = people.reached(RAVI)
    return reached.days_before(answer, answered(days)) if reached else None


def reach(people: Directory, answer: str, days: float) -> None:
    people.reach(Reached(RAVI, answered(days), answer))


def test_nobody_is_reached_at_first() -> None:
    people = directory()
    assert days_seen(people, "a", 0) is None
    assert people.reached("") is None


def test_an_answer_does_not_see_its_own_play() -> None:
    people = directory()
    reach(people, "a", 0)
    assert days_seen(people, "a", 0) is None


def test_the_next_answer_sees_the_days_between_and_so_does_its_repetition() -> None:
    people = directory()
    reach(people, "a", 0)
    assert days_seen(people, "b", 12.5) == 12.5
    reach(people, "b", 12.5)
    assert days_seen(people, "b", 12.5) == 12.5
    reach(people, "b", 12.5)
    assert days_seen(people, "b", 12.5) == 12.5


def test_an_old_answer_s_message_that_comes_late_does_not_take_the_newest_one_s_place() -> None:
    people = directory()
    reach(people, "a", 0)
    reach(people, "b", 5)
    reach(people, "a", 0)
    assert days_seen(people, "c", 6) == 1


@pytest.mark.parametrize("days", [-3, 0])
def test_an_answer_from_before_counts_as_just_reached(days: float) -> None:
    people = directory()
    reach(people, "b", 0)
    assert days_seen(people, "a", days) == 0


@given(st.lists(st.sampled_from("abcd"), max_size=12))
def test_repeated_messages_in_any_order_never_bring_plays_closer_than_they_said(deliveries: list[str]) -> None:
    """A play that keeps ten days between them: no two of the answers that it followed are closer, whatever comes."""
    days = {"a": 0.0, "b": 6.0, "c": 12.0, "d": 18.0}
    people, played = directory(), set[str]()
    for answer in deliveries:
        since = days_seen(people, answer, days[answer])
        if since is None or since >= 10:
            played.add(answer)  # under its claim: a second time changes nothing
        if answer in played:
            reach(people, answer, days[answer])
    assert all(later - earlier >= 10 for earlier, later in pairwise(sorted(days[answer] for answer in played)))
