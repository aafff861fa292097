"""Movements are found by their days, in order, and say nothing personal."""

from datetime import timedelta

import pytest

from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.fact import FactId
from hearback.movement import Movement
from tests.conftest import NOW
from tests.fake_dynamodb import FakeDynamoDB


def movement(day: str, number: int = 1, survey: str = "shop") -> Movement:
    fact = FactId.mint(survey, 4, NOW + timedelta(seconds=number), number.to_bytes(10, "big"))
    return Movement(fact, day, 9, 2**31)


@pytest.fixture
def directory() -> Directory:
    return Directory(Table(FakeDynamoDB(), "directory"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-02-27", "2026-03-02", [1, 2]),
        ("2026-02-28", "2026-02-28", [1]),
        ("2026-03-03", "2026-03-08", []),
        ("2025-12-30", "2026-01-03", [0]),
        ("2025-01-01", "2026-12-31", [0, 1, 2, 3]),
    ],
)
def test_those_of_a_span_of_days_are_found_over_the_ends_of_months_and_years(
    directory: Directory, first: str, last: str, found: list[int]
) -> None:
    days = ["2026-01-01", "2026-02-28", "2026-03-01", "2026-03-09"]
    made = [movement(day, number) for number, day in enumerate(days)]
    for each in [*reversed(made), movement("2026-03-01", 9, "other")]:
        directory.put_movement(each)
    assert list(directory.movements("shop", first, last)) == [made[number] for number in found]


def test_one_that_is_written_again_is_the_same(directory: Directory) -> None:
    for _ in range(2):
        directory.put_movement(movement("2026-03-01"))
    assert list(directory.movements("shop", "2026-03-01", "2026-03-01")) == [movement("2026-03-01")]
