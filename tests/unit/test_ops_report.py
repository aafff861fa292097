"""`hearback report`: numbers that carry n and their interval, for machines and for people."""

import csv
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
        "invitations": {"invited": 900, "delivered": 0, "answered": 0, "response_rate": 0.0},
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
    assert "4*" in delhi
    assert "−90.7 and 33.6" in delhi
    assert "* too few answers to say: 30 are needed" in shown


def test_below_the_minimum_the_words_say_too_few_answers(hearback: Hearback, tables: Tables) -> None:
    count(tables, "2026-02-01", {"|s10": 29})
    shown = hearback("report", "--survey", "shop").out
    assert "too few answers to say (29 answers; 30 are needed)" in shown
    assert "95% sure: between" in shown
    assert "a 5-point move would take" in shown


@pytest.mark.usefixtures("two_days")
def test_answers_without_a_value_of_the_dimension_are_said(hearback: Hearback) -> None:
    assert hearback("report", "--survey", "shop", "--by", "store", "--json").json["without"] == 395
    assert "395 answers have no store in these days" in hearback("report", "--survey", "shop", "--by", "store").err


def test_a_dimension_that_was_renamed_can_still_be_read(hearback: Hearback, tables: Tables) -> None:
    count(tables, "2026-02-01", {"|s10": 40})
    count(tables, "2026-02-01", {"pune|s10": 40}, "branch")
    assert hearback("report", "--survey", "shop", "--by", "branch", "--json").json["by"]["pune"]["responses"] == 40


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_day_beyond_every_calendar_is_refused(hearback: Hearback, option: str, day: str) -> None:
    ended = hearback("report", "--survey", "shop", option, day, "--against", "previous", "--per", "day")
    assert ended.code == 2
    assert "from 1970-01-01 to 2199-12-31" in ended.err


def test_against_previous_looks_at_four_weeks_if_no_first_day_is_given(hearback: Hearback, tables: Tables) -> None:
    count(tables, "2026-01-20", {"|s10": 30, "|s0": 30})
    count(tables, "2026-02-20", {"|s10": 60})
    report = hearback("report", "--survey", "shop", "--against", "previous", "--json").json
    assert (report["from"], report["to"], report["responses"]) == ("2026-02-05", "2026-03-04", 60)
    assert (report["against"]["from"], report["against"]["to"]) == ("2026-01-08", "2026-02-04")
    assert report["against"]["change"]["significant"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "colour"], "it has: touchpoint, store"),
        (["--from", "1 March"], "--from takes a day such as"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "--from 2026-03-02 is after --to 2026-03-01"),
        (["--from", "2030-01-01"], "--from 2030-01-01 is after today, 2026-03-04"),
    ],
)
def test_what_cannot_be_reported_says_why(hearback: Hearback, options: list[str], words: str) -> None:
    ended = hearback("report", "--survey", "shop", *options)
    assert ended.code == 2
    assert words in ended.err


@pytest.fixture
def two_months(tables: Tables) -> None:
    """January: 60 tens and 40 zeros. February: 90 tens and 10 zeros, 40 and 60 of them in pune."""
    count(tables, "2026-01-10", {"|s10": 60, "|s0": 40})
    count(tables, "2026-02-10", {"|s10": 90, "|s0": 10, "|invited": 400, "|delivered": 390, "|answered": 100})
    count(tables, "2026-01-10", {"pune|s10": 20, "pune|s0": 20}, "store")
    count(tables, "2026-02-10", {"pune|s10": 35, "pune|s0": 5, "=cmd()|s10": 1}, "store")


FEBRUARY = ("report", "--survey", "shop", "--from", "2026-02-01", "--to", "2026-02-28")


@pytest.mark.usefixtures("two_months")
def test_the_previous_stretch_has_the_same_length_and_ends_the_day_before(hearback: Hearback) -> None:
    against = hearback(*FEBRUARY, "--against", "previous", "--json").json["against"]

    assert (against["from"], against["to"], against["nps"]) == ("2026-01-04", "2026-01-31", 20.0)
    assert against["change"]["points"] == 60.0
    assert against["change"]["significant"]
    assert against["change"]["words"] == "Up 60 points, more than chance (p < 0.001)."


