"""What functions ask of AWS, shown to whoever watches before each call and after it; and what may become of it.

A watcher sees every call of every function. It may only look, which is how a test knows what a role must allow; or
say what goes wrong at this very call, which is how a test kills a handler between any two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self


@dataclass(frozen=True)
class AwsCall:
    """One call of a function to AWS, before it is made or after it was answered."""

    function: str  # logical id
    invocation: str  # Lambda's request id
    event: Any  # what the function was invoked with
    service: str  # botocore's name of it: dynamodb, sqs, sesv2, secrets-manager, eventbridge
    operation: str
    parameters: Mapping[str, Any]
    done: bool


@dataclass(frozen=True)
class Fate:
    """What goes wrong at a call. Before it, AWS never hears of it; after it, AWS has done it.

    killed: the handler runs no further, and its process takes the next event all the same. Only `finally` runs on.
    exit: the process ends, as when memory runs out.
    unanswered: the SDK gives up waiting for an answer.
    error: AWS answers with `code` and the HTTP `status`.
    """

    kind: Literal["killed", "exit", "unanswered", "error"]
    code: str = ""
    status: int = 0

    @classmethod
    def error(cls, code: str, status: int = 400) -> Self:
        """AWS's refusal with this code."""
        return cls("error", code, status)


KILLED, EXIT, UNANSWERED = Fate("killed"), Fate("exit"), Fate("unanswered")

Watch = Callable[[AwsCall], Fate | None]
"""Called from the threads that invoke functions, several at once. None lets the call be."""
