"""What the messages in failure queues say: records that a function parked, and what Lambda itself writes.

Streams: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
Asynchronous events: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregate.stream import Parked


@dataclass(frozen=True, slots=True)
class Positions:
    """Lambda's own message about stream records that it gave up: where they lie, not what they hold."""

    stream: str
    """ARN."""
    shard: str
    first: str
    """Sequence number."""
    last: str
    records: int
    arrived_first: datetime
    arrived_last: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """An event that a function, or the rule before it, gave up."""

    content: Mapping[str, Any]


Failure = Parked | Positions | Event


def read(content: Any) -> Failure | None:
    """What a message of a failure queue tells; None if it has no shape we know."""
    match content:
        case {"DDBStreamBatchInfo": dict(info)}:
            try:
                return _positions(info)
            except (KeyError, TypeError, ValueError):
                return None
        case {"pk": str(pk), "sk": str(sk), "sequence_number": str(number), "reason": str(reason)}:
            return Parked(pk, sk, number, reason)
        case {"requestPayload": dict(event)}:
            return Event(event)
        case {"detail": dict()}:  # from the rule's own queue: the event as it was
            return Event(content)
    return None


def _positions(info: Mapping[str, Any]) -> Positions:
    return Positions(
        stream=info["streamArn"],
        shard=info["shardId"],
        first=info["startSequenceNumber"],
        last=info["endSequenceNumber"],
        records=int(info["batchSize"]),
        arrived_first=datetime.fromisoformat(info["approximateArrivalOfFirstRecord"]),
        arrived_last=datetime.fromisoformat(info["approximateArrivalOfLastRecord"]),
    )
