"""The template's functions: a few processes each, started at the first event, replaced when the code changes."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from local.activity import Activity
from local.aws_calls import AwsCall, Watch
from local.clock import SimulatedClock
from local.function_process import FunctionError, FunctionProcess

_INVOCATIONS_KEPT = 25


class NoFreeProcess(Exception):
    """Every process of the function was busy for as long as the caller would wait: a throttle."""


@dataclass(frozen=True)
class Invocation:
    """One finished invocation, as the status page lists it."""

    at: datetime  # simulated
    source: str
    milliseconds: int
    cold: bool
    error: str | None


@dataclass(frozen=True)
class FunctionSettings:
    """What the template says of one function."""

    name: str
    arn: str
    handler: str
    seconds: float
    memory: int
    environment: Mapping[str, str]
    code: tuple[Path, ...]


class Function:
    """Invokes one function, at most `concurrency` events at a time; others wait their turn."""

    def __init__(
        self,
        logical_id: str,
        settings: FunctionSettings,
        concurrency: int,
        clock: SimulatedClock,
        activity: Activity,
        printed: Callable[[str], None],
        watch: Watch | None = None,
    ) -> None:
        self.logical_id = logical_id
        self.settings = settings
        self.invocations: deque[Invocation] = deque(maxlen=_INVOCATIONS_KEPT)
        self._clock = clock
        self._activity = activity
        self._printed = printed
        self._watch = watch
        self._places = threading.BoundedSemaphore(concurrency)
        self._warm: list[tuple[int, FunctionProcess]] = []  # (the code's version, a process that runs it)
        self._lock = threading.Lock()

    def invoke(self, event: Any, source: str, wait: float | None = None) -> Any:
        """The handler's answer to `event`.

        `source` names where the event came from, for the status page. Waits at most `wait` seconds (None: as long
        as it takes) for a free process. Raises FunctionError or NoFreeProcess.
        """
        if not self._places.acquire(timeout=wait):
            raise NoFreeProcess(self.logical_id)
        try:
            with self._activity.working():
                return self._invoke(event, source)
        finally:
            self._places.release()

    def stop(self) -> None:
        """End all processes that wait for an event."""
        with self._lock:
            warm, self._warm = self._warm, []
        for _, process in warm:
            process.stop()

    def _invoke(self, event: Any, source: str) -> Any:
        at, begun = self._clock.now(), time.monotonic()
        version = _newest_change(self.settings.code)
        process = self._take_warm(version)
        cold = process is None
        error: str | None = None
        try:
            if process is None:
                process = self._start()
            invocation = self._invocation(event)
            answer = process.invoke(invocation, self.settings.seconds, self._fates_in(invocation))
        except FunctionError as failure:
            error = failure.trace
            self._printed(f"{self.logical_id} failed on {source}:\n{error}")
            raise
        finally:
            milliseconds = round((time.monotonic() - begun) * 1000)
            self.invocations.appendleft(Invocation(at, source, milliseconds, cold, error))
            if process is not None:
                self._put_back(version, process)
        return answer

    def _invocation(self, event: Any) -> dict[str, Any]:
        return {
            "event": event,
            "request_id": str(uuid.uuid4()),
            "seconds": self.settings.seconds,
            "clock_offset": self._clock.offset.total_seconds(),
        }

    def _fates_in(self, invocation: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Any] | None:
        """Shows the watcher each call of an invocation and says what becomes of it; None if nobody watches."""
        watch = self._watch
        if watch is None:
            return None

        def fate_of(call: Mapping[str, Any]) -> dict[str, Any] | None:
            fate = watch(AwsCall(self.logical_id, invocation["request_id"], invocation["event"], **call))
            return asdict(fate) if fate else None

        return fate_of

    def _start(self) -> FunctionProcess:
        function = {
            "code": [str(folder) for folder in self.settings.code],
            "handler": self.settings.handler,
            "name": self.settings.name,
            "arn": self.settings.arn,
            "memory": self.settings.memory,
            "watched": self._watch is not None,
        }
        return FunctionProcess(
            function, self.settings.environment, lambda line: self._printed(f"[{self.logical_id}] {line}")
        )

    def _take_warm(self, version: int) -> FunctionProcess | None:
        outdated = []
        found = None
        with self._lock:
            while self._warm and found is None:
                started_with, process = self._warm.pop()
                if started_with == version and process.alive:
                    found = process
                else:
                    outdated.append(process)
        for process in outdated:
            process.stop()
        return found

    def _put_back(self, version: int, process: FunctionProcess) -> None:
        if process.alive:
            with self._lock:
                self._warm.append((version, process))
        else:
            process.stop()


def _newest_change(folders: tuple[Path, ...]) -> int:
    """A number that changes when any file of the code is edited, added or removed."""
    version = 0
    waiting = list(folders)
    while waiting:
        folder = waiting.pop()
        for entry in folder.iterdir():
            if entry.name == "__pycache__" or entry.name.startswith("."):
                continue
            if entry.is_dir():
                waiting.append(entry)
            else:
                with suppress(FileNotFoundError):  # an editor's temporary file may be gone by now
                    version ^= hash((entry, entry.stat().st_mtime_ns))
    return version
