"""A mistake in a survey's file says what is allowed there, also where pydantic's own words would not."""

from pathlib import Path

import pytest

from hearback.survey_names import MOST_LISTED, listed
from ops.survey_file import BadSurveys, read_survey

SOUND = """\
id: tea
title: Tea
question: Would you recommend us?
brand: { name: Chai }
people: { asha: { name: Asha, email: asha@shop.example } }
dimensions: { store: { values: [pune, mumbai] } }
"""


def problem(folder: Path, added: str) -> tuple[str, str]:
    """Path and words of the one mistake that a line makes."""
    file = folder / "tea.yaml"
    file.write_text(f"{SOUND}{added}\n", encoding="utf-8")
    with pytest.raises(BadSurveys) as bad:
        read_survey(file)
    [mistake] = bad.value.mistakes
    return mistake.path, mistake.problem


@pytest.mark.parametrize("day", ["2027-02-30", "26.01.2027", "01-26", "'1799884800'", "'0'", "2027-01-26T00:00:00"])
def test_a_holiday_is_a_day_and_how_it_is_written_is_said(tmp_path: Path, day: str) -> None:
    path, words = problem(tmp_path, f"care: [{{ owner: asha, holidays: [{day}] }}]")

    assert path == "care.0.holidays.0"
    assert words == f"{day.strip(chr(39))!r}: not a day that exists, written as yyyy-mm-dd: 2027-01-26"


@pytest.mark.parametrize("number", ["20270126", "1799884800", "0", "true"])
def test_a_holiday_is_no_number_of_seconds(tmp_path: Path, number: str) -> None:
    path, words = problem(tmp_path, f"care: [{{ owner: asha, holidays: [{number}] }}]")

    assert path == "care.0.holidays.0"
    assert words == "not a day that exists, written as yyyy-mm-dd: 2027-01-26"


@pytest.mark.parametrize(
    ("line", "path", "said"),
    [
        ("mail_cap_days: true", "mail_cap_days", "True"),
        ("mail_cap_days: '7'", "mail_cap_days", "'7'"),
        ("mail_cap_days: 7.0", "mail_cap_days", "7.0"),
        ("plays: [{ id: p, when: {}, what: task, owner: asha, cap_days: true }]", "plays.0.cap_days", "True"),
        ("plays: [{ id: p, when: { score_to: false }, what: task, owner: asha }]", "plays.0.when.score_to", "False"),
    ],
)
def test_true_is_no_number(tmp_path: Path, line: str, path: str, said: str) -> None:
    assert problem(tmp_path, line) == (path, f"should be a whole number, not {said}")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("care: [{ owner: asha, dimensions: { store: [goa] } }]", "care.0.dimensions.store"),
        ("subscriptions: [{ id: s, to: asha, scope: { store: goa } }]", "subscriptions.0.scope.store"),
        (
            "plays: [{ id: p, when: { dimensions: { store: [goa] } }, what: task, owner: asha }]",
            "plays.0.when.dimensions.store",
        ),
    ],
)
def test_an_undeclared_value_is_told_those_that_there_are(tmp_path: Path, line: str, path: str) -> None:
    assert problem(tmp_path, line) == (path, "'goa' is not a declared value of 'store', which has mumbai, pune")


def test_of_hundreds_of_values_the_first_are_told() -> None:
    names = [f"s{number:04}" for number in range(1200)]

    told = listed(names)

    assert told.startswith("s0000, s0001, ")
    assert told.endswith(f", {names[MOST_LISTED - 1]} and {1200 - MOST_LISTED:,} more")


@pytest.mark.parametrize(
    ("play", "path", "words"),
    [
        (
            "{ id: p, when: detractor, what: task }",
            "plays.0.when",
            "should be a mapping of some of category, score_from",
        ),
        ("{ id: p, when: {}, what: call }", "plays.0.what", "'call' is none; a play is one of mail, task, event"),
        ("call them", "plays.0", "should be a mapping of fields, not 'call them'"),
    ],
)
def test_a_play_in_a_wrong_shape_is_told_the_right_one(tmp_path: Path, play: str, path: str, words: str) -> None:
    at, said = problem(tmp_path, f"plays: [{play}]")

    assert at == path
    assert said.startswith(words)
