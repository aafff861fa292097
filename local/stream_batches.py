"""How Lambda treats one batch of a stream: partial failures, retries, halving, giving up.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from local.function_process import FunctionError

Record = dict[str, Any]


@dataclass(frozen=True)
class RetrySettings:
    """What the template's event source mapping says about failures. None means without limit."""

    reports_failures: bool  # FunctionResponseTypes: [ReportBatchItemFailures]
    bisects: bool
    attempts: int | None  # MaximumRetryAttempts
    record_age: float | None  # MaximumRecordAgeInSeconds


class Delivery(Protocol):
    """What delivering a batch needs from the mapping it belongs to."""

    def invoke(self, records: Sequence[Record]) -> Any:
        """The handler's answer. Raises FunctionError."""

    def give_up(self, records: Sequence[Record], condition: str, invoked: int) -> None:
        """The records will not be delivered again."""

    def pause(self, attempt: int) -> bool:
        """Wait before the next attempt. False: the stack stops, deliver no more."""


@dataclass(frozen=True)
class _Piece:
    records: Sequence[Record]
    retries: int = 0
    invoked: int = 0


def deliver(
    batch: Sequence[Record], settings: RetrySettings, delivery: Delivery, age: Callable[[Record], float]
) -> list[Record]:
    """Deliver `batch` in order until each record succeeded or was given up.

    `age` gives a record's age in seconds. Returns the records still undelivered because the stack stops: empty
    normally.
    """
    pieces = deque([_Piece(batch)])
    while pieces:
        piece = pieces.popleft()
        if settings.record_age is not None and age(piece.records[0]) > settings.record_age:
            delivery.give_up(piece.records, "RecordAgeExceeded", piece.invoked)
            continue
        remaining = _attempt(piece, settings, delivery)
        if not remaining:
            continue
        if settings.attempts is not None and remaining[0].retries > settings.attempts:
            for each in remaining:
                delivery.give_up(each.records, "RetryAttemptsExhausted", each.invoked)
            continue
        pieces.extendleft(reversed(remaining))
        if not delivery.pause(max(1, remaining[0].retries)):
            return [record for each in pieces for record in each.records]
    return []


def _attempt(piece: _Piece, settings: RetrySettings, delivery: Delivery) -> list[_Piece]:
    """Invoke once; what has to be delivered again, in order."""
    records, invoked = piece.records, piece.invoked + 1
    try:
        answer = delivery.invoke(records)
        failed = _first_failed(answer, records) if settings.reports_failures else None
    except FunctionError:
        if settings.bisects and len(records) > 1:  # halving costs no retry
            middle = len(records) // 2
            return [_Piece(half, piece.retries, invoked) for half in (records[:middle], records[middle:])]
        return [_Piece(records, piece.retries + 1, invoked)]
    if failed is None:
        return []
    if failed > 0:  # a checkpoint: what is left is a batch of its own
        return [_Piece(records[failed:], 0, invoked)]
    return [_Piece(records, piece.retries + 1, invoked)]


def _first_failed(answer: Any, records: Sequence[Record]) -> int | None:
    """The index of the lowest failed record; None if all succeeded; 0 if the answer makes no sense."""
    if not answer:
        return None
    if not isinstance(answer, dict):
        return 0
    failures = answer.get("batchItemFailures")
    if not failures:
        return None
    places = {record["dynamodb"]["SequenceNumber"]: index for index, record in enumerate(records)}
    try:
        return min(places[failure["itemIdentifier"]] for failure in failures)
    except (KeyError, TypeError):
        return 0
