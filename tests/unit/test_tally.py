"""Ledgers and tallies: their keys, what they hold, and reading them back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.tally import BadLedger, Cell, Contribution, Ledger, add_request, cells, day_of, sum_by_value, tally_key

names = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
values = st.text(min_size=1, max_size=20)
contributions = st.builds(
    Contribution,
    survey=names,
    day=st.dates().map(lambda day: day.isoformat()),
    cells=st.dictionaries(names, values, max_size=20).map(lambda found: cells(found, {})),
    counters=st.sampled_from([(), ("s0",), ("s10", "comments"), ("invited", "delivered")]),
)


@given(names, values, st.integers(0, 50))
def test_a_cell_is_read_back_whatever_its_value(name: str, value: str, page: int) -> None:
    assert Cell.parse(str(Cell(name, value, page))) == Cell(name, value, page)


@given(contributions, st.integers(1, 100))
def test_a_ledger_is_read_back_as_it_was_written(contribution: Contribution, version: int) -> None:
    ledger = Ledger("L#R#shop.0", version, contribution)

    assert Ledger.from_item(ledger.to_item()) == ledger


@pytest.mark.parametrize("broken", [{"cells": ["store"]}, {"version": "one"}, {"cells": None}, {"counters": None}])
def test_a_ledger_that_is_none_is_called_bad(broken: dict[str, Any]) -> None:
    item = Ledger("L#R#shop.0", 1, Contribution("shop", "2026-03-01", (Cell(),), ("s9",))).to_item()

    with pytest.raises(BadLedger):
        Ledger.from_item({**item, **broken})


def test_a_contribution_without_counters_adds_nothing() -> None:
    assert list(Contribution("shop", "2026-03-01", (Cell(), Cell("store", "pune")), ()).increments()) == []


def test_twenty_dimensions_make_twenty_one_tallies() -> None:
    found = cells({f"d{number}": "x" for number in range(20)}, {"d7": 3})

    increments = list(Contribution("shop", "2026-03-01", found, ("s9",)).increments())

    assert len({(pk, sk) for pk, sk, _ in increments}) == 21
    assert ("shop#all", "2026-03-01#0", "|s9") in increments
    assert ("shop#d7", "2026-03-01#3", "x|s9") in increments


def test_each_counter_of_a_value_is_an_attribute_that_can_be_added_to() -> None:
    request = add_request("shop#store", "2026-03-01#0", {"pune|s9": 2, "delhi|s0": -1})

    assert request["UpdateExpression"] == "ADD #0 :0, #1 :1"
    assert request["ExpressionAttributeNames"] == {"#0": "delhi|s0", "#1": "pune|s9"}
    assert request["ExpressionAttributeValues"] == {":0": -1, ":1": 2}


def test_stored_items_are_summed_by_value() -> None:
    monday = {"pk": "shop#store", "sk": "2026-03-02#0", "pune|s9": 2, "delhi|s0": 1}
    tuesday = {"pk": "shop#store", "sk": "2026-03-03#1", "pune|s9": 1, "a|b|comments": 4}

    total = sum_by_value([monday, tuesday])

    assert (total["pune"]["s9"], total["delhi"]["s0"], total["a|b"]["comments"]) == (3, 1, 4)
    assert total["pune"].score.n == 3
    assert day_of(tuesday) == "2026-03-03"


def test_a_tally_lies_under_its_survey_and_dimension_by_day_and_page() -> None:
    assert tally_key("shop", "store", "2026-03-01", 2) == ("shop#store", "2026-03-01#2")
