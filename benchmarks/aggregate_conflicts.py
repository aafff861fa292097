"""How many answers of one survey and day several aggregators count a second, when all of them meet on its tally items.

`python -m benchmarks.aggregate_conflicts` plays them on a simulated clock with counting's own pauses and
splits, because no emulator raises a transaction conflict. DynamoDB cancels a transaction that finds an item in
another one that is under way. How long that is, is not documented: the columns are guesses, to be replaced by
what `SuccessfulRequestLatency` of TransactWriteItems says in your account.
"""

import heapq
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from aggregate.counting import FIRST_PAUSE, LONGEST_PAUSE, TRIES

BATCH = 95
READ, CANCELLED, AROUND = 0.015, 0.008, 0.030
"""Seconds to read the ledgers, to be told of a conflict, and for the rest of an invocation: guesses too."""
LASTS, SEED = 600.0, 1
"""Simulated seconds."""


@dataclass(slots=True)
class TallyItems:
    """What every transaction of one survey and day writes to."""

    write_seconds: float
    now: float = 0.0
    taken_until: float = 0.0
    counted: int = 0
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast they count together."""

    answers_a_second: float
    conflicts_each: float
    """Cancelled transactions for each batch of 95."""


def simulate(aggregators: int, write_seconds: float, seconds: float = LASTS, seed: int = SEED) -> Pace:
    """Several aggregators that always have the next batch at hand, each with a stream shard of its own."""
    items, chance = TallyItems(write_seconds), random.Random(seed)
    runs = [_aggregate(items, chance) for _ in range(aggregators)]
    due = [(chance.random() * AROUND, number) for number in range(aggregators)]
    heapq.heapify(due)
    while due[0][0] < seconds:
        items.now, number = heapq.heappop(due)
        heapq.heappush(due, (items.now + next(runs[number]), number))
    return Pace(items.counted / seconds, items.conflicts / (items.counted / BATCH))


def _aggregate(items: TallyItems, chance: random.Random) -> Iterator[float]:
    """Count batch after batch as `counting.count` does; yields the seconds until it goes on."""
    while True:
        yield _about(AROUND, chance)
        waiting = deque([BATCH])
        while waiting:
            facts = waiting.popleft()
            for attempt in range(TRIES):
                if attempt:
                    yield chance.random() * min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
                yield _about(READ, chance)
                if items.now >= items.taken_until:
                    taken = _about(items.write_seconds, chance)
                    items.taken_until = items.now + taken
                    yield taken
                    items.counted += facts
                    break
                items.conflicts += 1
                yield _about(CANCELLED, chance)
            else:
                waiting += [part for part in (facts // 2, facts - facts // 2) if part]


def _about(seconds: float, chance: random.Random) -> float:
    """As networks have it: from half as long to half as long again."""
    return seconds * (0.5 + chance.random())


def main() -> None:
    writes = (0.010, 0.020, 0.040)
    print("answers a second (conflicts for each batch), by seconds that a transaction holds its items")
    print(f"{'aggregators':>12}" + "".join(f"{f'{seconds:.3f} s':>18}" for seconds in writes))
    for aggregators in (1, 2, 4, 8, 16, 32):
        paces = [simulate(aggregators, seconds) for seconds in writes]
        cells = (f"{f'{pace.answers_a_second:,.0f} ({pace.conflicts_each:.2f})':>18}" for pace in paces)
        print(f"{aggregators:12}" + "".join(cells))


if __name__ == "__main__":
    main()
