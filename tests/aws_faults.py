"""What AWS does to a caller at its worst, put in front of a client: throttles, conflicts, time-outs, deaths.

A time-out and a death come before the call is done or after it, and the caller cannot tell which.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from botocore.exceptions import ReadTimeoutError

from tests.fake_dynamodb import aws_error


class Death(BaseException):
    """The process ends here: nothing of it runs on."""


class Fault(Enum):
    NONE = "none"
    THROTTLE = "throttle"
    CONFLICT = "conflict"
    """Of a transaction with another one; of other calls a throttle."""
    UNPROCESSED = "unprocessed"
    """Half of a batch of keys is not read; of other calls an internal error."""
    TIMEOUT_BEFORE = "time-out before"
    TIMEOUT_AFTER = "time-out after"
    DEATH_BEFORE = "death before"
    DEATH_AFTER = "death after"


class FaultyClient:
    """A client that asks, at each call, what shall go wrong with it."""

    def __init__(self, client: Any, next_fault: Callable[[str], Fault]) -> None:
        """`next_fault` is told the operation."""
        self._client = client
        self._next_fault = next_fault

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call = getattr(self._client, operation)

        def suffer(**request: Any) -> Any:
            return _suffer(self._next_fault(operation), operation, call, request)

        return suffer


def _suffer(fault: Fault, operation: str, call: Callable[..., Any], request: dict[str, Any]) -> Any:
    transaction, reading = operation == "transact_write_items", operation == "batch_get_item"
    match fault:
        case Fault.NONE:
            return call(**request)
        case Fault.CONFLICT if transaction:
            raise _cancelled(request, "TransactionConflict")
        case Fault.THROTTLE if transaction:
            raise _cancelled(request, "ThrottlingError")
        case Fault.THROTTLE | Fault.CONFLICT:
            raise aws_error("ProvisionedThroughputExceededException")
        case Fault.UNPROCESSED if reading:
            return _half(call, request)
        case Fault.UNPROCESSED:
            raise aws_error("InternalServerError")
        case Fault.DEATH_BEFORE:
            raise Death
        case Fault.TIMEOUT_AFTER | Fault.DEATH_AFTER:
            call(**request)
    if fault is Fault.DEATH_AFTER:
        raise Death
    raise ReadTimeoutError(endpoint_url=operation)


def _cancelled(request: dict[str, Any], reason: str) -> Exception:
    """A transaction is cancelled for one of its items."""
    others = len(request["TransactItems"]) - 1
    reasons = [{"Code": "None"}] * others + [{"Code": reason}]
    return aws_error("TransactionCanceledException", reason, {"CancellationReasons": reasons})


def _half(call: Callable[..., Any], request: dict[str, Any]) -> Any:
    ((table, wanted),) = request["RequestItems"].items()
    middle = len(wanted["Keys"]) // 2
    done, left = wanted["Keys"][:middle], wanted["Keys"][middle:]
    page = call(RequestItems={table: {**wanted, "Keys": done}}) if done else {"Responses": {}}
    return {**page, "UnprocessedKeys": {table: {**wanted, "Keys": left}}}
