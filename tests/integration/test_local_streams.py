"""A table's stream reaches its function in the ways Lambda documents."""

from __future__ import annotations

import pytest
from local_fixture.running import ask_json, seen, take_messages, write_facts

from local.event_patterns import check_pattern, matches
from local.stack import Stack
from local.template import TemplateError

pytest_plugins = ["local_fixture.running_stack"]  # the fixture `stack`


def test_records_come_in_order_and_filtered(stack: Stack) -> None:
    write_facts(stack, "filtered", a="ok", b="ignore", c="ok")
    stack.wait_until_idle()
    assert seen(stack, "filtered") == [["a", "c"]]


def test_a_removed_item_does_not_pass_the_filter(stack: Stack) -> None:
    write_facts(stack, "removed", a="ok")
    stack.wait_until_idle()
    stack.client("dynamodb").delete_item(
        TableName=stack.outputs["Facts"], Key={"pk": {"S": "removed"}, "sk": {"S": "a"}}
    )
    stack.wait_until_idle()
    assert seen(stack, "removed") == [["a"]]


def test_everything_from_the_lowest_failure_on_comes_again(stack: Stack) -> None:
    write_facts(stack, "partial", a="ok", b="fail-once", c="ok")
    stack.wait_until_idle()
    assert seen(stack, "partial") == [["a", "b", "c"], ["b", "c"]]


def test_an_error_halves_the_batch_until_the_poison_is_alone(stack: Stack) -> None:
    write_facts(stack, "halved", a="ok", b="ok", c="raise", d="ok")
    stack.wait_until_idle()
    retried = [["c"], ["c"], ["c"]]  # once and MaximumRetryAttempts times; halving costs none
    assert seen(stack, "halved") == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], *retried, ["d"]]
    [failure] = take_messages(stack, "StreamFailuresUrl")
    assert failure["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert failure["requestContext"]["approximateInvokeCount"] == 5
    assert failure["requestContext"]["functionArn"].endswith(":function:hearback-StreamFunction")
    batch = failure["DDBStreamBatchInfo"]
    assert batch["batchSize"] == 1
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"]
    assert ":table/hearback-Facts/stream/" in batch["streamArn"]


@pytest.mark.parametrize("fate", ["exit", "hang"])
def test_a_process_that_dies_or_runs_too_long_is_a_failed_batch(stack: Stack, fate: str) -> None:
    write_facts(stack, fate, a=fate)
    stack.wait_until_idle()
    assert seen(stack, fate) == [["a"]] * 3
    assert len(take_messages(stack, "StreamFailuresUrl")) == 1


def test_duplicates_are_delivered_when_asked_for(stack: Stack) -> None:
    stack.faults(duplicate_records=True)
    write_facts(stack, "twice", a="ok", b="ok")
    stack.wait_until_idle()
    stack.faults(duplicate_records=False)
    assert seen(stack, "twice") == [["a", "b"], ["a", "b"]]


def test_a_batch_can_be_failed_after_it_ran(stack: Stack) -> None:
    ask_json(stack, "POST", "/_local/faults", {"fail_every": 2})
    write_facts(stack, "ran-1", a="ok")
    stack.wait_until_idle()
    write_facts(stack, "ran-2", a="ok")
    stack.wait_until_idle()
    ask_json(stack, "POST", "/_local/faults", {"fail_every": 0})
    assert (seen(stack, "ran-1"), seen(stack, "ran-2")) == ([["a"]], [["a"], ["a"]])


def test_bytes_arrive_in_base64(stack: Stack) -> None:
    item = {"pk": {"S": "bytes"}, "sk": {"S": "a"}, "act": {"S": "ok"}, "blob": {"M": {"x": {"B": b"\0\1"}}}}
    stack.client("dynamodb").put_item(TableName=stack.outputs["Facts"], Item=item)
    stack.wait_until_idle()
    assert seen(stack, "bytes") == [["a"]]


@pytest.mark.parametrize(
    ("pattern", "event", "fits"),
    [
        ({"a": ["x", "y"]}, {"a": "y"}, True),
        ({"a": ["x"]}, {"a": "z"}, False),
        ({"a": ["x"]}, {}, False),
        ({"a": ["x"]}, {"a": ["w", "x"]}, True),
        ({"a": {"b": [1]}}, {"a": {"b": 1}}, True),
        ({"a": {"b": [1]}}, {"a": "text"}, False),
        ({"a": [{"prefix": "re"}]}, {"a": "response"}, True),
        ({"a": [{"suffix": "x"}]}, {"a": "response"}, False),
        ({"a": [{"exists": False}]}, {}, True),
        ({"a": [{"exists": True}]}, {}, False),
        ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "z"}, True),
        ({"a": [{"anything-but": {"prefix": "z"}}]}, {"a": "zz"}, False),
        ({"a": [{"anything-but": "x"}]}, {}, False),
        ({"a": [{"numeric": [">", 0, "<=", 5]}]}, {"a": 5}, True),
        ({"a": [{"numeric": [">", 0, "<=", 5]}]}, {"a": 6}, False),
        ({"$or": [{"a": ["x"]}, {"b": ["x"]}]}, {"b": "x"}, True),
        ({"a": [True]}, {"a": 1}, False),
    ],
)
def test_a_pattern_matches_what_eventbridge_would(pattern: dict, event: dict, fits: bool) -> None:  # type: ignore[type-arg]
    assert matches(pattern, event) is fits


def test_a_pattern_this_stack_does_not_know_is_refused_at_the_start() -> None:
    with pytest.raises(TemplateError, match=r"StreamFunctionFacts.*wildcard"):
        check_pattern({"a": [{"wildcard": "x*"}]}, "StreamFunctionFacts")
