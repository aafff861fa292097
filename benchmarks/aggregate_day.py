"""An invented day of answers to one survey, and how a stream delivers them."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hearback.fact import RESPONSE, FactId
from hearback.response import Response
from hearback.tally import VALUES_PER_PAGE, Ledger

SURVEY, SHARDS = "store", 4
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
DAY = f"{MIDNIGHT:%Y-%m-%d}"
REGIONS = ("East", "Centre", "North", "South", "West")
STORES = 40
TOUCHPOINTS = ("checkout", "delivery", "returns", "service", "app", "newsletter")
SCORE_WEIGHTS = (3, 1, 1, 1, 2, 4, 4, 10, 18, 22, 34)
"""How often each score from 0 to 10 is given, in percent."""
COMMENTED = 0.3
"""Share of answers with a comment."""
REPLAYED_EVERY = 10
"""One batch in so many comes again from its middle on: 5% of the records."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch as an aggregator gets it."""

    ledgers: Sequence[Ledger]
    replayed: Sequence[Ledger]
    """Those that are delivered again at once, as Lambda does when a batch failed halfway or its answer was lost."""


def answers(count: int, seed: int, stores: int = STORES, to_an_item: int = VALUES_PER_PAGE) -> list[Ledger]:
    """What `count` facts of one day ask to be counted, in the order they were given."""
    chance = random.Random(seed)
    ledgers = []
    for number in range(count):
        at = MIDNIGHT + number * timedelta(days=1) / count
        store = chance.randrange(stores)
        response = Response(
            id=FactId.mint(SURVEY, SHARDS, at, chance.randbytes(10)),
            score=chance.choices(range(11), SCORE_WEIGHTS)[0],
            answered_at=at,
            day=DAY,
            comment="The queue was long." if chance.random() < COMMENTED else "",
            dimensions={
                "region": REGIONS[store % len(REGIONS)],
                "store": store_name(store),
                "touchpoint": chance.choice(TOUCHPOINTS),
            },
            pages={"store": store // to_an_item},
        )
        ledgers.append(Ledger(Ledger.key_of(RESPONSE, response.id), response.version, response.contribution()))
    return ledgers


def store_name(number: int) -> str:
    return f"store-{number:02}"


def deliveries(ledgers: Sequence[Ledger], batch: int) -> Iterator[Delivery]:
    """Batches in order, with 5% of the records delivered again."""
    for number, first in enumerate(range(0, len(ledgers), batch), start=1):
        fresh = ledgers[first : first + batch]
        yield Delivery(fresh, fresh[len(fresh) // 2 :] if number % REPLAYED_EVERY == 1 else ())


def truth(ledgers: Sequence[Ledger]) -> Counter[tuple[str, str, str]]:
    """What must be counted, by key and attribute of the tally item."""
    return Counter(increment for ledger in ledgers for increment in ledger.contribution.increments())
