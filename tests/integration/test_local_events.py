"""Events that functions put on buses are kept where a test can see them, and reach the rules of their bus."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_fixture.running import ask, ask_json, seen

from local.stack import Stack

pytest_plugins = ["local_fixture.running_stack"]  # the fixture `stack`


def _put(stack: Stack, **entry: Any) -> Any:
    """Put one event on the template's bus; what PutEvents answers for it."""
    whole = {"EventBusName": stack.outputs["Happenings"], "Source": "small", "DetailType": "Task opened", **entry}
    answer = ask_json(stack, "POST", "/do/put-events", [whole])
    stack.wait_until_idle()
    [result] = answer["Entries"]
    assert answer["FailedEntryCount"] == ("ErrorCode" in result)
    return result


def _about(stack: Stack, about: str) -> list[Any]:
    return [event for event in stack.events() if event["detail"].get("about") == about]


def test_an_event_is_kept_and_reaches_the_rules_that_match(stack: Stack) -> None:
    opened, closed = {"about": "this", "by": "asha"}, {"about": "this", "by": "ben"}
    _put(stack, Detail=json.dumps(opened))
    result = _put(stack, Detail=json.dumps(closed), DetailType="Task closed")

    bus = stack.outputs["Happenings"]
    kept = [{name: part for name, part in event.items() if name != "at"} for event in _about(stack, "this")]
    assert kept == [
        {"bus": bus, "source": "small", "detail-type": "Task opened", "detail": opened},
        {"bus": bus, "source": "small", "detail-type": "Task closed", "detail": closed},
    ]
    assert [event["detail"] for event in stack.events(bus) if event["detail"] == opened] == [opened]
    [came] = seen(stack, "this")
    assert (came["id"], came["source"], came["detail"]) == (result["EventId"], "small", closed)


def test_a_rule_hears_only_its_own_bus(stack: Stack) -> None:
    detail = json.dumps({"about": "elsewhere"})
    assert "EventId" in _put(stack, EventBusName="default", Detail=detail, DetailType="Task closed")
    assert len(_about(stack, "elsewhere")) == 1
    assert seen(stack, "elsewhere") == []


def test_a_bus_may_be_named_by_its_arn(stack: Stack) -> None:
    arn = f"arn:aws:events:eu-west-1:123456789012:event-bus/{stack.outputs['Happenings']}"
    _put(stack, EventBusName=arn, Detail=json.dumps({"about": "arn"}))
    assert [event["bus"] for event in _about(stack, "arn")] == [stack.outputs["Happenings"]]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Detail": "{}", "EventBusName": "nowhere"}, "InvalidArgument"),
        ({"Detail": "{}", "Source": "aws.ses"}, "NotAuthorizedForSource"),
        ({"Detail": "not json"}, "MalformedDetail"),
        ({"Detail": "[1]"}, "MalformedDetail"),
        ({"Source": "small"}, "InvalidArgument"),
    ],
)
def test_an_event_that_eventbridge_would_refuse_is_refused_and_not_kept(
    stack: Stack, entry: dict[str, str], code: str
) -> None:
    before = len(stack.events())
    assert _put(stack, **entry)["ErrorCode"] == code
    assert len(stack.events()) == before


def test_what_was_put_is_shown(stack: Stack) -> None:
    _put(stack, Detail=json.dumps({"about": "shown"}), DetailType="Coupon redeemed")
    assert ask_json(stack, "GET", "/_local/events.json")[-1]["detail"] == {"about": "shown"}
    assert b"Coupon redeemed" in ask(stack, "GET", "/_local/")[1]
