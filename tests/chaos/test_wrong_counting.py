"""A counting that is not exact does not get through: each of these faults is found by the histories."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from aggregate import counting, stream
from aggregate.facts import Inapplicable, ledger_of
from aggregate.stream import Batch
from hearback.aws.dynamodb import Table
from hearback.tally import Ledger
from tests.chaos.playing import play

SEED = 20260301
Mutation = Callable[[pytest.MonkeyPatch], None]


def no_condition_on_the_ledger(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "put_request", lambda self, read: {"Item": self.to_item()})


def adding_without_taking_back(patch: pytest.MonkeyPatch) -> None:
    change_of = counting.change_of
    patch.setattr(counting, "change_of", lambda ledger, stored: change_of(ledger, None))


def old_versions_count_too(patch: pytest.MonkeyPatch) -> None:
    """An older version that comes late replaces the newer one: what stands there always looks older."""
    read_ledgers = counting.read_ledgers

    def as_if_old(table: Table, keys: Sequence[str]) -> dict[str, Ledger]:
        stored = read_ledgers(table, keys)
        return {key: replace(ledger, version=_LessThanAny(ledger.version)) for key, ledger in stored.items()}

    patch.setattr(counting, "read_ledgers", as_if_old)


class _LessThanAny(int):
    def __lt__(self, other: int) -> bool:
        return True


def the_last_record_of_a_fact_wins(patch: pytest.MonkeyPatch) -> None:
    read = stream.read

    def read_the_last(records: Sequence[Mapping[str, Any]]) -> Batch:
        batch = Batch()
        for record in records:
            one = read([record])
            batch.newest |= one.newest
            batch.parked += one.parked
        return batch

    patch.setattr(stream, "read", read_the_last)


def ledgers_and_tallies_apart(patch: pytest.MonkeyPatch) -> None:
    transact = Table.transact

    def one_after_the_other(self: Table, writes: Sequence[Mapping[str, Any]]) -> None:
        for kind in ("Put", "Update"):
            if some := [write for write in writes if kind in write]:
                transact(self, some)

    patch.setattr(Table, "transact", one_after_the_other)


def handing_back_the_highest_number(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stream, "min", max, raising=False)


def forgetting_what_was_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        stream, "count", lambda table, ledgers, pace: counting.Outcome(counting.count(table, ledgers, pace).counted)
    )


def forgetting_what_could_not_be_parked(patch: pytest.MonkeyPatch) -> None:
    park = stream.Failures.park

    def as_if_parked(self: stream.Failures, parked: Sequence[stream.Parked], seconds_left: Callable[[], float]) -> None:
        park(self, parked, seconds_left)

    patch.setattr(stream.Failures, "park", as_if_parked)


def a_foreign_fact_stops_the_batch(patch: pytest.MonkeyPatch) -> None:
    def unguarded(item: Mapping[str, Any]) -> Ledger:
        try:
            return ledger_of(item)
        except Inapplicable as problem:
            raise LookupError(str(problem)) from None

    patch.setattr(stream, "ledger_of", unguarded)


@pytest.mark.parametrize(
    "mutation",
    [
        no_condition_on_the_ledger,
        adding_without_taking_back,
        old_versions_count_too,
        the_last_record_of_a_fact_wins,
        ledgers_and_tallies_apart,
        handing_back_the_highest_number,
        forgetting_what_was_not_counted,
        forgetting_what_could_not_be_parked,
        a_foreign_fact_stops_the_batch,
    ],
    ids=lambda mutation: mutation.__name__,
)
def test_histories_find_what_is_wrong(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    mutation(monkeypatch)

    with pytest.raises((AssertionError, LookupError)):
        play(500, SEED, steps=16, shrink=False)
