"""Where a long scan was stopped, so that it can go on."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.terminal import Stop

SECONDS_BETWEEN = 5.0
"""A crash costs the work of so many seconds."""


@dataclass(slots=True)
class Bookmark:
    """A file that holds how far a command has come, for the same command to go on."""

    path: Path
    command: Mapping[str, Any]
    """What was asked for: only the same may go on."""
    monotonic: Callable[[], float] = time.monotonic
    _written: float = float("-inf")

    def read(self) -> Any:
        """How far the command had come. Raises Stop if it was not stopped, or another one was."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Stop(f"there is nothing to resume: {self.path} does not exist. Leave out --resume") from None
        except (OSError, ValueError) as error:
            raise Stop(f"cannot read {self.path}: {error}. Leave out --resume to begin again") from error
        if kept["command"] != dict(self.command):
            asked = ", ".join(f"{name} {value!r}" for name, value in kept["command"].items())
            raise Stop(f"what was stopped is another run ({asked}). Leave out --resume to begin again")
        return kept["come"]

    def keep(self, come: Callable[[], Any], *, now: bool = False) -> None:
        """Note how far the command has come, every few seconds or `now`."""
        if not now and self.monotonic() - self._written < SECONDS_BETWEEN:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps({"command": dict(self.command), "come": come()}), encoding="utf-8")
        beside.replace(self.path)
        self._written = self.monotonic()

    def remove(self) -> None:
        """The command has come to its end."""
        self.path.unlink(missing_ok=True)
