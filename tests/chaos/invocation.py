"""One run of an aggregator that stops before each call to AWS and goes on when it is handed the baton.

The work is plain code on a thread of its own, but only one thread runs at a time: the one that holds the baton.
So whoever hands it on decides how runs interleave, and the same decisions give the same history.
"""

import threading
from collections.abc import Callable

from tests.aws_faults import Death, Fault

COST = {Fault.TIMEOUT_BEFORE: 4.0, Fault.TIMEOUT_AFTER: 4.0}
"""Seconds of simulated time that a call takes if something goes wrong with it."""
USUAL_COST = 0.01


class Invocation:
    """A run of `work`, which gets this object: its time and what its clients are to suffer."""

    def __init__(self, work: "Callable[[Invocation], str | None]", seconds: float) -> None:
        self.seconds_left = seconds
        self.finished = False
        self.died = False
        self.result: str | None = None
        self._work = work
        self._error: BaseException | None = None
        self._fault = Fault.NONE
        self._ours, self._theirs = threading.Semaphore(0), threading.Semaphore(0)
        threading.Thread(target=self._run, daemon=True).start()
        self._wait()

    def turn(self, fault: Fault) -> None:
        """Let the call that it stopped before be done, suffering this, and run on to the next one or to the end."""
        if self.finished:
            return
        self._fault = fault
        self.seconds_left -= COST.get(fault, USUAL_COST)
        self._theirs.release()
        self._wait()

    def finish(self, fault: Fault = Fault.NONE) -> None:
        """Run to the end."""
        while not self.finished:
            self.turn(fault)

    def next_fault(self, operation: str) -> Fault:
        """Stop here until the baton comes back."""
        self._ours.release()
        self._theirs.acquire()
        return self._fault

    def sleep(self, seconds: float) -> None:
        self.seconds_left -= seconds

    def _wait(self) -> None:
        self._ours.acquire()
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            self.result = self._work(self)
        except Death:
            self.died = True
        except BaseException as error:  # belongs to the thread that waits
            self._error = error
        self.finished = True
        self._ours.release()
