"""To what time a task can be rescheduled."""

from datetime import MINYEAR, UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from hearback.task import LATEST

Reason = Literal["past", "late", "skipped"]


class NotThen(ValueError):
    """It is over, it is further ahead than LATEST, or the clock skips it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def due_time(day: date, at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment, in UTC, of a local day and time; the first of two. Raises NotThen."""
    wanted = datetime.combine(day, at)
    try:
        moment = wanted.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:  # UTC's clock would be beyond the calendar's first or last day
        raise NotThen("past" if wanted.year == MINYEAR else "late") from None
    if moment.astimezone(zone).replace(tzinfo=None) != wanted:
        raise NotThen("skipped")
    if moment <= now:
        raise NotThen("past")
    if moment > now + LATEST:
        raise NotThen("late")
    return moment
