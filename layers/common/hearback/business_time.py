"""Business time: hours that count only while a scope's people are at work.

Opening hours are wall times of a scope's zone; what is counted inside them is time that really passes. Where
daylight saving makes a clock skip or repeat an hour (RFC 5545, 3.3.5, has the same two cases), people come when
the clock first shows their hour or a later one, and leave when it last does: an opening hour that is skipped begins
at the jump, and a repeated hour is worked twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hearback.care import MINUTES_OF_A_DAY, Scope, Span
from hearback.definition import WEEKDAYS, Weekday

LONGEST_CLOSURE = 60
"""Days in a row without an open hour that a calendar may have: more is a slip of the pen in its holidays."""
LEAST_WEEK = timedelta(hours=1)
"""Open time that a week without holidays has at least."""
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_WHOLE_DAY: Sequence[Span] = ((0, MINUTES_OF_A_DAY),)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody is at work."""

    zone: ZoneInfo
    hours: Mapping[Weekday, Sequence[Span]] = field(default_factory=dict)
    """By weekday, in minutes after local midnight; none at all is around the clock."""
    holidays: frozenset[date] = frozenset()
    """Local days on which nobody is."""

    @classmethod
    def of(cls, scope: Scope | None, zone: ZoneInfo) -> "Calendar":
        """A scope's calendar, in `zone` if it names none; without a scope, around the clock."""
        if scope is None:
            return cls(zone)
        return cls(ZoneInfo(scope.time_zone) if scope.time_zone else zone, scope.hours, frozenset(scope.holidays))

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is at work; no longer at the very moment of closing."""
        # A clock that goes back past midnight lets the day before go on after its successor has begun.
        day = at.astimezone(self.zone).date()
        return any(opens <= at < closes for each in (day - _DAY, day, day + _DAY) for opens, closes in self._open(each))

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The moment, in UTC, at which `span` of open time has passed since `start`; it may be a closing time.

        `span` is positive. Ends for every calendar that has no `problem`.
        """
        left, reached = span, start.astimezone(UTC)
        day = reached.astimezone(self.zone).date() - _DAY
        while True:
            for opens, closes in self._open(day):
                begin = max(opens, reached)
                if closes - begin >= left:
                    return begin + left
                if closes > begin:
                    left -= closes - begin
                    reached = closes
            day += _DAY

    @property
    def problem(self) -> str | None:
        """Why no due time can be found in it, or None."""
        week = sum(last - first for spans in self.hours.values() for first, last in spans)
        if self.hours and timedelta(minutes=week) < LEAST_WEEK:
            return "hours: a week has less than an hour, so nothing would ever be due"
        for first in sorted(self.holidays):
            if first - _DAY not in self.holidays and (end := self._closed_until(first)):
                return f"holidays: nobody is at work from {first} to {end}; at most {LONGEST_CLOSURE} days in a row"
        return None

    def _closed_until(self, first: date) -> date | None:
        """The last day of the closure that begins on a day, if it is too long."""
        day = first
        while self._closed(day):
            day += _DAY
        return day - _DAY if day - first > _DAY * LONGEST_CLOSURE else None

    def _closed(self, day: date) -> bool:
        return day in self.holidays or not self._spans(day)

    def _spans(self, day: date) -> Sequence[Span]:
        return self.hours.get(WEEKDAYS[day.weekday()], ()) if self.hours else _WHOLE_DAY

    def _open(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """(from, to) in UTC of each time that somebody is at work on a local day, in order."""
        if day in self.holidays:
            return
        for first, last in self._spans(day):
            opens, closes = self._first(day, first), self._last(day, last)
            if opens < closes:
                yield opens, closes

    def _first(self, day: date, minute: int) -> datetime:
        """When the clock first shows a time of a day, or jumps over it."""
        early, late = self._both(day, minute)
        return early if early <= late else self._jump(late, early)

    def _last(self, day: date, minute: int) -> datetime:
        """When the clock last shows a time of a day, or jumps over it."""
        early, late = self._both(day, minute)
        if early > late:
            return self._jump(late, early)
        shown = (late - _INSTANT).astimezone(self.zone).replace(tzinfo=None)
        # a clock that goes back to this very time showed a later one before, and does not come to it again
        return late if shown < datetime.combine(day, time()) + timedelta(minutes=minute) else early

    def _both(self, day: date, minute: int) -> tuple[datetime, datetime]:
        """A wall time as before and as after a change of the clock (PEP 495); the former is later if it is skipped."""
        wall = datetime.combine(day, time(), self.zone) + timedelta(minutes=minute)
        return wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """The second at which the clock jumps, somewhere between two moments in UTC."""
        offset = before.astimezone(self.zone).utcoffset()
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
            if middle.astimezone(self.zone).utcoffset() == offset:
                before = middle
            else:
                after = middle
        return after
