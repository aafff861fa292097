"""Runs inside a function's own process: imports the handler once, then answers events one by one.

Started as `python -I bootstrap.py`, so nothing of the stack's own code can be imported by a handler. Frames on
standard input and output are JSON behind a four-byte length; whatever the handler prints goes to standard error.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import struct
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO


class LambdaContext:
    """The context object Lambda gives a handler."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, invocation: dict[str, Any], function: dict[str, Any]) -> None:
        self.aws_request_id: str = invocation["request_id"]
        self.function_name: str = function["name"]
        self.invoked_function_arn: str = function["arn"]
        self.memory_limit_in_mb: str = str(function["memory"])
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = "local"
        self._deadline = time.monotonic() + invocation["seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout, never below zero."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class OffsetClock:
    """Stands in for `hearback.clock.now`: real time plus the offset sent with each invocation."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def install(self) -> None:
        try:
            clock = importlib.import_module("hearback.clock")
        except ModuleNotFoundError:
            return  # the code under this template has no clock to move
        clock.now = self.now  # type: ignore[attr-defined]


def receive(requests: BinaryIO) -> dict[str, Any] | None:
    """The next frame, or None when the stack has closed the pipe."""
    header = requests.read(4)
    if len(header) < 4:
        return None
    (length,) = struct.unpack(">I", header)
    frame: dict[str, Any] = json.loads(requests.read(length))
    return frame


def send(answers: BinaryIO, frame: dict[str, Any]) -> None:
    """Write one frame. Raises TypeError or ValueError, before writing anything, if it is not JSON."""
    body = json.dumps(frame).encode()
    answers.write(struct.pack(">I", len(body)) + body)
    answers.flush()


def error_frame(error: BaseException) -> dict[str, Any]:
    """An exception as Lambda reports it."""
    return {
        "error": {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "stackTrace": traceback.format_exception(error),
        }
    }


def load_handler(reference: str) -> Callable[[Any, LambdaContext], Any]:
    """`collect.api.handler` -> the function `handler` of module `collect.api`."""
    module, _, name = reference.rpartition(".")
    handler: Callable[[Any, LambdaContext], Any] = getattr(importlib.import_module(module), name)
    return handler


def watch_calls(requests: BinaryIO, answers: BinaryIO) -> type[BaseException]:
    """Show each call to AWS to the stack, which answers what becomes of it; what is raised where it kills the handler.

    The module is loaded by its place, so that it lies on no path that the handler could import from.
    """

    def ask(call: dict[str, Any]) -> Any:
        send(answers, {"call": call})
        return (receive(requests) or {}).get("fate")

    place = Path(__file__).with_name("watched_calls.py")
    spec = importlib.util.spec_from_file_location(place.stem, place)
    if spec is None or spec.loader is None:
        raise ImportError(f"{place} is missing")
    watched_calls = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(watched_calls)
    watched_calls.Watched(ask).install()
    killed: type[BaseException] = watched_calls.Killed
    return killed


def main() -> None:
    """Serve until the pipe closes."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    function = receive(requests)
    if function is None:
        return
    sys.path[:0] = function["code"]
    clock = OffsetClock()
    reported: tuple[type[BaseException], ...] = (Exception,)
    try:
        if function["watched"]:
            reported = (Exception, watch_calls(requests, answers))
        clock.install()
        handler = load_handler(function["handler"])
    except BaseException as error:  # like Lambda, report whatever broke the import
        send(answers, error_frame(error))
        return
    send(answers, {"ready": True})
    while (invocation := receive(requests)) is not None:
        clock.offset = timedelta(seconds=invocation["clock_offset"])
        try:
            send(answers, {"result": handler(invocation["event"], LambdaContext(invocation, function))})
        except reported as error:
            send(answers, error_frame(error))


if __name__ == "__main__":
    main()
