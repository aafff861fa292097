"""Where a long scan was stopped, so that it can go on."""

import hashlib
import json
import os
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
    """A file that holds how far a command has come, for the same command to go on.

    Each command has a file of its own, so that several may run in one folder. The very same command in two
    terminals shares one: wherever either of them has come, both may go on.
    """

    folder: Path
    command: Mapping[str, Any]
    """What was asked for: only the same may go on."""
    monotonic: Callable[[], float] = time.monotonic
    _written: float = float("-inf")

    @property
    def path(self) -> Path:
        digest = hashlib.sha256(json.dumps(dict(self.command), sort_keys=True).encode()).hexdigest()
        return self.folder / f"{digest[:12]}.json"

    def read(self, go_on: Callable[[Any], None]) -> None:
        """Give `go_on` how far the command had come. Raises Stop if this very command was not stopped here."""
        try:
            go_on(json.loads(self.path.read_text(encoding="utf-8"))["come"])
        except FileNotFoundError:
            raise Stop("there is nothing to resume of this very command in this folder. Leave out --resume") from None
        except OSError as error:
            raise Stop(f"cannot read {self.path}: {error.strerror}. Leave out --resume to begin again") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Stop(f"{self.path} is not as this command writes it. Leave out --resume to begin again") from error

    def keep(self, come: Callable[[], Any], *, now: bool = False) -> None:
        """Note how far the command has come, every few seconds or `now`. Raises Stop if there can be no note."""
        if not now and self.monotonic() - self._written < SECONDS_BETWEEN:
            return
        beside = self.path.with_suffix(f".{os.getpid()}")  # whole or not at all, whoever else is writing it
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps({"command": dict(self.command), "come": come()}), encoding="utf-8")
            beside.replace(self.path)
        except OSError as error:
            raise Stop(f"cannot note in {self.folder} how far this has come: {error.strerror}") from error
        self._written = self.monotonic()

    def remove(self) -> None:
        """The command has come to its end."""
        self.path.unlink(missing_ok=True)
