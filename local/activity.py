"""Counts what the stack is doing, so that one can tell when it has nothing left to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LIVELY_SECONDS = 3.0
_LIVELY_POLL, _QUIET_POLL = 0.1, 0.3  # seconds: quick while something happens, easy on the laptop when nothing does


class Activity:
    """Work in progress and work ever begun, over all functions and mappings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._begun = 0
        self._ended = time.monotonic()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Marks the block as work."""
        with self._lock:
            self._running += 1
            self._begun += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                self._ended = time.monotonic()

    @property
    def running(self) -> int:
        """Pieces of work going on now."""
        return self._running

    @property
    def begun(self) -> int:
        """Pieces of work begun since the start. Unchanged between two looks means nothing happened."""
        return self._begun

    @property
    def poll_seconds(self) -> float:
        """How long a mapping that found nothing waits before it looks again."""
        lively = self._running > 0 or time.monotonic() - self._ended < _LIVELY_SECONDS
        return _LIVELY_POLL if lively else _QUIET_POLL
