"""EventBridge's PutEvents: takes events for the template's buses, keeps them, hands them to the rules that match.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from local.clock import SimulatedClock
from local.engine import ACCOUNT, REGION
from local.event_rules import DEFAULT_BUS, EventBuses, bus_name

_TARGET = "AWSEvents.PutEvents"
_MOST_ENTRIES = 10


class EventEndpoint:
    """Answers the one EventBridge call the functions make. What was put is kept in `kept`, a line an event."""

    def __init__(self, kept: Path, known: frozenset[str], buses: EventBuses, clock: SimulatedClock) -> None:
        """`known` are the names of the template's own buses."""
        self._kept = kept
        self._known = known | {DEFAULT_BUS}
        self._buses = buses
        self._clock = clock
        self._lock = threading.Lock()
        self._events = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        """What was put, oldest first: bus, at (simulated), source, detail-type, detail."""
        with self._lock:
            return list(self._events)

    def answer(self, request: Request) -> Response:
        """The answer to a request for any path below the endpoint."""
        if request.headers.get("X-Amz-Target") != _TARGET:
            return _answer(400, {"__type": "UnknownOperationException"})
        entries = json.loads(request.get_data())["Entries"]
        if not 1 <= len(entries) <= _MOST_ENTRIES:
            return _answer(400, {"__type": "ValidationException", "message": "Entries must have 1 to 10 items."})
        results = [self._put(entry) for entry in entries]
        failed = sum("ErrorCode" in result for result in results)
        return _answer(200, {"FailedEntryCount": failed, "Entries": results})

    def _put(self, entry: Mapping[str, Any]) -> dict[str, str]:
        """Take one event; what PutEvents answers for it."""
        bus = bus_name(entry.get("EventBusName", DEFAULT_BUS))
        missing = [name for name in ("Source", "DetailType", "Detail") if not entry.get(name)]
        if missing:
            return _refused("InvalidArgument", f"Parameter {missing[0]} is not valid. Reason: it is required.")
        if bus not in self._known:
            return _refused("InvalidArgument", f"Event bus {bus} does not exist.")
        if entry["Source"].startswith("aws."):
            return _refused("NotAuthorizedForSource", "Only AWS itself is a source whose name begins with aws.")
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return _refused("MalformedDetail", "Detail is malformed.")
        event_id, at = str(uuid.uuid4()), self._clock.now()
        named = {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": detail}
        self._keep({"bus": bus, "at": at.isoformat(), **named})
        envelope = {
            "version": "0",
            "id": event_id,
            "account": ACCOUNT,
            "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": entry.get("Resources", []),
            **named,
        }
        self._buses.put(envelope, bus)
        return {"EventId": event_id}

    def _keep(self, event: dict[str, Any]) -> None:
        with self._lock, self._kept.open("a") as file:
            file.write(json.dumps(event) + "\n")
            self._events.append(event)


def _refused(code: str, message: str) -> dict[str, str]:
    return {"ErrorCode": code, "ErrorMessage": message}


def _answer(status: int, body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/x-amz-json-1.1")
