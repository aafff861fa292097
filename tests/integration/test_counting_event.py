"""Aggregate runs its sample from events/ against the template's own tables and queues."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from aggregate import stream
from aggregate.counting import TO_TRY
from hearback.aws.tallies import Tallies
from tests.conftest import Tables

EVENT = json.loads((Path(__file__).parents[2] / "events" / "aggregate-stream.json").read_text(encoding="utf-8"))


class Context:
    """As much as aggregate reads of Lambda's."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@pytest.fixture(autouse=True)
def _fresh_wiring(tables: Tables) -> Iterator[None]:
    for made in (stream._tally_table, stream._failures):
        made.cache_clear()
    yield
    for made in (stream._tally_table, stream._failures):
        made.cache_clear()


def handle(event: dict[str, Any]) -> dict[str, Any]:
    context: Any = Context()
    answer: dict[str, Any] = stream.handler(event, context)
    return answer


def test_the_sample_is_counted_and_the_answer_of_newer_software_is_parked(tables: Tables) -> None:
    assert handle(EVENT) == {"batchItemFailures": []}
    assert handle(EVENT) == {"batchItemFailures": []}

    tallies = Tallies(tables.tally)
    north = tallies.total("store", "2026-02-28", "2026-03-01", "region")["North"]
    assert north == tallies.whole("store", "2026-02-28", "2026-03-01")
    assert {name: count for name, count in north.counters.items() if count} == {
        "s3": 1,
        "comments": 1,
        "invited": 1,
        "delivered": 1,
        "answered": 1,
    }
    [message, _] = boto3.client("sqs").receive_message(
        QueueUrl=os.environ["AGGREGATE_FAILURES_URL"], MaxNumberOfMessages=10
    )["Messages"]
    assert json.loads(message["Body"]) == {
        "pk": "R#store#2026-03#2",
        "sk": "01KJMMA2G060R30C1G60R30C1H",
        "sequence_number": "100000000000000000004",
        "reason": "its schema is 2; this software knows up to 1",
    }


def test_a_batch_for_which_there_is_no_time_is_handed_back(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    short: Any = Context()
    monkeypatch.setattr(short, "get_remaining_time_in_millis", lambda: 9_000, raising=False)

    answer = stream.handler(EVENT, short)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "100000000000000000002"}]}


def test_the_template_gives_aggregate_time_for_several_tries(template: dict[str, Any]) -> None:
    assert template["Resources"]["AggregateFunction"]["Properties"]["Timeout"] >= 4 * TO_TRY
