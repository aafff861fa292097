"""Counts what the stack is doing, so that one can tell when it has nothing left to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Activity:
    """Work in progress and work ever begun, over all functions and mappings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._begun = 0

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

    @property
    def running(self) -> int:
        """Pieces of work going on now."""
        return self._running

    @property
    def begun(self) -> int:
        """Pieces of work begun since the start. Unchanged between two looks means nothing happened."""
        return self._begun
