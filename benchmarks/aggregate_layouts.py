"""Write units a response by size of batch, by values of a dimension and by values that share an item.

`python -m benchmarks.aggregate_layouts` plans transactions as aggregate does and prices them by DynamoDB's
documentation, on items that already hold every counter, as they do from mid-morning on. Nothing is stored, so
it prints the same on every run. docs/scale.md uses its figures.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aggregate.counting import packs
from benchmarks.aggregate_day import DAY, REGIONS, STORES, SURVEY, TOUCHPOINTS, answers, store_name
from benchmarks.aggregate_units import DocumentedTable, Write
from hearback.aws.dynamodb import to_wire
from hearback.tally import COMMENTS, SCORES, VALUES_PER_PAGE, Cell, Contribution, add_request

FACTS, SEED = 10_000, 1
EACH_COUNTER = 100
"""What every counter holds beforehand: three bytes, enough for 9,999."""
_VALUES = ("Item", "Key", "ExpressionAttributeValues")


@dataclass(frozen=True, slots=True)
class Price:
    """What counting costs in one layout."""

    units_each: float
    """Write request units for each response."""
    hottest: int
    """Units of the dearest tally item in one transaction; an item takes 1,000 a second."""


def price(batch: int, stores: int = STORES, to_an_item: int = VALUES_PER_PAGE) -> Price:
    """Count some answers in batches of a size, in a survey with so many stores, so many of them to an item."""
    table = DocumentedTable()
    for request in _full_day(stores, to_an_item):
        table.units(_wired(request))
    day = answers(FACTS, SEED, stores, to_an_item)
    units, hottest = 0, 0
    for first in range(0, len(day), batch):
        for pack in packs(day[first : first + batch], stored={}):
            for write in pack.writes(stored={}):
                ((kind, request),) = write.items()
                cost = table.units(_wired(request))
                units += cost
                hottest = max(hottest, cost if kind == "Update" else 0)
    return Price(units / len(day), hottest)


def _full_day(stores: int, to_an_item: int) -> Iterator[dict[str, Any]]:
    """Updates that bring every counter into its item."""
    cells = (
        Cell(),
        *(Cell("region", region) for region in REGIONS),
        *(Cell("touchpoint", touchpoint) for touchpoint in TOUCHPOINTS),
        *(Cell("store", store_name(number), number // to_an_item) for number in range(stores)),
    )
    items: dict[tuple[str, str], Counter[str]] = {}
    for pk, sk, counter in Contribution(SURVEY, DAY, cells, (*SCORES, COMMENTS)).increments():
        items.setdefault((pk, sk), Counter())[counter] = EACH_COUNTER - 1
    for (pk, sk), counters in items.items():
        yield add_request(pk, sk, counters)


def _wired(request: Mapping[str, Any]) -> Write:
    values = {part: to_wire(request[part]) for part in _VALUES if part in request}
    return Write({**request, **values}, in_transaction=True)


def main() -> None:
    print(f"{STORES} stores in one item\n{'records a batch':>16}{'units a response':>18}")
    for batch in (1, 3, 10, 25, 50, 95, 100, 190):
        print(f"{batch:16}{price(batch).units_each:18.2f}")
    print(f"\nbatches of 95\n{'stores':>8}{'to an item':>12}{'units a response':>18}{'hottest item':>14}")
    for stores in (40, 80, 200, 1000):
        for to_an_item in (VALUES_PER_PAGE, 1):
            found = price(95, stores, to_an_item)
            print(f"{stores:8}{to_an_item:12}{found.units_each:18.2f}{found.hottest:14}")


if __name__ == "__main__":
    main()
