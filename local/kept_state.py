"""What a stack keeps beside the engine's own data, so that a restart goes on where a clean stop ended."""

from __future__ import annotations

import fcntl
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO


class DataInUse(Exception):
    """Another stack runs on the same data folder."""


@dataclass
class KeptState:
    """The clock's movements, and what had been taken out of the engine but not finished."""

    clock: list[list[Any]] = field(default_factory=list)
    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # queue mapping -> messages
    undelivered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # stream mapping -> records
    events: list[tuple[str, Any]] = field(default_factory=list)  # (function, event)


class DataFolder:
    """The folder everything lives in, owned by one stack at a time."""

    def __init__(self, path: Path, fresh: bool) -> None:
        """Raises DataInUse. With `fresh` whatever an earlier stack left there is deleted."""
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = _lock(path)
        if fresh:
            for entry in path.iterdir():
                if entry.name != "lock":
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        self._state = path / "stack.json"
        self._running = path / "running"
        self.was_killed = self._running.exists()  # the last stack could not write what it held

    def kept(self) -> KeptState:
        """What the last clean stop kept."""
        return KeptState(**json.loads(self._state.read_text())) if self._state.exists() else KeptState()

    def begin(self) -> None:
        """From now on, until `end`, what was kept is in use and no longer true."""
        self._running.touch()
        self._state.unlink(missing_ok=True)

    def end(self, state: KeptState) -> None:
        """Keep `state`: the stop was clean."""
        self._state.write_text(json.dumps(asdict(state)))
        self._running.unlink(missing_ok=True)

    def close(self) -> None:
        """Let another stack have the folder."""
        self._lock.close()


def _lock(path: Path) -> TextIO:
    lock = (path / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DataInUse(f"Another local stack runs on {path}. Stop it, or give --data another folder.") from None
    return lock
