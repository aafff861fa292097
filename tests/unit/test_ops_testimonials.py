"""`hearback testimonials`: nothing is listed without a consent that holds, and an operator can take one out."""

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


def test_it_is_told_whose_words_they_are(hearback: Hearback, tables: Tables) -> None:
    known, nobody = answered(tables, 1, "The samosas! I dream of them."), answered(tables, 2, "So good")
    consent(tables, known, "The samosas!")
    consent(tables, replace(nobody, contact=""), "They stole my data", "The CEO", days=1)

    told = hearback("testimonials", "list", "--json").json
    shown = hearback("testimonials", "list").out

    assert [(each["score"], each["person"], each["in_comment"]) for each in told] == [
        (10, "anonymous", False),
        (10, "known", True),
    ]
    assert f"{nobody.id}\nscore 10 · anonymous person · words that the comment does not say" in shown
    assert f"{known.id}\nscore 10 · known person · words of the comment" in shown


def test_an_operator_takes_one_out(hearback: Hearback, three: list[Response]) -> None:
    hearback("testimonials", "remove", str(three[0].id))

    assert words(hearback) == ["=HYPERLINK(1)"]
    again = hearback("testimonials", "remove", str(three[0].id))
    assert (again.code, "nothing may be quoted of" in again.err) == (2, True)
    assert "is not the id of a response" in hearback("testimonials", "remove", "everything").err


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
    assert listed.err.splitlines()[1:] == [
        "2 lapsed, and need a new consent:",
        f"  {three[1].id}: its answer does not count (our own test)",
        f"  {three[0].id}: its comment was changed",
    ]


def test_whose_score_left_its_category_is_left_out(hearback: Hearback, tables: Tables, three: list[Response]) -> None:
    tables.responses.amend(three[0].id, Answer(3), NOW + timedelta(minutes=1))

    listed = hearback("testimonials", "list")

    assert "The samosas!" not in listed.out
    assert f"  {three[0].id}: its score went from 10 to 3" in listed.err.splitlines()
    assert words(hearback) == ["=HYPERLINK(1)"]


def test_an_answer_whose_retention_ended_takes_nothing_back(
    hearback: Hearback, tables: Tables, three: list[Response]
) -> None:
    tables.feedback.delete({"Key": replace(three[0]).key})

    assert "The samosas!" in words(hearback)
