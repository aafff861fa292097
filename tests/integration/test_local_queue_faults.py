"""What SQS does rarely, done always: messages twice at once, one by one, and again only after their time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from local_fixture.running import ask_json, seen, small_stack

from local.stack import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with small_stack(tmp_path / "stack") as running:
        yield running


def _send(stack: Stack, about: str, **message: Any) -> None:
    body = json.dumps({"about": about, **message})
    stack.client("sqs").send_message(QueueUrl=stack.outputs["LaterUrl"], MessageBody=body)


def _pass(stack: Stack, **span: float) -> None:
    stack.wait_until_idle()
    stack.advance(timedelta(**span))
    stack.wait_until_idle()


def test_a_message_goes_to_two_processes_and_is_done_when_one_of_them_says_so(stack: Stack) -> None:
    stack.faults(duplicate_messages=True)
    _send(stack, "twice")
    _pass(stack, minutes=3)
    assert [message["attributes"]["ApproximateReceiveCount"] for message in seen(stack, "twice")] == ["1", "1"]
    assert {process.cold for process in stack.functions["LaterFunction"].invocations} == {True}


def test_messages_come_one_by_one(stack: Stack) -> None:
    stack.faults(lone_messages=True)
    for number in range(4):
        _send(stack, f"lone {number}")
    _pass(stack, minutes=3)
    sources = [invocation.source for invocation in stack.functions["LaterFunction"].invocations]
    assert len(sources) == 4
    assert all(source.endswith("batch of 1") for source in sources)


def test_a_failed_message_waits_for_its_visibility_timeout_by_the_clock(stack: Stack) -> None:
    stack.faults(clocked_retries=True)
    _send(stack, "failed", fails=True)
    _pass(stack, minutes=3)
    held = stack.wait_until_idle()
    assert (held.held, len(seen(stack, "failed"))) == (1, 1)
    _pass(stack, seconds=25)
    assert len(seen(stack, "failed")) == 1
    _pass(stack, seconds=6)
    assert len(seen(stack, "failed")) == 2


def test_what_ses_has_to_tell_can_be_held_back_and_told_later(tmp_path: Path) -> None:
    told: list[Any] = []
    with small_stack(tmp_path / "stack", mail_events=told.append) as stack:
        ask_json(stack, "POST", "/do/mail", {"to": "late@example.com", "subject": "Hello"})
        stack.wait_until_idle()
        assert [event["detail"]["eventType"] for event in told] == ["Send", "Delivery"]
        assert seen(stack, "late@example.com") == []
        for event in (told[1], told[0], told[1]):
            stack.put_event(event)
            stack.wait_until_idle()
        came = [event["detail"]["eventType"] for event in seen(stack, "late@example.com")]
        assert came == ["Delivery", "Send", "Delivery"]
