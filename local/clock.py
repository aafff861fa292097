"""The stack's clock: real time plus an offset that can be moved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any


class ClockError(ValueError):
    """A movement the clock refuses, with the reason."""


def real_time() -> datetime:
    """The machine's time, aware and in UTC."""
    return datetime.now(UTC)


class SimulatedClock:
    """Simulated time = real time + offset.

    The first movement may go anywhere, the past included; after it time only moves forward, because stored
    facts, schedules and claims have already seen the later time. `moved` is notified at every movement.
    """

    def __init__(self, real: Callable[[], datetime] = real_time) -> None:
        self._real = real
        self._movements: list[tuple[datetime, timedelta]] = []  # (real time of the movement, offset since)
        self.moved = threading.Condition()

    @property
    def offset(self) -> timedelta:
        """What is added to real time now."""
        return self._movements[-1][1] if self._movements else timedelta()

    def now(self) -> datetime:
        """The simulated time, aware and in UTC."""
        return self._real() + self.offset

    def simulated(self, real: datetime) -> datetime:
        """The simulated time it was at the real time `real`, whatever has been moved since."""
        offset = timedelta()
        for moved_at, new_offset in self._movements:
            if moved_at > real:
                break
            offset = new_offset
        return real + offset

    def set_to(self, time: datetime) -> datetime:
        """Move to `time` (aware). Raises ClockError if that is backwards and not the first movement."""
        if time.tzinfo is None:
            raise ClockError(f"{time.isoformat()} has no time zone; write for example 2026-03-02T09:00:00Z.")
        with self.moved:
            if self._movements and time < self.now():
                raise ClockError(f"It is already {self.now():%Y-%m-%d %H:%M:%S} UTC; time only moves forward.")
            real = self._real()
            self._movements.append((real, time - real))
            self.moved.notify_all()
        return self.now()

    def advance(self, by: timedelta) -> datetime:
        """Move forward. Raises ClockError if `by` is negative."""
        if by < timedelta():
            raise ClockError("Time only moves forward: advance by zero or more.")
        with self.moved:
            self._movements.append((self._real(), self.offset + by))
            self.moved.notify_all()
        return self.now()

    def to_json(self) -> list[list[Any]]:
        """The movements, to be kept over a restart."""
        return [[real.isoformat(), offset.total_seconds()] for real, offset in self._movements]

    def restore(self, movements: list[list[Any]]) -> None:
        """Continue where a kept stack stopped."""
        self._movements = [(datetime.fromisoformat(real), timedelta(seconds=offset)) for real, offset in movements]
