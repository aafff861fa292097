"""The messages Lambda itself puts into a failure queue, in its documented formats.

Streams: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
Asynchronous events: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.engine import Engine


def stream_failure(
    function_arn: str,
    stream_arn: str,
    shard_id: str,
    records: Sequence[Mapping[str, Any]],
    condition: str,
    invoked: int,
    at: datetime,
) -> dict[str, Any]:
    """A batch given up: positions in the stream, not the records. `condition` is why, as Lambda names it."""
    changes = [record["dynamodb"] for record in records]
    return {
        **_common(function_arn, condition, invoked, at),
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": changes[0]["SequenceNumber"],
            "endSequenceNumber": changes[-1]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _arrival(changes[0]),
            "approximateArrivalOfLastRecord": _arrival(changes[-1]),
            "batchSize": len(records),
            "streamArn": stream_arn,
        },
    }


def event_failure(
    function_arn: str, event: Any, error: Mapping[str, Any], invoked: int, at: datetime
) -> dict[str, Any]:
    """An asynchronous event given up after its last attempt, with the event itself."""
    message = _common(f"{function_arn}:$LATEST", "RetriesExhausted", invoked, at)
    return {
        **message,
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": dict(error),
    }


class FailureQueues:
    """Sends failure messages to the queues the template names as on-failure destinations."""

    def __init__(self, engine: Engine, urls: Mapping[str, str]) -> None:
        """`urls` maps a queue's ARN to its URL."""
        self._sqs = engine.client("sqs")
        self._urls = urls

    def send(self, destination_arn: str | None, message: Mapping[str, Any]) -> None:
        """Keep `message` in the queue; without a destination it is dropped, as Lambda would."""
        if destination_arn is not None:
            self._sqs.send_message(QueueUrl=self._urls[destination_arn], MessageBody=json.dumps(message))


def _common(function_arn: str, condition: str, invoked: int, at: datetime) -> dict[str, Any]:
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": invoked,
        },
        "version": "1.0",
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _arrival(change: Mapping[str, Any]) -> str:
    created = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
    return created.isoformat(timespec="seconds").replace("+00:00", "Z")
