"""Transactions: as few as DynamoDB's limits allow, and never past them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from aggregate.counting import MOST_ITEMS, MOST_TERMS, Pack, packs
from hearback.aws.dynamodb import to_wire
from hearback.tally import COUNTERS, VALUES_PER_PAGE, Cell, Contribution, Ledger, add_request
from tests.counting_world import response
from tests.fake_dynamodb import MOST_BYTES_IN_TRANSACTION, size

DIMENSIONS = 20
"""As many as a survey may have."""


def ledger(number: int, day: int, store: int, version: int = 1) -> Ledger:
    said = response(number, number % 11, day=f"2026-03-{day:02}", dimensions={"store": str(store)})
    return Ledger(f"L#R#{number}", version, said.contribution())


ledgers = st.lists(
    st.builds(ledger, st.integers(0, 300), st.integers(1, 31), st.integers(0, 200)),
    unique_by=lambda one: one.key,
    max_size=150,
)


def terms(pack: Pack) -> Counter[tuple[str, str, str]]:
    return Counter({(*key, name): count for key, counts in pack.changes.items() for name, count in counts.items()})


@given(ledgers)
def test_no_transaction_passes_dynamodbs_limits(some: list[Ledger]) -> None:
    for pack in packs(some, {}):
        writes = pack.writes({})
        assert len(writes) <= MOST_ITEMS
        for write in writes:
            update = write.get("Update", {"ExpressionAttributeNames": {}, "UpdateExpression": ""})
            assert len(update["ExpressionAttributeNames"]) <= MOST_TERMS
            assert len(update["UpdateExpression"].encode()) <= 4 << 10


@given(ledgers)
def test_every_ledger_is_in_one_transaction_with_all_that_it_changes(some: list[Ledger]) -> None:
    made = list(packs(some, {}))

    assert Counter(one.key for pack in made for one in pack.ledgers) == Counter(one.key for one in some)
    for pack in made:
        asked = Counter(place for one in pack.ledgers for place in one.contribution.increments())
        assert terms(pack) == asked


def test_a_batch_of_one_day_fits_one_transaction() -> None:
    batch = [ledger(number, 1, number % 8) for number in range(95)]

    [pack] = packs(batch, {})

    assert len(pack.writes({})) == 95 + 2


def test_what_does_not_change_is_not_written() -> None:
    """A later comment, say, changes no score."""
    before, after = ledger(1, 1, 1), ledger(1, 1, 1, version=2)

    [pack] = packs([after], {before.key: before})

    assert [list(write) for write in pack.writes({before.key: before})] == [["Put"]]


def test_a_ledger_moves_from_the_old_cells_to_the_new_in_one_transaction() -> None:
    before, after = ledger(1, 1, 1), ledger(1, 1, 2, version=2)

    [pack] = packs([after], {before.key: before})

    store = pack.changes["shop#store", "2026-03-01#0"]
    assert {name: count for name, count in store.items() if count} == {"1|s1": -1, "2|s1": 1}
    assert not any(pack.changes["shop#all", "2026-03-01#0"].values())


def test_the_largest_items_there_are_stay_under_four_megabytes_together() -> None:
    """A page full of the longest values, each with every counter, in as many dimensions and days as fit."""
    page = {f"{value:060}|{counter}": 9_999_999 for value in range(VALUES_PER_PAGE) for counter in COUNTERS}
    tally = size(to_wire({"pk": f"{'s' * 40}#{'d' * 40}", "sk": "2026-03-01#49", **page}))
    cells = (Cell(), *(Cell("d" * 40, "v" * 60, 49) for _ in range(DIMENSIONS)))
    largest = Ledger(f"L#R#{'s' * 40}.999{'0' * 26}", 100, Contribution("s" * 40, "2026-03-01", cells, COUNTERS))
    ledgers = (MOST_ITEMS + DIMENSIONS + 1) // (DIMENSIONS + 2)

    together = ledgers * size(to_wire(largest.to_item())) + (MOST_ITEMS - ledgers) * tally

    assert tally < 44_000
    assert together < MOST_BYTES_IN_TRANSACTION


def test_an_update_of_as_many_counters_as_there_may_be_is_a_short_enough_expression() -> None:
    request = add_request("shop#store", "2026-03-01#0", {f"v{number}|s9": -1000 for number in range(MOST_TERMS)})

    assert len(request["UpdateExpression"].encode()) < 4 << 10
