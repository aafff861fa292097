"""Events a function gets without anybody waiting: from EventBridge, from the scheduler.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from local.activity import Activity
from local.clock import SimulatedClock
from local.failure_messages import FailureQueues, event_failure
from local.function_process import FunctionError
from local.functions import Function

_AGAIN_SECONDS = 0.5  # AWS waits a minute, then two; nobody at a laptop would
_SIDE_BY_SIDE = 4


@dataclass(frozen=True)
class AsyncSettings:
    """What the template's AWS::Lambda::EventInvokeConfig says of one function; Lambda's defaults without one."""

    retries: int = 2
    on_failure: str | None = None

    @classmethod
    def from_template(cls, properties: Mapping[str, Any]) -> AsyncSettings:
        """Read an EventInvokeConfig."""
        destination = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        return cls(int(properties.get("MaximumRetryAttempts", 2)), destination)


class AsyncEvents:
    """Hands events to functions in the background, again if they fail, to the failure queue in the end."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        settings: Mapping[str, AsyncSettings],
        failures: FailureQueues,
        clock: SimulatedClock,
        activity: Activity,
        printed: Callable[[str], None],
    ) -> None:
        self._functions = functions
        self._settings = settings
        self._failures = failures
        self._clock = clock
        self._activity = activity
        self._printed = printed
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._pending: dict[int, tuple[str, Any]] = {}
        self._number = 0
        self._workers = ThreadPoolExecutor(_SIDE_BY_SIDE, "async-events")

    def put(self, logical_id: str, event: Any) -> None:
        """Invoke the function called `logical_id` with `event`, soon; after `stop`, at the next start."""
        with self._lock:
            self._number += 1
            self._pending[self._number] = (logical_id, event)
            if not self._stopped.is_set():
                self._workers.submit(self._deliver, self._number)

    @property
    def pending(self) -> int:
        """Events not yet delivered or given up."""
        return len(self._pending)

    def stop(self) -> Sequence[tuple[str, Any]]:
        """End after the events in hand. Returns (function, event) of those still to be delivered."""
        with self._lock:
            self._stopped.set()
        self._workers.shutdown()
        return list(self._pending.values())

    def _deliver(self, number: int) -> None:
        if self._stopped.is_set():
            return
        logical_id, event = self._pending[number]
        try:
            with self._activity.working():
                finished = self._attempts(logical_id, event)
        except Exception as error:  # a worker's exception would otherwise vanish with its future
            self._printed(f"{logical_id}: {error!r}")
            finished = True
        if finished:
            with self._lock:
                del self._pending[number]

    def _attempts(self, logical_id: str, event: Any) -> bool:
        """False if the stack stopped before the event was delivered or given up."""
        settings = self._settings.get(logical_id, AsyncSettings())
        function = self._functions[logical_id]
        attempt = 0
        while True:
            attempt += 1
            try:
                function.invoke(event, str(event.get("detail-type", "event")))
            except FunctionError as error:
                if attempt > settings.retries:
                    message = event_failure(function.settings.arn, event, error.payload, attempt, self._clock.now())
                    self._failures.send(settings.on_failure, message)
                    return True
                if self._stopped.wait(_AGAIN_SECONDS):
                    return False
            else:
                return True
