"""Lanes count side by side, each its own facts into its own table. The one that is furthest behind goes next."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.aggregate_day import deliveries, truth
from benchmarks.aggregate_units import DocumentedTable, Meter
from benchmarks.aggregate_ways import Way
from hearback.aws.dynamodb import Table, from_wire
from hearback.tally import LEDGER, Ledger, counters_of


@dataclass(slots=True)
class Figures:
    """What a lane did. Seconds, calls and units are without the records that came again."""

    name: str
    batch: int
    facts: int
    seconds: float = 0.0
    calls: int = 0
    """Requests to DynamoDB."""
    units: float = 0.0
    """Write request units that the engine says were consumed."""
    documented_units: int = 0
    """What they must be by DynamoDB's documentation."""
    replayed: int = 0
    """Records that were delivered a second time."""
    counters: int = 0
    """Different counters that facts or tallies name."""
    wrong_counters: int = 0
    """Of these, how many do not say what the facts say once everything was delivered."""

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.facts / self.seconds

    @property
    def units_each(self) -> float:
        """Write request units for each response."""
        return self.units / self.facts


class Lane:
    """One way to count, with batches of one size."""

    def __init__(self, client: Any, name: str, way: Way, batch: int, ledgers: Sequence[Ledger]) -> None:
        self.figures = Figures(name, batch, len(ledgers))
        self._way, self._ledgers = way, ledgers
        self._waiting = deliveries(ledgers, batch)
        self._table = _create(client, f"{name}-{batch}")
        self._documented = DocumentedTable()
        self._delivered = 0

    @property
    def part_done(self) -> float:
        """0 to 1."""
        return self._delivered / len(self._ledgers)

    def count_next(self, meter: Meter) -> int:
        """Count the next batch, and again what of it is replayed; how many facts it brought."""
        delivery, figures = next(self._waiting), self.figures
        started = time.perf_counter()
        self._way(self._table, delivery.ledgers)
        figures.seconds += time.perf_counter() - started
        spent = meter.take()
        figures.calls += spent.calls
        figures.units += spent.units
        figures.documented_units += sum(map(self._documented.units, spent.writes))
        if delivery.replayed:
            self._way(self._table, delivery.replayed)
            figures.replayed += len(delivery.replayed)
            for write in meter.take().writes:  # so that sizes stay right
                self._documented.units(write)
        self._delivered += len(delivery.ledgers)
        return len(delivery.ledgers)

    def compare_with_truth(self) -> None:
        """Note how many counters do not say what the facts say."""
        counted, expected = _counted(self._table), truth(self._ledgers)
        names = counted.keys() | expected.keys()
        self.figures.counters = len(names)
        self.figures.wrong_counters = sum(counted[name] != expected[name] for name in names)


def run(lanes: Sequence[Lane], meter: Meter, advance: Callable[[int], None]) -> list[Figures]:
    """Run every lane to its end, batch by batch in turn, so that a busy moment hits all of them."""
    while (behind := min(lanes, key=lambda lane: lane.part_done)).part_done < 1:
        advance(behind.count_next(meter))
    for lane in lanes:
        lane.compare_with_truth()
    return [lane.figures for lane in lanes]


def _counted(table: Table) -> Counter[tuple[str, str, str]]:
    """What the tally items say, by key and attribute."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for page in table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True):
        for item in map(from_wire, page["Items"]):
            if not item["pk"].startswith(LEDGER):
                counted.update({(item["pk"], item["sk"], name): count for name, count in counters_of(item).items()})
    return counted


def _create(client: Any, name: str) -> Table:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    return Table(client, name)
