"""Runs inside a function's process, for bootstrap.py: shows each call to AWS and lets happen what it is told.

It hangs on events of botocore that are emitted once for a call, outside the SDK's own retries. The stack's side is
aws_calls.py; nothing of it can be imported here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ReadTimeoutError
from botocore.handlers import BUILTIN_HANDLERS

_PARAMETERS = "watched parameters"


class Killed(BaseException):
    """The handler was killed here. Not an Exception: nothing in a handler may survive it."""


class Watched:
    """Hangs on every client that the handler makes."""

    def __init__(self, ask: Callable[[dict[str, Any]], Any]) -> None:
        """`ask` shows one call and answers its fate: None, or a map with kind, code and status."""
        self._ask = ask
        self._one_at_a_time = threading.Lock()

    def install(self) -> None:
        """Watch the clients of every session that is made from now on, boto3's and botocore's own."""
        BUILTIN_HANDLERS.extend(
            (
                ("provide-client-params", self._keep_parameters),
                ("before-call", self._before),
                ("after-call", self._after),
            )
        )

    def _keep_parameters(self, params: Any, context: dict[str, Any], **_: Any) -> None:
        context[_PARAMETERS] = params

    def _before(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        """None, or the answer that stands in for the call's own."""
        if fate := self._fate(model, context, done=False):
            answer = {"Error": {"Code": fate["code"], "Message": "as the watcher said"}}
            answer["ResponseMetadata"] = {"HTTPStatusCode": fate["status"]}
            return SimpleNamespace(status_code=fate["status"], headers={}), answer
        return None

    def _after(self, http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if fate := self._fate(model, context, done=True):
            http_response.status_code = fate["status"]
            parsed.clear()
            parsed["Error"] = {"Code": fate["code"], "Message": "as the watcher said"}
            parsed["ResponseMetadata"] = {"HTTPStatusCode": fate["status"]}

    def _fate(self, model: Any, context: dict[str, Any], *, done: bool) -> Any:
        """The error that AWS is to answer with, if any; does not return where the handler is to go no further."""
        call = {
            "service": model.service_model.service_id.hyphenize(),
            "operation": model.name,
            "parameters": _as_json(context.get(_PARAMETERS, {})),
            "done": done,
        }
        with self._one_at_a_time:
            fate = self._ask(call)
        match fate and fate["kind"]:
            case "killed":
                raise Killed
            case "exit":
                os._exit(1)
            case "unanswered":
                raise ReadTimeoutError(endpoint_url=model.name)
        return fate


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, str | int | float | None) else str(value)
