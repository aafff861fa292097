"""`hearback responses`: what counts and why, and an operator who knows better."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.judging import Observation
from hearback.response import Answer, Response
from hearback.visit import Visit
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

DAY = "2026-03-04"


def scanned(tables: Tables) -> FactId:
    """A machine opened every link of a mail."""
    fact = FactId.mint("shop", 4, NOW, b"scanned..1")
    tables.responses.create(Invitation(fact, "c0ffee", DAY, dimensions={"store": "pune"}, expires_at=2**31))
    visit = Visit(fact, dimensions={"store": "pune"}, expires_at=2**31)
    for score in range(11):
        at = NOW + timedelta(milliseconds=200 * score)
        tables.people.observe(visit, Observation(at, "opened", score, int(at.timestamp() * 1000)))
    return fact


def presumed(tables: Tables) -> FactId:
    fact = FactId.mint("shop", 4, NOW, b"presumed.2")
    tables.responses.presume(Response(fact, 9, NOW, DAY, channel="mail", expires_at=2**31))
    return fact


def confirmed(tables: Tables) -> FactId:
    fact = FactId.mint("shop", 4, NOW, b"confirmed3")
    tables.responses.submit(Response(fact, 3, NOW, DAY, confirmed_by="form", expires_at=2**31), NOW)
    tables.responses.amend(fact, Answer(score=4), NOW + timedelta(minutes=1))
    return fact


def test_a_list_says_of_each_whether_it_counts_and_why(hearback: Hearback, tables: Tables) -> None:
    machine, waiting, counted = scanned(tables), presumed(tables), confirmed(tables)

    listed = {each["response"]: each for each in hearback("responses", "list", "--survey", "shop", "--json").json}

    assert {name: (each["standing"], each["reason"], each["score"]) for name, each in listed.items()} == {
        str(machine): ("not counted", "11 scores in 2 s", 10),
        str(waiting): ("provisional", "waits for the settle time", 9),
        str(counted): ("counted", "somebody sent the page's form after reading it", 4),
    }


def test_a_list_can_be_narrowed(hearback: Hearback, tables: Tables) -> None:
    machine, waiting, _ = scanned(tables), presumed(tables), confirmed(tables)

    excluded = hearback("responses", "list", "--survey", "shop", "--excluded")
    provisional = hearback("responses", "list", "--survey", "shop", "--provisional", "--json").json

    assert str(machine) in excluded.out
    assert str(waiting) not in excluded.out
    assert [each["response"] for each in provisional] == [str(waiting)]


def test_what_was_asked_too_long_ago_is_not_looked_at(hearback: Hearback, tables: Tables) -> None:
    fact = FactId.mint("shop", 4, NOW - timedelta(days=40), b"longago..4")
    tables.responses.submit(Response(fact, 3, NOW, DAY, expires_at=2**31), NOW)

    assert hearback("responses", "list", "--survey", "shop", "--months", "2", "--json").json == []
    assert len(hearback("responses", "list", "--survey", "shop", "--months", "3", "--json").json) == 1


def test_what_was_imported_without_a_time_is_listed_with_the_month_of_its_import(
    hearback: Hearback, tables: Tables
) -> None:
    for number, imported_at in enumerate([NOW - timedelta(days=1), NOW - timedelta(days=400)]):
        fact = FactId.of_row("shop", f"row {number}", None)
        tables.responses.create(Response(fact, number, imported_at, DAY, channel="import", expires_at=2**31))

    listed = hearback("responses", "list", "--survey", "shop", "--json").json

    assert [each["score"] for each in listed] == [0]


@pytest.mark.parametrize(
    "foreign",
    [
        {"expires_at": "soon"},
        {"score": Decimal("1E+100")},
        {"score": {1, 2}},
        {"comment": b"\0"},
        {"history": "long"},
        {"sk": "no ULID"},
        {"confirmed_by": {"form"}},
        {"schema": 2},
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_read_hides_no_other_and_is_told(
    hearback: Hearback, tables: Tables, foreign: dict[str, Any]
) -> None:
    fact = FactId.mint("shop", 4, NOW, b"foreign..6")
    tables.feedback.put({"Item": Response(fact, 3, NOW, DAY, expires_at=2**31).to_item() | foreign})
    counted = confirmed(tables)

    listed = hearback("responses", "list", "--survey", "shop", "--json")

    assert [each["response"] for each in listed.json] == [str(counted)]
    assert "cannot be read and are left out: 1. See: hearback reconcile" in listed.err


def test_what_newer_software_or_somebody_else_added_to_an_answer_hides_nothing(
    hearback: Hearback, tables: Tables
) -> None:
    fact = FactId.mint("shop", 4, NOW, b"foreign..6")
    added = {"note": {1, 2}, "image": b"\0", "number": 10**100, "confirmed_by": "a new way"}
    tables.feedback.put({"Item": Response(fact, 3, NOW, DAY, expires_at=2**31).to_item() | added})

    [listed] = hearback("responses", "list", "--survey", "shop", "--json").json

    assert (listed["response"], listed["reason"]) == (str(fact), "a new way")


def test_a_visit_that_cannot_be_read_hides_no_other_and_is_told(hearback: Hearback, tables: Tables) -> None:
    machine, spoiled = scanned(tables), FactId.mint("shop", 4, NOW, b"spoiled..7")
    tables.people.observe(Visit(spoiled, expires_at=2**31), Observation(NOW, "opened", 8))
    tables.directory.put({"Item": Visit.key(spoiled) | {"observed": {1, 2}}})

    listed = hearback("responses", "list", "--survey", "shop", "--json")

    assert [each["response"] for each in listed.json] == [str(machine)]
    assert "cannot be read what was observed: 1" in listed.err


def test_showing_tells_every_step_and_the_verdict(hearback: Hearback, tables: Tables) -> None:
    shown = hearback("responses", "show", str(scanned(tables)))

    assert shown.out.count("link opened") == 11
    assert "04 Mar 16:00:02" in shown.out
    assert "not counted: 11 scores in 2 s" in shown.out
    assert "hearback responses include shop." in shown.err


def test_showing_tells_what_was_confirmed_and_changed(hearback: Hearback, tables: Tables) -> None:
    steps = hearback("responses", "show", str(confirmed(tables)), "--json").json["steps"]

    assert [(step["happened"], step["score"]) for step in steps] == [("answer confirmed", 3), ("score changed", 4)]


def test_words_that_follow_within_a_second_stand_after_the_answer(hearback: Hearback, tables: Tables) -> None:
    fact, at = FactId.mint("shop", 4, NOW, b"quick.word"), NOW + timedelta(milliseconds=300)
    tables.responses.submit(Response(fact, 3, at, DAY, confirmed_by="form", expires_at=2**31), at)
    tables.responses.amend(fact, Answer(comment="Slow."), at + timedelta(milliseconds=500))

    steps = hearback("responses", "show", str(fact), "--json").json["steps"]

    assert [step["happened"] for step in steps] == ["answer confirmed", "words changed"]


def test_a_machines_answer_can_be_counted_and_nothing_follows_unless_asked_for(
    hearback: Hearback, tables: Tables
) -> None:
    fact = scanned(tables)

    included = hearback("responses", "include", str(fact), "--score", "4")

    response = tables.responses.response(fact)
    assert response
    assert (included.code, included.out) == (0, f"Counted {fact} with the score 4\n")
    assert (response.score, response.contact, response.dimensions) == (4, "c0ffee", {"store": "pune"})
    assert (response.confirmed_by, response.follow_up, response.version) == ("operator", False, 2)
    assert response.contribution().counters == ("s4",)


def test_nobody_guesses_which_of_many_opened_scores_a_person_meant(hearback: Hearback, tables: Tables) -> None:
    fact, waiting = scanned(tables), presumed(tables)

    unsaid = hearback("responses", "include", str(fact))
    never_seen = hearback("responses", "include", str(waiting), "--score", "2")

    assert "shows the scores 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10; say which one its person meant" in unsaid.err
    assert "gave the score 9" in never_seen.err
    assert tables.responses.response(fact) is None
    stored = tables.responses.response(waiting)
    assert stored
    assert stored.provisional


def test_a_visit_with_one_score_needs_no_telling_and_no_other_is_made_up(hearback: Hearback, tables: Tables) -> None:
    fact = FactId.mint("shop", 4, NOW, b"oneopened7")
    tables.people.observe(Visit(fact, expires_at=2**31), Observation(NOW, "opened", 8))

    assert "does not show the score 9, only 8" in hearback("responses", "include", str(fact), "--score", "9").err
    assert hearback("responses", "include", str(fact)).out == f"Counted {fact} with the score 8\n"


def test_what_was_excluded_before_anybody_confirmed_it_tells_of_no_confirmation(
    hearback: Hearback, tables: Tables
) -> None:
    fact = presumed(tables)

    hearback("responses", "exclude", str(fact), "--reason", "a test of ours")

    shown = hearback("responses", "show", str(fact), "--json").json
    assert (shown["standing"], shown["reason"], shown["steps"]) == ("not counted", "a test of ours", [])


def test_a_presumed_answer_is_counted_and_followed_up_at_once_if_asked_for(hearback: Hearback, tables: Tables) -> None:
    fact = presumed(tables)

    hearback("responses", "include", str(fact), "--follow-up")

    response = tables.responses.response(fact)
    assert response
    assert (response.provisional, response.follow_up) == (False, True)


def test_an_answer_is_excluded_with_a_reason_and_counted_again(hearback: Hearback, tables: Tables) -> None:
    fact = confirmed(tables)

    hearback("responses", "exclude", str(fact), "--reason", "a test of ours")
    excluded = tables.responses.response(fact)
    hearback("responses", "include", str(fact))
    included = tables.responses.response(fact)

    assert excluded
    assert included
    assert (excluded.excluded, excluded.contribution().counters) == ("a test of ours", ())
    assert included.contribution().counters == ("s4",)


def test_an_answer_that_was_counted_without_follow_up_is_followed_up_if_asked_for(
    hearback: Hearback, tables: Tables
) -> None:
    fact = presumed(tables)
    hearback("responses", "include", str(fact))

    assert "is counted already" in hearback("responses", "include", str(fact)).err
    again = hearback("responses", "include", str(fact), "--follow-up")

    assert again.out == f"Counted {fact} with the score 9 and followed up\n"
    response = tables.responses.response(fact)
    assert response
    assert (response.version, response.follow_up) == (3, True)
    assert "is counted already" in hearback("responses", "include", str(fact), "--follow-up").err


def test_what_cannot_be_is_said(hearback: Hearback, tables: Tables) -> None:
    fact = confirmed(tables)
    opened = FactId.mint("shop", 4, NOW, b"opened...5")
    tables.people.observe(Visit(opened, expires_at=2**31), Observation(NOW, "head"))

    assert "is counted already" in hearback("responses", "include", str(fact)).err
    assert "is not the id of a response" in hearback("responses", "show", "nonsense").err
    assert "is not the id of a response" in hearback("responses", "show", f"shop.0{'7' + 25 * 'Z'}").err
    assert "nobody answered or opened" in hearback("responses", "show", str(FactId.mint("shop", 4, NOW))).err
    assert "no score was ever seen" in hearback("responses", "include", str(opened)).err
    assert "is not counted anyway" in hearback("responses", "exclude", str(opened)).err
