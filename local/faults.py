"""Faults a test can switch on: what AWS does rarely, done often."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any


class Faults:
    """What is to go wrong from now on. All off at first.

    duplicate_records: every stream batch is delivered a second time, as after a lost checkpoint.
    duplicate_messages: every batch of queue messages goes to two processes side by side. They count as failed only if
        they failed in both, for whoever succeeds deletes them.
    lone_messages: every queue message is a batch of its own.
    clocked_retries: a failed queue message comes again after its queue's visibility timeout, by the clock that can be
        moved. Otherwise it comes after a second, so that nobody at a laptop has to wait.
    fail_every: every Nth stream batch counts as failed after the handler ran, so it comes again (0: never).
    mail_throttle: the next N sends are refused with TooManyRequestsException.
    mail_timeout: the next N sends are accepted, and the caller never hears of it.
    """

    NAMES = (
        "duplicate_records",
        "duplicate_messages",
        "lone_messages",
        "clocked_retries",
        "fail_every",
        "mail_throttle",
        "mail_timeout",
    )

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches = 0
        self.duplicate_records = False
        self.duplicate_messages = False
        self.lone_messages = False
        self.clocked_retries = False
        self.fail_every = 0
        self.mail_throttle = 0
        self.mail_timeout = 0

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Change the faults named in `wanted`, leave the others. Raises ValueError for one that does not exist."""
        unknown = sorted(set(wanted) - set(self.NAMES))
        if unknown:
            raise ValueError(f"There is no fault {unknown[0]!r}; there are {', '.join(self.NAMES)}.")
        if int(wanted.get("fail_every", 0)) == 1:
            raise ValueError("fail_every 1 would never let a batch through; give 2 or more, or 0 for never.")
        with self._lock:
            for name, value in wanted.items():
                setattr(self, name, type(getattr(self, name))(value))
            self._batches = 0

    def as_dict(self) -> dict[str, int | bool]:
        """The faults as they are now."""
        return {name: getattr(self, name) for name in self.NAMES}

    def fails_this_batch(self) -> bool:
        """Count a stream batch that the handler has finished; True if it is to be reported as failed."""
        with self._lock:
            self._batches += 1
            return bool(self.fail_every) and self._batches % self.fail_every == 0

    def throttles_this_mail(self) -> bool:
        """Use up one throttled send, if any is left."""
        return self._use_up("mail_throttle")

    def times_out_this_mail(self) -> bool:
        """Use up one send whose answer is lost, if any is left."""
        return self._use_up("mail_timeout")

    def _use_up(self, name: str) -> bool:
        with self._lock:
            left: int = getattr(self, name)
            setattr(self, name, max(0, left - 1))
            return left > 0
