"""The control API: what a test or a script asks of a running stack, in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from local.clock import ClockError
from local.engine import ACCOUNT, REGION
from local.function_process import FunctionError

if TYPE_CHECKING:
    from local.stack import Stack

_PATIENCE = 30.0  # seconds /idle waits when not told


class Control:
    """One method a route."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def stack(self, _: Request) -> Response:
        """What runs here: the engine's endpoint for SDKs, the template's outputs, the functions."""
        return _json(
            {
                "url": self._stack.url,
                "endpoint": self._stack.endpoint,
                "region": REGION,
                "account": ACCOUNT,
                "outputs": self._stack.outputs,
                "functions": {
                    logical_id: {
                        "name": function.settings.name,
                        "arn": function.settings.arn,
                        "handler": function.settings.handler,
                        "timeout": function.settings.seconds,
                        "environment": dict(function.settings.environment),
                    }
                    for logical_id, function in self._stack.functions.items()
                },
            }
        )

    def outbox(self, request: Request) -> Response:
        """Every mail, oldest first. `?to=` part of an address, `?since=` a time."""
        since = request.args.get("since")
        try:
            mails = self._stack.mails(request.args.get("to"), _time(since) if since else None)
        except ValueError as error:
            return _refusal(error)
        return _json([mail.as_json() for mail in mails])

    def events(self, _: Request) -> Response:
        """What functions put on event buses, oldest first."""
        return _json([dict(event) for event in self._stack.events()])

    def clock(self, _: Request) -> Response:
        """The simulated time and how far it is from the real one, in seconds."""
        clock = self._stack.clock
        return _json({"now": clock.now().isoformat(), "offset": clock.offset.total_seconds()})

    def move_clock(self, request: Request) -> Response:
        """`{"at": "2026-03-02T09:00:00Z"}` or `{"advance": seconds}`."""
        try:
            match _body(request):
                case {"at": str(at)}:
                    self._stack.set_time(_time(at))
                case {"advance": int() | float() as seconds}:
                    self._stack.advance(timedelta(seconds=seconds))
                case _:
                    raise ClockError('Say {"at": time} or {"advance": seconds}.')
        except ValueError as error:
            return _refusal(error)
        return self.clock(request)

    def idle(self, request: Request) -> Response:
        """Waits up to `?timeout=` seconds until nothing is left to do now; 503 if something still is."""
        try:
            answer = self._stack.look_whether_idle(float(request.args.get("timeout", _PATIENCE)))
        except ValueError as error:
            return _refusal(error)
        next_due = answer.next_due.isoformat() if answer.next_due else None
        body = {"idle": answer.idle, "held": answer.held, "next_due": next_due}
        return _json(body, 200 if answer.idle else 503)

    def invoke(self, request: Request, logical_id: str) -> Response:
        """Hands the body to a function; answers `{"result": …}` or `{"error": …}`."""
        try:
            return _json({"result": self._stack.invoke(logical_id, _body(request))})
        except KeyError:
            known = ", ".join(self._stack.functions)
            return _refusal(ValueError(f"There is no function {logical_id}; there are {known}."), 404)
        except ValueError as error:
            return _refusal(error)
        except FunctionError as error:
            return _json({"error": dict(error.payload)}, 500)

    def faults(self, _: Request) -> Response:
        """The faults as they are set."""
        return _json(self._stack.fault_switches.as_dict())

    def set_faults(self, request: Request) -> Response:
        """Change the faults named in the body."""
        try:
            self._stack.fault_switches.set(_body(request))
        except (TypeError, ValueError) as error:
            return _refusal(error)
        return self.faults(request)


def _body(request: Request) -> Any:
    return json.loads(request.get_data() or b"{}")


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ClockError(f"{text} has no time zone; write for example 2026-03-02T09:00:00Z.")
    return time


def _json(body: Mapping[str, Any] | list[Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def _refusal(error: Exception, status: int = 400) -> Response:
    return _json({"error": str(error)}, status)
