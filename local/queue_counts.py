"""What lies in the queues, for the status page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.queues import QueueMapping

_PEEK_AT_MOST = 10


@dataclass(frozen=True)
class QueueCounts:
    """One queue now. `messages` are bodies, filled only for a failure queue."""

    logical_id: str
    url: str
    visible: int
    held: int
    in_flight: int
    next_due: datetime | None  # simulated
    is_failure_queue: bool
    messages: Sequence[str]


def count_queues(
    sqs: Any, urls: Mapping[str, str], failure_queues: frozenset[str], mappings: Sequence[QueueMapping]
) -> list[QueueCounts]:
    """All queues by logical id; `urls` maps logical ids to URLs."""
    held_by_queue = {mapping.settings.queue: mapping.held for mapping in mappings}
    counts = []
    for logical_id, url in urls.items():
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        visible = int(attributes["ApproximateNumberOfMessages"])
        held = held_by_queue.get(logical_id, [])
        is_failure_queue = logical_id in failure_queues
        counts.append(
            QueueCounts(
                logical_id=logical_id,
                url=url,
                visible=visible,
                held=len(held),
                in_flight=max(0, int(attributes["ApproximateNumberOfMessagesNotVisible"]) - len(held)),
                next_due=held[0] if held else None,
                is_failure_queue=is_failure_queue,
                messages=_peek(sqs, url) if is_failure_queue and visible else [],
            )
        )
    return counts


def _peek(sqs: Any, url: str) -> list[str]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_PEEK_AT_MOST, VisibilityTimeout=0)
    return [message["Body"] for message in answer.get("Messages", [])]
