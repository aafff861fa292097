"""`hearback report`: numbers that carry n and their interval, for machines and for people."""

from collections.abc import Mapping

import pytest

from hearback.tally import add_request, tally_key
from tests.conftest import Tables
from tests.unit.conftest import Hearback


def count(tables: Tables, day: str, counters: Mapping[str, int], dimension: str = "all") -> None:
    """Put counts where aggregate would: `value|counter` to number."""
    tables.tally.update(add_request(*tally_key("shop", dimension, day), counters))


@pytest.fixture
def two_days(tables: Tables) -> None:
    """306 promoters, 95 passives and 40 detractors on two days."""
    count(tables, "2026-02-01", {"|s10": 226, "|s8": 67, "|s7": 28, "|comments": 300, "|invited": 900})
    count(tables, "2026-02-02", {"|s9": 80, "|s6": 17, "|s5": 12, "|s4": 6, "|s3": 1, "|s2": 2, "|s0": 2})
    count(tables, "2026-02-01", {"pune|s10": 40, "delhi|s10": 1, "delhi|s0": 3, "closed shop|s9": 2}, "store")


@pytest.mark.usefixtures("two_days")
def test_json_has_exactly_the_promised_keys(hearback: Hearback) -> None:
    report = hearback("report", "--survey", "shop", "--json").json
    assert report == {
        "survey": "shop",
        "from": "2026-02-01",
        "to": "2026-03-04",
        "responses": 441,
        "promoters": 306,
        "passives": 95,
        "detractors": 40,
        "nps": 60.3,
        "margin": 6.1,
        "interval": [53.9, 66.0],
        "mean": 8.85,
        "scores": [2, 0, 2, 1, 6, 12, 17, 28, 67, 80, 226],
        "comments": 300,
    }


@pytest.mark.usefixtures("two_days")
def test_both_ends_of_the_range_are_included(hearback: Hearback) -> None:
    report = hearback("report", "--survey", "shop", "--from", "2026-02-02", "--to", "2026-02-02", "--json").json
    assert (report["from"], report["to"], report["responses"]) == ("2026-02-02", "2026-02-02", 120)


@pytest.mark.usefixtures("two_days")
def test_by_dimension_lists_declared_values_first_and_keeps_those_no_longer_declared(hearback: Hearback) -> None:
    by = hearback("report", "--survey", "shop", "--by", "store", "--json").json["by"]
    assert list(by) == ["pune", "delhi", "closed shop"]
    assert (by["delhi"]["responses"], by["delhi"]["nps"], by["delhi"]["mean"]) == (4, -50.0, 2.5)
    assert by["delhi"].keys() == by["pune"].keys()


def test_without_answers_there_is_no_number(hearback: Hearback) -> None:
    report = hearback("report", "--survey", "shop", "--by", "store", "--json").json
    assert (report["responses"], report["nps"], report["interval"], report["mean"]) == (0, None, None, None)
    assert (report["from"], report["to"], report["by"]) == ("2026-03-04", "2026-03-04", {})
    assert "No answers yet" in hearback("report", "--survey", "shop").out


@pytest.mark.usefixtures("two_days")
def test_a_person_reads_the_score_with_its_two_bounds_and_the_number_of_answers(hearback: Hearback) -> None:
    shown = hearback("report", "--survey", "shop", "--by", "store").out
    assert "NPS 60.3   95% sure: between 53.9 and 66.0" in shown
    assert "441 answers" in shown
    [delhi] = [line for line in shown.splitlines() if "delhi" in line]
    assert "too few answers" in delhi


def test_below_the_minimum_the_words_say_too_few_answers(hearback: Hearback, tables: Tables) -> None:
    count(tables, "2026-02-01", {"|s10": 29})
    assert "too few answers to say (29 answers; 30 are needed)" in hearback("report", "--survey", "shop").out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "colour"], "it has: touchpoint, store"),
        (["--from", "1 March"], "--from takes a day such as"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "is after"),
    ],
)
def test_what_cannot_be_reported_says_why(hearback: Hearback, options: list[str], words: str) -> None:
    ended = hearback("report", "--survey", "shop", *options)
    assert ended.code == 2
    assert words in ended.err
