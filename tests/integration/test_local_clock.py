"""The clock moves forward only, and schedules and expiry follow it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from local_fixture.running import ask_json, seen, small_stack, take_messages, write_facts

from local.clock import ClockError, SimulatedClock
from local.stack import Stack

pytest_plugins = ["local_fixture.running_stack"]  # the fixture `stack`

SPRING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_first_movement_may_go_back_and_no_later_one() -> None:
    clock = SimulatedClock(real=lambda: SPRING)
    clock.set_to(SPRING - timedelta(days=30))
    clock.advance(timedelta(days=1))
    with pytest.raises(ClockError, match="only moves forward"):
        clock.set_to(SPRING - timedelta(days=30))
    with pytest.raises(ClockError, match="only moves forward"):
        clock.advance(timedelta(seconds=-1))
    assert clock.now() == SPRING - timedelta(days=29)


def test_a_moment_before_a_movement_keeps_the_time_it_had_then() -> None:
    real = SPRING
    clock = SimulatedClock(real=lambda: real)
    clock.advance(timedelta(hours=1))
    real = SPRING + timedelta(minutes=10)
    clock.advance(timedelta(hours=1))
    assert clock.simulated(SPRING - timedelta(minutes=1)) == SPRING - timedelta(minutes=1)
    assert clock.simulated(SPRING + timedelta(minutes=5)) == SPRING + timedelta(minutes=65)
    assert clock.simulated(SPRING + timedelta(minutes=15)) == SPRING + timedelta(minutes=135)


def test_a_jump_over_many_periods_fires_a_schedule_once_at_its_end(tmp_path: Path) -> None:
    with small_stack(tmp_path) as stack:
        stack.set_time(SPRING)
        stack.wait_until_idle()
        assert seen(stack, "tick") == []
        stack.advance(timedelta(hours=5))
        stack.wait_until_idle()
        [tick] = seen(stack, "tick")
        assert tick["time"] == "2026-03-02T14:00:00Z"
        assert (tick["source"], tick["detail-type"], tick["detail"]) == ("aws.scheduler", "Scheduled Event", "{}")
        stack.advance(timedelta(minutes=15))
        stack.wait_until_idle()
        assert len(seen(stack, "tick")) == 2


def test_an_event_nobody_waits_for_is_retried_and_then_kept_as_failed(stack: Stack) -> None:
    stack._sources.put("TickFunction", {"fails": True})
    stack.wait_until_idle()
    [failure] = take_messages(stack, "TickFailuresUrl")
    assert failure["requestContext"]["condition"] == "RetriesExhausted"
    assert failure["requestContext"]["approximateInvokeCount"] == 2  # MaximumRetryAttempts is 1
    assert failure["requestPayload"] == {"fails": True}
    assert failure["responsePayload"]["errorMessage"] == "asked to fail"


def test_items_expire_when_the_clock_has_passed_their_expiry(stack: Stack) -> None:
    dynamodb, table = stack.client("dynamodb"), stack.outputs["Facts"]
    soon = stack.now() + timedelta(hours=1)
    for name, expiry in (("goes", soon), ("stays", soon + timedelta(days=1))):
        item = {"pk": {"S": "expiry"}, "sk": {"S": name}, "act": {"S": "count"}}
        dynamodb.put_item(TableName=table, Item={**item, "expires_at": {"N": str(int(expiry.timestamp()))}})
    stack.advance(timedelta(hours=2))
    found = dynamodb.query(
        TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "expiry"}}
    )
    assert [item["sk"]["S"] for item in found["Items"]] == ["stays"]


def test_the_control_api_moves_the_clock_and_says_why_it_does_not(stack: Stack) -> None:
    before = stack.now()
    moved = ask_json(stack, "POST", "/_local/clock", {"advance": 3600})
    refused = ask_json(stack, "POST", "/_local/clock", {"at": before.isoformat()})
    unclear = ask_json(stack, "POST", "/_local/clock", {"at": "2030-01-01T00:00:00"})
    assert datetime.fromisoformat(moved["now"]) >= before + timedelta(hours=1)
    assert "only moves forward" in refused["error"]
    assert "no time zone" in unclear["error"]


def test_the_control_api_invokes_and_waits(stack: Stack) -> None:
    write_facts(stack, "waited-for", a="ok")
    idle = ask_json(stack, "GET", "/_local/idle?timeout=20")
    answer = ask_json(stack, "POST", "/_local/invoke/TickFunction", {"hello": 1})
    failure = ask_json(stack, "POST", "/_local/invoke/TickFunction", {"fails": True})
    unknown = ask_json(stack, "POST", "/_local/invoke/NoFunction", {})
    assert idle["idle"] is True
    assert seen(stack, "waited-for") == [["a"]]
    assert answer == {"result": None}
    assert failure["error"]["errorType"] == "ValueError"
    assert "TickFunction" in unknown["error"]
