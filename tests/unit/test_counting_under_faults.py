"""What counting does when DynamoDB does not do at once what it is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregate.counting import LONGEST_PAUSE, TO_TRY, TRIES
from hearback.aws.dynamodb import Table, to_wire
from hearback.tally import Ledger
from tests.aws_faults import Death, Fault
from tests.counting_world import CountingWorld, response


@pytest.fixture
def world() -> CountingWorld:
    return CountingWorld()


def ledger(number: int, score: int = 9, version: int = 1) -> Ledger:
    return Ledger(f"L#R#shop.0{number}", version, response(number, score).contribution())


PASSING = [Fault.THROTTLE, Fault.CONFLICT, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER]


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("operation", ["batch_get_item", "transact_write_items"])
def test_a_passing_failure_is_tried_again(world: CountingWorld, operation: str, fault: Fault) -> None:
    world.faults[operation] = [fault, fault]

    outcome = world.count(ledger(1), ledger(2))

    assert not outcome.uncounted
    assert world.counted() == {"s9": 2}


def test_pauses_between_tries_double_up_to_a_bound_and_are_drawn_at_random(world: CountingWorld) -> None:
    world.faults["transact_write_items"] = [Fault.CONFLICT] * (TRIES - 1)

    world.count(ledger(1))

    assert world.pauses == [0.5 * min(LONGEST_PAUSE, 0.05 * 2**attempt) for attempt in range(1, TRIES)]


def test_keys_that_were_not_processed_are_asked_for_again(world: CountingWorld) -> None:
    world.count(*(ledger(number) for number in range(10)))
    world.faults["batch_get_item"] = [Fault.UNPROCESSED, Fault.UNPROCESSED, Fault.UNPROCESSED]

    world.count(*(ledger(number, 2, version=2) for number in range(10)))

    assert world.counted() == {"s2": 10}


def test_a_read_that_processes_no_key_at_all_is_a_throttle(world: CountingWorld) -> None:
    """Asking on at once, without end, would only prolong it."""
    world.faults["batch_get_item"] = [Fault.UNPROCESSED]

    world.count(ledger(1))

    assert len(world.pauses) == 1
    assert world.counted() == {"s9": 1}


def test_a_transaction_that_keeps_failing_is_split(world: CountingWorld) -> None:
    world.faults["transact_write_items"] = [Fault.CONFLICT] * TRIES

    world.count(*(ledger(number) for number in range(8)))

    assert world.counted() == {"s9": 8}
    assert world.transactions == TRIES + 2


def test_a_race_with_another_aggregator_counts_once(world: CountingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one counts the same fact between our read and our write."""
    transact = Table.transact

    def just_after_another(self: Table, writes: Sequence[Mapping[str, Any]]) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        world.count(ledger(1, 4, version=2))
        transact(self, writes)

    monkeypatch.setattr(Table, "transact", just_after_another)
    world.count(ledger(1, 9), ledger(2, 9))

    assert world.counted() == {"s4": 1, "s9": 1}


def test_no_try_begins_that_might_not_end_in_time(world: CountingWorld) -> None:
    world.seconds_left = 30.0
    world.faults["transact_write_items"] = [Fault.TIMEOUT_BEFORE] * 99

    outcome = world.count(ledger(1), ledger(2))

    assert outcome.uncounted == {ledger(1).key, ledger(2).key}
    assert 0 <= world.seconds_left < TO_TRY + LONGEST_PAUSE
    assert world.counted() == {}


def test_one_fact_is_tried_for_as_long_as_there_is_time(world: CountingWorld) -> None:
    world.faults["transact_write_items"] = [Fault.CONFLICT] * 5 * TRIES

    outcome = world.count(ledger(1))

    assert not outcome.uncounted
    assert world.counted() == {"s9": 1}


@pytest.mark.parametrize("death", [Fault.DEATH_BEFORE, Fault.DEATH_AFTER])
@pytest.mark.parametrize("operation", ["batch_get_item", "transact_write_items"])
def test_after_a_death_the_same_batch_counts_what_is_missing(
    world: CountingWorld, operation: str, death: Fault
) -> None:
    world.faults[operation] = [death]
    with pytest.raises(Death):
        world.count(ledger(1), ledger(2))

    world.count(ledger(1), ledger(2))

    assert world.counted() == {"s9": 2}


