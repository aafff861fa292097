"""Pacing: each process sends its share of the mails a second that SES allows the account.

SES counts the whole account's mails, and processes do not know of each other. As many of them run at once as the
settle queue's mapping allows, and the tick beside them; so each may send the account's rate divided by their number.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
"""Seconds. SES refuses for a second when the rate is exceeded, and for hours when the day's quota is used up."""
PATIENCE = 5.0
"""Seconds that are slept through. A message with a longer wait goes back to its queue, which costs less."""


@dataclass(slots=True)
class Pacer:
    """One process's turns to send."""

    rate: float
    """Mails a second."""
    clock: Callable[[], float]
    """Seconds, from any beginning."""
    sleep: Callable[[float], None] = time.sleep
    _free_at: float = float("-inf")
    _pause: float = 0.0

    def wait(self, until: float) -> bool:
        """Sleep until it is this process's turn; False at once if that is far off, or later than `until`.

        The turn after a mail is never far off, however slow the rate.
        """
        now = self.clock()
        turn = max(now, self._free_at)
        if turn > min(until, now + max(PATIENCE, 1 / self.rate)):
            return False
        if turn > now:
            self.sleep(turn - now)
        return True

    def sent(self) -> None:
        """SES took a mail, or may have."""
        self._pause = 0.0
        self._free_at = self.clock() + 1 / self.rate

    def throttled(self) -> None:
        """SES took none: pause, each time twice as long."""
        self._pause = min(2 * self._pause or FIRST_PAUSE, LONGEST_PAUSE)
        self._free_at = self.clock() + self._pause


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of one run of a function, which ends."""

    pacer: Pacer
    last: float
    """The latest time of the pacer's clock at which a mail can still be sent and marked."""

    def wait(self) -> bool:
        """Sleep until the next turn; False at once if there is none left in this run."""
        return self.pacer.wait(self.last)
