"""A period: the whole days that one digest is about."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Every = Literal["day", "week", "month"]
LATEST_DAY = 28
"""The last day that every month has."""


@dataclass(frozen=True, slots=True)
class Period:
    """A day, seven days, or a month of days as the survey counts them, first and last included."""

    every: Every
    due: date
    """The day on which its digest is due, on the reader's calendar."""
    shift: int = 0
    """How many days the survey's calendar is ahead of the reader's (below zero: behind) when it is due."""

    @property
    def first(self) -> date:
        return _one_earlier(self.every, self.due) + timedelta(days=self.shift)

    @property
    def last(self) -> date:
        return self.due + timedelta(days=self.shift - 1)

    @property
    def before(self) -> "Period":
        return Period(self.every, _one_earlier(self.every, self.due), self.shift)

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    def begins(self, counted_in: ZoneInfo) -> datetime:
        """The moment at which its first day begins where its answers are counted, in UTC."""
        return _midnight(self.first, counted_in)

    def ends(self, counted_in: ZoneInfo) -> datetime:
        """The moment at which its last day is over there, in UTC."""
        return _midnight(self.last + timedelta(days=1), counted_in)


def shift(hour: int, reader: ZoneInfo, counted_in: ZoneInfo, year: int) -> int:
    """How many days the survey's calendar is ahead when it is `hour` where the reader is.

    The two clocks are taken at the greatest distance they have in that year: then the last day of a period is over
    whatever the season, and where only one of the clocks is changed, no two periods share a day or omit one.
    """
    noons = (datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(366))
    ahead = max(_offset(noon, reader) - _offset(noon, counted_in) for noon in noons)
    return math.floor((timedelta(hours=hour) - ahead) / timedelta(days=1))


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _one_earlier(every: Every, day: date) -> date:
    if every == "month":
        last_month = day.replace(day=1) - timedelta(days=1)
        return last_month.replace(day=min(day.day, last_month.day))
    return day - timedelta(days=1 if every == "day" else 7)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