def test_one_ledger_that_dynamodb_refuses_is_found_and_the_rest_is_counted(world: CountingWorld) -> None:
    """Its cells are more than a transaction takes."""
    dimensions = {f"d{number}": "x" for number in range(120)}
    vast = Ledger("L#R#vast", 1, response(1, 9, dimensions=dimensions).contribution())

    outcome = world.count(*(ledger(number) for number in range(6)), vast, *(ledger(number) for number in range(6, 12)))

    assert set(outcome.refused) == {vast.key}
    assert world.counted() == {"s9": 12}


def test_a_tally_item_that_is_full_refuses_only_what_it_has_no_room_for(world: CountingWorld) -> None:
    full = {"pk": {"S": "shop#store"}, "sk": {"S": "2026-03-01#0"}, "ballast": {"S": "x" * (400 << 10)}}
    world.database.tables["tally"]["shop#store", "2026-03-01#0"] = full
    there = Ledger("L#R#there", 1, response(1, 9, dimensions={"store": "pune"}).contribution())

    outcome = world.count(ledger(1), there, ledger(2))

    assert set(outcome.refused) == {there.key}
    assert world.counted() == {"s9": 2}


def test_a_stored_ledger_that_cannot_be_read_stops_only_its_own_fact(world: CountingWorld) -> None:
    foreign = {"pk": {"S": ledger(3).key}, "sk": {"S": "ledger"}, "version": {"N": "1"}}
    world.database.tables["tally"][ledger(3).key, "ledger"] = foreign

    outcome = world.count(*(ledger(number, version=2) for number in range(6)))

    assert outcome.refused == {ledger(3).key: "its stored ledger cannot be read"}
    assert world.counted() == {"s9": 5}


@pytest.mark.parametrize(
    "edited",
    [
        {"version": {"N": "0.5"}},
        {"version": {"BOOL": True}},
        {"version": {"S": "1"}},
        {"version": {"NS": ["1"]}},
        {"counters": {"SS": ["s9"]}},
        {"counters": {"L": [{"N": "9"}]}},
        {"cells": {"L": [{"S": "all/00="}]}},
        {"cells": {"B": b"all/0="}},
        {"survey": {"N": "7"}},
        {"day": {"NULL": True}},
    ],
    ids=str,
)
def test_a_stored_ledger_that_would_not_be_written_as_it_was_read_is_parked_and_not_tried_for_ever(
    world: CountingWorld, edited: dict[str, Any]
) -> None:
    """The next version is written on condition of what was read, which would never hold."""
    world.count(ledger(1))
    world.database.tables["tally"][ledger(1).key, "ledger"] |= edited

    outcome = world.count(*(ledger(number, version=2) for number in range(3)))

    assert set(outcome.refused) == {ledger(1).key}
    assert not outcome.uncounted
    assert world.pauses == []
    assert world.counted() == {"s9": 3}


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.decimals(-9, 9, places=1)
    | st.binary(max_size=3)
    | st.sampled_from(["all/0=", "store/0=pune", "s9", "shop", "2026-03-01", "what"])
    | st.sets(st.integers(0, 9), min_size=1)
    | st.sets(st.sampled_from(["s9", "s3"]), min_size=1),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.sampled_from("ab"), parts, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["version", "survey", "day", "cells", "counters", "note"]), anything))
def test_whatever_somebody_made_of_a_ledger_every_other_fact_is_counted_at_the_first_try(edit: dict[str, Any]) -> None:
    world = CountingWorld()
    world.count(ledger(1))
    world.database.tables["tally"][ledger(1).key, "ledger"] |= to_wire(edit)

    outcome = world.count(*(ledger(number, 2, version=2) for number in range(4)))

    assert set(outcome.refused) <= {ledger(1).key}
    assert not outcome.uncounted
    assert world.pauses == []
    assert world.counted()["s2"] >= 3
