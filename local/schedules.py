"""The template's schedules, on the simulated clock.

A jump over many periods fires once, at its end: what hangs on a schedule here has to catch up anyway.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.clock import SimulatedClock
from local.engine import ACCOUNT, REGION
from local.template import TemplateError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


@dataclass(frozen=True)
class Schedule:
    """One AWS::Scheduler::Schedule with a rate."""

    name: str
    function: str  # logical id
    arn: str
    period: timedelta

    @classmethod
    def from_template(
        cls, name: str, arn: str, properties: Mapping[str, Any], function_named: Callable[[str], str]
    ) -> Schedule:
        """Read a schedule. Raises TemplateError for anything but a rate that sends the scheduler's own event."""
        if "Input" in properties["Target"]:
            raise TemplateError(f"{name}: the local stack does not send a schedule's own Input.")
        expression = properties["ScheduleExpression"]
        rate = _RATE.fullmatch(expression)
        if rate is None:
            raise TemplateError(f"{name}: the local stack knows rate(...) schedules, not {expression!r}.")
        number, unit = rate.groups()
        period = timedelta(**{f"{unit}s": int(number)})
        return cls(name, function_named(properties["Target"]["Arn"]), arn, period)

    def periods_until(self, time: datetime) -> int:
        """Whole periods from the epoch to `time`: when this number grows, the schedule is due."""
        return (time - _EPOCH) // self.period

    def due_after(self, time: datetime) -> datetime:
        """When it is due next."""
        return _EPOCH + (self.periods_until(time) + 1) * self.period

    def event(self, time: datetime) -> dict[str, Any]:
        """What the scheduler sends to a function."""
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [self.arn],
            "detail": "{}",
        }


class Scheduler:
    """Fires each schedule when simulated time passes a multiple of its period."""

    def __init__(
        self, schedules: Sequence[Schedule], clock: SimulatedClock, deliver: Callable[[str, Any], None]
    ) -> None:
        self.schedules = schedules
        self._clock = clock
        self._deliver = deliver
        self._fired = {each.name: each.periods_until(clock.now()) for each in schedules}
        self._lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to watch the clock."""
        self._thread.start()

    def stop(self) -> None:
        """Fire no more."""
        with self._clock.moved:
            self._stopped = True
            self._clock.moved.notify_all()
        self._thread.join()

    def fire_due(self) -> None:
        """Fire what is due now, each at most once. The clock's thread does this too; a second call finds nothing."""
        now = self._clock.now()
        with self._lock:
            for schedule in self.schedules:
                periods = schedule.periods_until(now)
                due = periods > self._fired[schedule.name]
                self._fired[schedule.name] = periods  # also after a first movement into the past
                if due:
                    self._deliver(schedule.function, schedule.event(now))

    def _run(self) -> None:
        while True:
            with self._clock.moved:
                if self._stopped:
                    return
                now = self._clock.now()
                waits = [(each.due_after(now) - now).total_seconds() for each in self.schedules]
                self._clock.moved.wait(min(waits, default=None))
                if self._stopped:
                    return
            self.fire_due()
