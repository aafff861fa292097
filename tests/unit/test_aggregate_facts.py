"""Which stored items can be counted, and what is said of the others."""

from typing import Any

import pytest

from aggregate.facts import Inapplicable, ledger_of
from hearback.fact import INVITATION, SCHEMA
from hearback.invitation import Invitation
from tests.counting_world import DAY, response

FACT = response(1, 9, dimensions={"store": "pune"}, pages={"store": 1}, comment="Do not print this.").to_item()


def test_a_response_asks_for_its_score_in_its_cells() -> None:
    ledger = ledger_of(FACT)

    assert ledger.key == f"L#R#{response(1).id}"
    assert ledger.version == 1
    assert sorted(ledger.contribution.increments()) == [
        ("shop#all", f"{DAY}#0", "|comments"),
        ("shop#all", f"{DAY}#0", "|s9"),
        ("shop#store", f"{DAY}#1", "pune|comments"),
        ("shop#store", f"{DAY}#1", "pune|s9"),
    ]


def test_an_invitation_has_a_ledger_of_its_own() -> None:
    fact = response(1).id

    assert ledger_of(Invitation(fact, "c0ffee", DAY).to_item()).key == f"L#{INVITATION}#{fact}"


FOREIGN: dict[str, dict[str, Any]] = {
    "a key of something else": {"pk": "SURVEYS"},
    "a month that is not its ULID's": {"pk": "R#shop#1999-01#1"},
    "a ULID beyond the year 9999": {"pk": "R#shop#2026-03#1", "sk": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"},
    "no schema": {"schema": None},
    "words for a schema": {"schema": "Do not print this." * 1000},
    "a newer schema": {"schema": SCHEMA + 1},
    "a score beyond ten": {"score": 11},
    "half a score": {"score": 9.5},
    "true for a score": {"score": True},
    "words for a score": {"score": "9"},
    "a number for a comment": {"comment": 7},
    "bytes for a comment": {"comment": b"Do not print this."},
    "a list of answers": {"answers": ["topic"]},
    "a number for an answer": {"answers": {"topic": 7}},
    "a number for a contact": {"contact": 7},
    "a number for a language": {"locale": 7},
    "true for a reason": {"excluded": True},
    "words for when it expires": {"expires_at": "soon"},
    "words for a history": {"history": "Do not print this."},
    "an earlier version without its time": {"history": [{"score": 9}]},
    "an earlier version with a number for a comment": {
        "history": [{"score": 9, "until": "2026-03-01T12:00:00+00:00", "comment": 7}]
    },
    "no version": {"version": None},
    "version nought": {"version": 0},
    "no day": {"day": "yesterday"},
    "a day in another spelling": {"day": "20260301"},
    "dimensions in a list": {"dimensions": ["store"]},
    "a dimension that no ledger could spell": {"dimensions": {"a/b=c": "x"}},
    "the whole survey for a dimension": {"dimensions": {"all": "x"}},
    "an empty value": {"dimensions": {"store": ""}},
    "a number for a value": {"dimensions": {"store": 7}},
    "a value longer than surveys allow": {"dimensions": {"store": "é" * 31}},
    "a page below nought": {"pages": {"store": -1}},
}


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_what_cannot_be_counted_is_said_without_its_words(change: dict[str, Any]) -> None:
    foreign = {name: value for name, value in {**FACT, **change}.items() if value is not None}

    with pytest.raises(Inapplicable) as problem:
        ledger_of(foreign)

    assert "Do not print this" not in str(problem.value)
    assert len(str(problem.value)) < 100


@pytest.mark.parametrize("missing", ["pk", "sk", "schema", "version", "score", "day", "answered_at"])
def test_a_fact_without_what_counting_needs_cannot_be_counted(missing: str) -> None:
    with pytest.raises(Inapplicable):
        ledger_of({name: value for name, value in FACT.items() if name != missing})


def test_an_attribute_nobody_knows_does_no_harm() -> None:
    assert ledger_of({**FACT, "mood": "sunny"}) == ledger_of(FACT)
