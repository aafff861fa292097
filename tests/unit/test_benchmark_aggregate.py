"""That `make bench-aggregate` measures what it says: on few facts, without looking at the clock."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.aggregate import MOST_UNITS, deployed_batch, emulator, judge, measure
from benchmarks.aggregate_day import answers, deliveries
from benchmarks.aggregate_lanes import Figures
from benchmarks.aggregate_layouts import price
from benchmarks.aggregate_units import DocumentedTable, Write, item_bytes

KEY = {"pk": {"S": "p" * 10}, "sk": {"S": "s" * 10}}
"""24 bytes."""


@pytest.fixture(scope="module")
def figures() -> Sequence[Figures]:
    """500 facts, of which naive and marker count 100, on the embedded emulator."""
    with emulator() as client:
        return measure(client, facts=500, sample=100, seed=3)


def put(letters: int, *, in_transaction: bool = False) -> Write:
    item: dict[str, Any] = {**KEY, "text": {"S": "x" * letters}}
    return Write({"Item": item}, in_transaction)


def add(counter: str, count: int) -> Write:
    expression = {"ExpressionAttributeNames": {"#0": counter}, "ExpressionAttributeValues": {":0": {"N": str(count)}}}
    return Write({"Key": KEY, "UpdateExpression": "ADD #0 :0", **expression}, False)


def test_only_the_naive_way_counts_replayed_records_twice(figures: Sequence[Figures]) -> None:
    naive, marker, *ours = figures

    assert all(each.replayed for each in figures)
    assert naive.wrong_counters > 0
    assert [each.wrong_counters for each in (marker, *ours)] == [0, 0, 0]


def test_the_emulator_consumes_the_units_that_dynamodb_documents(figures: Sequence[Figures]) -> None:
    assert [each.units for each in figures] == [each.documented_units for each in figures]


def test_a_batch_as_deployed_is_read_once_and_written_in_one_transaction(figures: Sequence[Figures]) -> None:
    deployed = figures[-1]

    assert deployed.batch == deployed_batch()
    assert deployed.calls == 2 * -(-500 // deployed.batch)


def test_a_response_costs_little_even_when_the_days_items_are_full() -> None:
    assert price(deployed_batch()).units_each <= MOST_UNITS
    assert price(100).units_each > MOST_UNITS, "a batch of 100 could be deployed: docs/decisions.md says it cannot"


def test_a_goal_is_missed_by_wrong_counters_slowness_dear_writes_and_undocumented_units() -> None:
    slow = [Figures(name, 100, 10, seconds=10.0, counters=9) for name in ("naive", "marker")]
    good = Figures("ours", 95, 10, seconds=1.0, units=22.0, documented_units=22, counters=9)

    def missed(mine: Figures) -> int:
        return sum(not goal.kept for goal in judge([*slow, mine]))

    assert missed(good) == 0
    assert missed(replace(good, wrong_counters=1)) == 1
    assert missed(replace(good, seconds=2.0)) == 2
    assert missed(replace(good, units=24.0, documented_units=24)) == 1
    assert missed(replace(good, documented_units=21)) == 1


def test_five_percent_of_the_records_come_twice() -> None:
    day = answers(10_000, seed=1)

    found = list(deliveries(day, batch=100))

    assert [ledger for delivery in found for ledger in delivery.ledgers] == day
    assert sum(len(delivery.replayed) for delivery in found) == 500


def test_an_items_size_is_its_names_and_values() -> None:
    assert item_bytes(KEY) == 24
    assert item_bytes({"é": {"S": "né"}}) == 5
    assert [item_bytes({"n": {"N": number}}) for number in ("0", "7", "99", "100", "101", "12345", "-7")] == [
        2, 3, 3, 3, 4, 5, 4,
    ]  # fmt: skip
    assert item_bytes({"cells": {"L": [{"S": "all"}, {"S": "store"}]}}) == 5 + 3 + (1 + 3) + (1 + 5)


@pytest.mark.parametrize(("letters", "units"), [(0, 1), (996, 1), (997, 2), (2020, 2), (2021, 3)])
def test_a_write_costs_a_unit_for_each_started_kb_and_two_in_a_transaction(letters: int, units: int) -> None:
    assert DocumentedTable().units(put(letters)) == units
    assert DocumentedTable().units(put(letters, in_transaction=True)) == 2 * units


def test_a_write_costs_the_larger_of_before_and_after() -> None:
    table = DocumentedTable()

    assert [table.units(put(letters)) for letters in (10, 3000, 10, 10)] == [1, 3, 3, 1]


def test_adding_grows_an_item_by_the_digits_it_gains() -> None:
    table = DocumentedTable()
    name = "n" * (1024 - 24 - 2)  # a number of two digits fills the first KB

    assert [table.units(add(name, count)) for count in (98, 1, 2, 5)] == [1, 1, 2, 2]
