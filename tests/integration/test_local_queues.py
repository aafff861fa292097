"""Queues hold their messages until the simulated clock says they are due."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from local_fixture.running import seen, seen_entries, take_messages

from local.stack import Stack

pytest_plugins = ["local_fixture.running_stack"]  # the fixture `stack`


def _send(stack: Stack, about: str, **message: Any) -> None:
    body = json.dumps({"about": about, **message})
    stack.client("sqs").send_message(QueueUrl=stack.outputs["LaterUrl"], MessageBody=body)


def test_a_message_is_held_until_its_delay_has_passed_on_the_clock(stack: Stack) -> None:
    sent_at = stack.now()
    _send(stack, "held")
    held = stack.wait_until_idle()
    before = seen(stack, "held")
    stack.advance(timedelta(seconds=119))
    stack.wait_until_idle()
    still_before = seen(stack, "held")
    stack.advance(timedelta(seconds=2))
    stack.wait_until_idle()
    assert (held.held, before, still_before) == (1, [], [])
    assert held.next_due is not None
    assert abs((held.next_due - sent_at - timedelta(seconds=120)).total_seconds()) < 2
    assert len(seen(stack, "held")) == 1


def test_a_message_sent_before_the_clock_moved_is_due_by_the_time_it_was_sent(stack: Stack) -> None:
    _send(stack, "moved")
    stack.advance(timedelta(minutes=5))
    stack.wait_until_idle()
    [message] = seen(stack, "moved")
    sent = int(message["attributes"]["SentTimestamp"]) / 1000
    assert 299 < stack.now().timestamp() - sent < 310


def test_only_the_failed_message_comes_again_and_then_lies_with_the_dead_letters(stack: Stack) -> None:
    _send(stack, "good")
    _send(stack, "bad", fails=True)
    stack.wait_until_idle()
    stack.advance(timedelta(minutes=3))
    stack.wait_until_idle()
    assert len(seen(stack, "good")) == 1
    counts = [each["attributes"]["ApproximateReceiveCount"] for each in seen(stack, "bad")]
    assert counts == ["1", "2"]  # maxReceiveCount
    assert [message["about"] for message in take_messages(stack, "LaterFailuresUrl")] == ["bad"]


def test_handlers_see_the_simulated_time(stack: Stack) -> None:
    _send(stack, "clock")
    stack.wait_until_idle()
    stack.advance(timedelta(days=400))
    stack.wait_until_idle()
    [entry] = seen_entries(stack, "clock")
    assert entry["at"][:16] == stack.now().isoformat()[:16]


def test_the_status_counts_what_is_held_and_what_failed(stack: Stack) -> None:
    _send(stack, "counted")
    stack.wait_until_idle()
    counts = {each.logical_id: each for each in stack.queues()}
    assert (counts["Later"].visible, counts["Later"].held, counts["Later"].in_flight) == (0, 1, 0)
    assert [name for name, each in counts.items() if each.is_failure_queue] == [
        "LaterFailures",
        "StreamFailures",
        "TickFailures",
    ]
