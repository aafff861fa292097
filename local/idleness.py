"""Tells when the stack has nothing left to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from local.activity import Activity
from local.async_events import AsyncEvents
from local.queues import QueueMapping
from local.schedules import Scheduler
from local.streams import StreamMapping

_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Idle:
    """Whether there is anything left to do now. Held messages are not: they wait for the clock."""

    idle: bool
    held: int
    next_due: datetime | None  # simulated


class Idleness:
    """Looks at everything that can begin work by itself."""

    def __init__(
        self,
        activity: Activity,
        events: AsyncEvents,
        scheduler: Scheduler,
        streams: Sequence[StreamMapping],
        queues: Sequence[QueueMapping],
    ) -> None:
        self._activity = activity
        self._events = events
        self._scheduler = scheduler
        self._streams = streams
        self._queues = queues

    def wait(self, timeout: float) -> Idle:
        """Wait until nothing is left to do, at most `timeout` seconds; `idle` says which it was."""
        deadline = time.monotonic() + timeout
        idle = self._look(deadline)
        while not idle and time.monotonic() < deadline:
            idle = self._look(deadline)
        held = sorted(due for queue in self._queues for due in queue.held)
        return Idle(idle, len(held), held[0] if held else None)

    def _look(self, deadline: float) -> bool:
        """Whether, from a moment when nothing ran, every mapping looked once more, found nothing, and nobody else
        began anything meanwhile.
        """
        self._scheduler.fire_due()
        if not _until(self._nothing_runs, deadline):
            return False
        begun, moment = self._activity.begun, time.monotonic()
        for stream in self._streams:
            stream.hurry()
        for queue in self._queues:
            queue.hurry()

        def nothing_found() -> bool:
            return all(each.nothing_since(moment) for each in self._streams) and all(
                each.nothing_since(moment) for each in self._queues
            )

        return _until(nothing_found, deadline) and self._nothing_runs() and self._activity.begun == begun

    def _nothing_runs(self) -> bool:
        return self._activity.running == 0 and self._events.pending == 0


def _until(holds: Callable[[], bool], deadline: float) -> bool:
    """Whether it came to hold before the deadline."""
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
