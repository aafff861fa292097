"""Reconciling: what differs from the facts is seen and set right, whatever is counted meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aggregate.counting import Pace, count, packs, read_ledgers
from aggregate.facts import ledger_of
from aggregate.stream import Failures, take_in
from hearback.aws.dynamodb import Table, TransactionFailed, to_wire
from hearback.fact import FactId
from hearback.response import Answer, Response
from hearback.tally import Ledger, counters_of
from ops import reconciliation, recount, tally_check
from ops.bookmark import Bookmark
from ops.reconciliation import Reconciliation
from ops.recount import repair
from tests.conftest import NOW, Tables
from tests.fake_dynamodb import FakeDynamoDB

PACE = Pace(lambda: 60.0, lambda seconds: None, lambda: 0.5)
DAY = "2026-03-04"
BEYOND_ALL_TIME = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"
"""A ULID of the year 10889."""
WHOLE = {"pk": "shop#all", "sk": f"{DAY}#0"}


def answer(number: int, score: int = 9, **more: object) -> Response:
    fact = FactId.of_row("shop", str(number), NOW)
    said = Response(fact, score, NOW, DAY, dimensions={"store": "pune"}, expires_at=2**31)
    return replace(said, **more)  # type: ignore[arg-type]


def store(tables: Tables, response: Response) -> Response:
    tables.feedback.put({"Item": response.to_item()})
    return response


def aggregate(tables: Tables, *responses: Response) -> None:
    count(tables.tally, [ledger_of(response.to_item()) for response in responses], PACE)


def counted(tables: Tables) -> dict[str, int]:
    return counters_of(tables.tally.get(WHOLE) or {})


def edit_by_hand(tables: Tables, counter: str, value: int) -> None:
    request = {"UpdateExpression": "SET #c = :v", "ExpressionAttributeNames": {"#c": counter}}
    tables.tally.update({"Key": WHOLE, **request, "ExpressionAttributeValues": {":v": value}})


def nothing_happens(seconds: float) -> None:
    """The time between two looks passes at once."""


def run(
    tables: Tables, *, fix: bool = False, survey: str = "", meanwhile: Callable[[float], None] = nothing_happens
) -> Reconciliation:
    done = Reconciliation(tables.feedback, tables.tally, survey, fix, sleep=meanwhile)
    done.compare_facts(lambda read: None)
    done.compare_tallies(lambda read: None)
    return done


@pytest.fixture
def tables() -> Tables:
    client: Any = FakeDynamoDB(streamed=["feedback"])
    return Tables(*(Table(client, name) for name in ("feedback", "directory", "tally")))


@pytest.fixture
def three(tables: Tables) -> list[Response]:
    """Three facts, counted."""
    responses = [store(tables, answer(number)) for number in range(3)]
    aggregate(tables, *responses)
    return responses


def test_what_is_counted_as_it_is_shows_no_difference(tables: Tables, three: list[Response]) -> None:
    done = run(tables)
    assert (done.facts, done.differences, done.moving, done.remaining) == (3, [], [], 0)


def test_a_fact_that_was_never_counted_is_shown_and_then_counted(tables: Tables, three: list[Response]) -> None:
    store(tables, answer(7, score=2))
    [shown] = run(tables).differences
    assert (shown.wrong, shown.detail, shown.repaired) == ("not counted", "version 1", False)
    assert counted(tables) == {"|s9": 3}
    assert run(tables, fix=True).remaining == 0
    assert counted(tables) == {"|s9": 3, "|s2": 1}
    assert run(tables).differences == []


def test_an_amendment_that_was_never_counted_replaces_what_was(tables: Tables, three: list[Response]) -> None:
    store(tables, three[0].amended(Answer(score=1), NOW))
    [shown] = run(tables, fix=True).differences
    assert (shown.detail, shown.repaired) == ("version 2; version 1 is counted", True)
    assert counted(tables) == {"|s9": 2, "|s1": 1}


@pytest.mark.parametrize("fix", [False, True])
def test_a_fact_that_is_just_about_to_be_counted_is_no_difference(
    tables: Tables, three: list[Response], fix: bool
) -> None:
    late = store(tables, answer(7))
    done = run(tables, fix=fix, meanwhile=lambda seconds: aggregate(tables, late))
    assert (done.differences, done.remaining) == ([], 0)


def test_many_facts_that_were_never_counted_are_repaired_before_the_end(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_WAITING", 5)
    monkeypatch.setattr(reconciliation, "REPAIRED_AT_ONCE", 2)
    for number in range(40):
        store(tables, answer(number))
    counts = []

    def progressed(read: int) -> None:
        counts.append(counted(tables).get("|s9", 0))

    Reconciliation(tables.feedback, tables.tally, fix=True, sleep=nothing_happens).compare_facts(progressed)

    assert any(0 < count < 40 for count in counts)
    assert counted(tables) == {"|s9": 40}


def test_a_repair_that_was_stopped_goes_on_where_it_was(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "REPAIRED_AT_ONCE", 2)
    for number in range(5):
        store(tables, answer(number))
    repaired: list[int] = []

    def stop(*given: Any) -> None:
        if repaired:
            raise KeyboardInterrupt
        repaired.append(1)
        repair(*given)

    stopped = Reconciliation(tables.feedback, tables.tally, fix=True, sleep=nothing_happens)
    monkeypatch.setattr(recount, "repair", stop)
    with pytest.raises(KeyboardInterrupt):
        stopped.compare_facts(lambda read: None)
    monkeypatch.setattr(recount, "repair", repair)
    resumed = Reconciliation(tables.feedback, tables.tally, fix=True, sleep=nothing_happens)
    resumed.go_on(stopped.come())
    resumed.compare_facts(lambda read: None)

    assert [one.repaired for one in resumed.differences] == [True] * 5
    assert counted(tables) == {"|s9": 5}


@pytest.mark.parametrize("version", [1, 5], ids=["of the same version", "ahead of its fact"])
def test_a_ledger_that_says_something_else_is_replaced_with_its_tallies(
    tables: Tables, three: list[Response], version: int
) -> None:
    right = ledger_of(three[0].to_item())
    wrong = replace(right, version=version, contribution=replace(right.contribution, counters=("s3",)))
    count(tables.tally, [wrong], PACE, {right.key: right})
    assert counted(tables) == {"|s9": 2, "|s3": 1}
    [shown] = run(tables).differences
    ahead = "version is 1, counted is 5, " if version == 5 else ""
    assert (shown.wrong, shown.detail) == ("counted wrongly", ahead + "counters is s9, counted is s3")
    assert run(tables, fix=True).remaining == 0
    assert counted(tables) == {"|s9": 3}
    assert read_ledgers(tables.tally, [right.key]) == {right.key: right}


def test_an_aggregator_that_read_before_a_repair_does_not_count_over_it(tables: Tables, three: list[Response]) -> None:
    right = ledger_of(three[0].to_item())
    wrong = replace(right, contribution=replace(right.contribution, counters=("s3",)))
    count(tables.tally, [wrong], PACE, {right.key: right})
    newer = ledger_of(three[0].amended(Answer(score=10), NOW).to_item())
    read_before = read_ledgers(tables.tally, [right.key])
    run(tables, fix=True)
    [pack] = packs([newer], read_before)
    with pytest.raises(TransactionFailed):
        tables.tally.transact(pack.writes(read_before))
    assert counted(tables) == {"|s9": 3}


def test_a_ledger_of_an_expired_fact_stays_counted(tables: Tables, three: list[Response]) -> None:
    tables.feedback.delete({"Key": three[0].key})
    done = run(tables, fix=True)
    assert (done.facts, done.differences) == (2, [])
    assert counted(tables) == {"|s9": 3}


def test_retention_takes_facts_away_and_leaves_their_counts(three: list[Response], tables: Tables) -> None:
    dynamodb: Any = tables.feedback.client
    for response in three:
        dynamodb.expire(tables.feedback.name, to_wire(response.key))
    assert [record["eventName"] for record in dynamodb.stream] == ["INSERT"] * 3 + ["REMOVE"] * 3
    assert take_in(dynamodb.stream, tables.tally, Failures(no_queue, ""), PACE) is None
    assert (run(tables, fix=True).facts, counted(tables)) == (0, {"|s9": 3})


def test_a_tally_edited_by_hand_is_shown_and_set_right(tables: Tables, three: list[Response]) -> None:
    edit_by_hand(tables, "|s9", 40)
    edit_by_hand(tables, "|s0", 2)
    [shown] = run(tables).differences
    assert shown.where == f"tally shop#all {DAY}#0"
    assert shown.detail == "s0 is 2, its ledgers say 0; s9 is 40, its ledgers say 3"
    done = run(tables, fix=True)
    assert ([one.repaired for one in done.differences], done.remaining) == ([True], 0)
    assert counted(tables) == {"|s9": 3}


def test_a_tally_item_that_was_deleted_comes_back(tables: Tables, three: list[Response]) -> None:
    tables.tally.delete({"Key": WHOLE})
    assert run(tables, fix=True).remaining == 0
    assert counted(tables) == {"|s9": 3}


def test_a_tally_item_without_any_answer_is_emptied(tables: Tables) -> None:
    edit_by_hand(tables, "|s9", 7)
    assert run(tables, fix=True).remaining == 0
    assert counted(tables) == {}


@pytest.mark.parametrize("spoiled", ["many", {1, 2}, Decimal("0.5")], ids=str)
def test_a_tally_that_is_no_number_is_named_with_what_to_do_and_comes_back(
    tables: Tables, three: list[Response], spoiled: Any
) -> None:
    tables.tally.put({"Item": (tables.tally.get(WHOLE) or {}) | {"|s9": spoiled}})
    [shown] = run(tables, fix=True).differences
    assert (shown.repaired, shown.detail) == (
        False,
        f"s9 is no whole number: delete item {WHOLE['pk']} {WHOLE['sk']} of TallyTable, then run this again with --fix",
    )
    tables.tally.delete({"Key": WHOLE})
    assert run(tables, fix=True).remaining == 0
    assert counted(tables) == {"|s9": 3}


def test_answers_counted_before_a_correction_is_written_stay_counted(tables: Tables, three: list[Response]) -> None:
    edit_by_hand(tables, "|s9", 40)
    verdict = tally_check.check(tables.tally, lambda: sums(tables), nothing_happens)
    aggregate(tables, store(tables, answer(7)))
    tally_check.correct(tables.tally, verdict.drifts)
    assert counted(tables) == {"|s9": 4}


def test_two_corrections_at_once_correct_once(tables: Tables, three: list[Response]) -> None:
    edit_by_hand(tables, "|s9", 40)
    one = tally_check.check(tables.tally, lambda: sums(tables), nothing_happens)
    other = tally_check.check(tables.tally, lambda: sums(tables), nothing_happens)
    tally_check.correct(tables.tally, one.drifts)
    tally_check.correct(tables.tally, other.drifts)
    assert counted(tables) == {"|s9": 3}


def test_a_correction_of_more_counters_than_an_expression_takes_is_written_in_parts(tables: Tables) -> None:
    cells = {f"{value}|s9": 1 for value in range(450)}
    tables.tally.put({"Item": {**WHOLE, **cells}})
    assert run(tables, fix=True).remaining == 0
    assert counted(tables) == {}


def test_a_day_that_is_counted_on_all_the_while_is_not_judged(tables: Tables, three: list[Response]) -> None:
    edit_by_hand(tables, "|s9", 40)
    numbers = iter(range(10, 100))
    done = run(tables, fix=True, meanwhile=lambda seconds: aggregate(tables, store(tables, answer(next(numbers)))))
    assert done.moving == [("shop", DAY)]
    assert (done.differences, counted(tables)) == ([], {"|s9": 40 + tally_check.LOOKS})


def test_a_day_that_comes_to_rest_is_judged(tables: Tables, three: list[Response]) -> None:
    edit_by_hand(tables, "|s9", 40)
    late = [answer(10)]
    done = run(
        tables,
        fix=True,
        meanwhile=lambda seconds: aggregate(tables, *(store(tables, late.pop()) for _ in range(len(late)))),
    )
    assert (done.moving, done.remaining) == ([], 0)
    assert counted(tables) == {"|s9": 4}


def test_a_fact_of_foreign_shape_is_shown_and_remains(tables: Tables, three: list[Response]) -> None:
    tables.feedback.put({"Item": {**answer(7).to_item(), "schema": 99}})
    tables.feedback.put({"Item": {"pk": "what", "sk": "ever"}})
    tables.feedback.put({"Item": {"pk": "R#shop#2026-03#0", "sk": BEYOND_ALL_TIME}})
    done = run(tables, fix=True)
    assert {(one.where, one.detail) for one in done.differences} == {
        (f"response {answer(7).id}", "its schema is 99; this software knows up to 1"),
        ("item what ever", "its key is not that of a fact"),
        (f"item R#shop#2026-03#0 {BEYOND_ALL_TIME}", "its key is not that of a fact"),
    }
    assert done.remaining == 3


@pytest.mark.parametrize(
    "edited", [{"cells": None}, {"version": Decimal("0.5")}, {"counters": {"s9"}}, {"counters": {9}}], ids=str
)
def test_a_ledger_that_cannot_be_read_is_shown_and_no_tally_is_judged_without_it(
    tables: Tables, three: list[Response], edited: dict[str, Any]
) -> None:
    right = ledger_of(three[0].to_item())
    broken = right.key
    tables.tally.put({"Item": right.to_item() | edited})
    edit_by_hand(tables, "|s9", 40)
    done = run(tables, fix=True)
    assert {one.where for one in done.differences} == {f"response {three[0].id}", f"item {broken}"}
    assert f"delete item {broken} of TallyTable" in done.differences[0].detail
    assert counted(tables) == {"|s9": 40}
    tables.tally.delete({"Key": Ledger.key_item(broken)})
    assert run(tables, fix=True).remaining == 0
    assert counted(tables) == {"|s9": 3}


def test_a_ledger_with_an_attribute_of_somebody_elses_is_read_all_the_same(
    tables: Tables, three: list[Response]
) -> None:
    for fact in three[:2]:
        note = {"note": {1, 2}, "image": b"\0", "number": 10**100}
        tables.tally.put({"Item": ledger_of(fact.to_item()).to_item() | note})
        tables.feedback.put({"Item": fact.amended(Answer(score=1), NOW).to_item() | note})
    [first, second] = run(tables, fix=True).differences
    assert {first.detail, second.detail} == {"version 2; version 1 is counted"}
    assert (run(tables).differences, counted(tables)) == ([], {"|s9": 1, "|s1": 2})


def test_a_version_that_nobody_wrote_is_set_right(tables: Tables, three: list[Response]) -> None:
    right = ledger_of(three[0].to_item())
    tables.tally.put({"Item": right.to_item() | {"version": 10**100}})
    assert run(tables, fix=True).remaining == 0
    assert read_ledgers(tables.tally, [right.key]) == {right.key: right}


def test_only_the_survey_that_was_named_is_compared(tables: Tables, three: list[Response]) -> None:
    other = store(tables, replace(answer(7), id=FactId.of_row("shop-two", "7", NOW)))
    edit_by_hand(tables, "|s9", 40)
    done = run(tables, survey="shop-two", fix=True)
    assert [one.where for one in done.differences] == [f"response {other.id}"]
    assert counted(tables) == {"|s9": 40}


def test_a_run_that_was_stopped_goes_on_where_it_was(tables: Tables, three: list[Response], tmp_path: Path) -> None:
    store(tables, answer(7))
    stopped = Reconciliation(tables.feedback, tables.tally, sleep=nothing_happens)
    bookmark = Bookmark(tmp_path / "kept", {"survey": ""}, monotonic=lambda: 0.0)
    pages = iter(range(5))  # of eight

    def stop(read: int) -> None:
        bookmark.keep(stopped.come, now=True)
        if next(pages, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped.compare_facts(stop)
    resumed = Reconciliation(tables.feedback, tables.tally, sleep=nothing_happens)
    bookmark.read(resumed.go_on)
    pages_left: list[int] = []
    resumed.compare_facts(pages_left.append)
    assert len(pages_left) == 2
    assert resumed.facts == 4
    assert [one.wrong for one in resumed.differences] == ["not counted"]


def no_queue() -> Any:
    raise AssertionError("everything can be counted")


def sums(tables: Tables) -> tally_check.Sums:
    items, _, _ = tables.tally.scan_page({})
    return tally_check.summed(items)
