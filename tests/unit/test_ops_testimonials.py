"""`hearback testimonials list`: nothing is listed without a consent that holds."""

import csv
from dataclasses import replace
from datetime import timedelta

import pytest

from hearback.fact import FactId
from hearback.response import Answer, Response
from hearback.testimonial import Testimonial
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback


def answered(tables: Tables, number: int, comment: str) -> Response:
    response = Response(
        FactId.of_row("shop", str(number), NOW), 10, NOW, "2026-03-04", comment=comment, contact=f"{number:032x}"
    )
    tables.responses.create(response)
    return response


def consent(tables: Tables, response: Response, words: str, named: str = "", days: int = 0) -> None:
    given = Testimonial.of(response, words, named, NOW + timedelta(days=days), 2_000_000_000)
    tables.directory.put({"Item": given.to_item()})


@pytest.fixture
def three(tables: Tables) -> list[Response]:
    """One who consented, one who consented a day later to a formula, and one who was never asked."""
    responses = [answered(tables, number, f"words {number}") for number in range(3)]
    consent(tables, responses[0], "The samosas!", "Asha [Pune]")
    consent(tables, responses[1], "=HYPERLINK(1)", days=1)
    return responses


def words(hearback: Hearback, *options: str) -> list[str]:
    return [each["words"] for each in hearback("testimonials", "list", "--json", *options).json]


@pytest.mark.usefixtures("three")
def test_what_was_consented_to_is_listed_newest_first(hearback: Hearback) -> None:
    assert words(hearback) == ["=HYPERLINK(1)", "The samosas!"]
    assert words(hearback, "--survey", "other") == []
    shown = hearback("testimonials", "list")
    assert "The samosas!" in shown.out
    assert "Asha [Pune]" in shown.out
    assert "2 may be quoted" in shown.err


@pytest.mark.usefixtures("three")
def test_nothing_runs_in_a_spreadsheet(hearback: Hearback) -> None:
    rows = list(csv.DictReader(hearback("testimonials", "list", "--csv").out.splitlines()))

    assert [(row["words"], row["named"]) for row in rows] == [("'=HYPERLINK(1)", ""), ("The samosas!", "Asha [Pune]")]


def test_whose_words_changed_is_left_out(hearback: Hearback, tables: Tables, three: list[Response]) -> None:
    tables.responses.amend(three[0].id, Answer(comment="They were cold."), NOW)
    tables.responses.revise(three[1].id, lambda response: response.exclude("our own test"))

    listed = hearback("testimonials", "list")

    assert "The samosas!" not in listed.out
    assert "Nothing may be quoted yet." in listed.err
    assert "2 left out" in listed.err


def test_an_answer_whose_retention_ended_takes_nothing_back(
    hearback: Hearback, tables: Tables, three: list[Response]
) -> None:
    tables.feedback.delete({"Key": replace(three[0]).key})

    assert "The samosas!" in words(hearback)