@pytest.mark.usefixtures("two_months")
def test_any_other_stretch_can_be_compared_with_and_so_can_each_value(hearback: Hearback) -> None:
    report = hearback(*FEBRUARY, "--against", "2026-01-01..2026-01-31", "--by", "store", "--json").json

    assert report["by"]["pune"]["change"]["points"] == 75.0
    assert report["by"]["=cmd()"]["change"] == {
        "points": None,
        "p_value": None,
        "significant": False,
        "words": "Too few answers to compare.",
        "answers_needed": report["by"]["=cmd()"]["change"]["answers_needed"],
    }


@pytest.mark.usefixtures("two_months")
@pytest.mark.parametrize(("per", "periods"), [("day", 32), ("week", 6), ("month", 2)])
def test_a_trend_has_every_period_and_loses_no_answer(hearback: Hearback, per: str, periods: int) -> None:
    trend = hearback("report", "--survey", "shop", "--to", "2026-02-10", "--per", per, "--json").json["per"]

    assert len(trend) == periods
    assert sum(period["responses"] for period in trend) == 200


@pytest.mark.usefixtures("two_months")
def test_the_response_rate_is_shown_once_somebody_was_invited(hearback: Hearback) -> None:
    assert "400 invited, 390 delivered, 100 answered (25% of those invited)" in " ".join(
        hearback(*FEBRUARY).out.split()
    )
    assert "invited" not in hearback("report", "--survey", "shop", "--to", "2026-01-31").out


def test_invitations_of_days_and_values_without_an_answer_are_in_every_rate(hearback: Hearback, tables: Tables) -> None:
    count(tables, "2026-02-01", {"|invited": 4})
    count(tables, "2026-02-01", {"pune|invited": 2, "delhi|invited": 2}, "store")
    count(tables, "2026-02-02", {"|s9": 2, "|answered": 2})
    count(tables, "2026-02-02", {"pune|s9": 2, "pune|answered": 2}, "store")

    report = hearback("report", "--survey", "shop", "--by", "store", "--json").json

    assert report["from"] == "2026-02-01"
    assert report["invitations"]["response_rate"] == 0.5
    assert {value: each["invitations"]["response_rate"] for value, each in report["by"].items()} == {
        "pune": 1.0,
        "delhi": 0.0,
    }
    assert report["by"]["delhi"]["nps"] is None
    assert report["without"] == 0
    for options in ([], ["--csv"]):
        assert "delhi" in hearback("report", "--survey", "shop", "--by", "store", *options).out


@pytest.mark.usefixtures("two_months")
def test_csv_has_a_line_for_each_value_and_period_and_runs_nothing(hearback: Hearback) -> None:
    text = hearback(*FEBRUARY, "--by", "store", "--per", "month", "--against", "previous", "--csv").out

    whole, pune, formula, month = csv.DictReader(text.splitlines())
    assert (whole["responses"], whole["nps"], whole["change"], whole["answered"]) == ("100", "80.0", "60.0", "100")
    assert (pune["dimension"], pune["value"], pune["score_10"]) == ("store", "pune", "35")
    assert formula["value"] == "'=cmd()"
    assert (month["from"], month["to"], month["responses"]) == ("2026-02-01", "2026-02-28", "100")


@pytest.mark.usefixtures("two_months")
def test_a_person_reads_whether_a_change_is_more_than_chance(hearback: Hearback) -> None:
    shown = " ".join(hearback(*FEBRUARY, "--against", "previous", "--by", "store").out.replace("│", "").split())

    assert "Against 2026-01-04 to 2026-01-31: Up 60 points, more than chance (p < 0.001)." in shown


@pytest.mark.parametrize("against", ["last", "2026-01-01", "2026-01-01..2026-01-32", "2026-02-01..2026-01-01"])
def test_what_is_compared_with_must_be_days(hearback: Hearback, against: str) -> None:
    ended = hearback(*FEBRUARY, "--against", against)

    assert ended.code == 2
    assert "--against" in ended.err
