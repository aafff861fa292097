"""Who takes care of which answers, and when they are at work."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from hearback.definition import DimensionValue, Identifier, Part, TimeZone, Weekday, Whole

MINUTES_OF_A_DAY = 24 * 60
Span = tuple[int, int]
"""From and to, in minutes after local midnight; 0 <= from < to <= 1440."""


def _spans(given: Any) -> Any:
    """ "09:00-12:30" or a list of such spans, in order and apart."""
    spans = [_span(each) for each in given] if isinstance(given, list) else [_span(given)]
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise ValueError("spans of a day follow each other and do not overlap")
    return spans


def _span(text: Any) -> Span:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", text) if isinstance(text, str) else None
    if not found:
        raise ValueError("hours are given as '09:00-17:30', in quotes")
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    first, last = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if max(first_minute, last_minute) > 59 or last > MINUTES_OF_A_DAY or first >= last:
        raise ValueError("hours lie within one day, from 00:00 to 24:00, and end after they begin")
    return first, last


def _said(spans: list[Span]) -> list[str]:
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans]


def _day(given: Any) -> Any:
    """Pydantic would take a number for seconds since 1970, and tell nobody who mistypes a day how to write it."""
    if type(given) is date:
        return given
    with suppress(ValueError):
        if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given):
            return date.fromisoformat(given)
    raise ValueError("not a day that exists, written as yyyy-mm-dd: 2027-01-26")


Day = Annotated[date, BeforeValidator(_day)]
OpenHours = Annotated[list[Span], BeforeValidator(_spans), PlainSerializer(_said), Field(min_length=1)]


class Scope(Part):
    """Part of a company: its answers, who owns their tasks, who leads the owner, and their hours."""

    dimensions: Annotated[
        dict[Identifier, Annotated[list[DimensionValue], Field(min_length=1)]], Field(max_length=20)
    ] = {}
    """One of these values, of each dimension that is named; none named: every answer."""
    owner: Identifier
    manager: Identifier | None = None
    """Hears of tasks that stay overdue."""
    escalate_hours: Annotated[Whole, Field(ge=1, le=720)] = 8
    """Business hours that a task stays overdue before the manager hears of it."""
    hours: dict[Weekday, OpenHours] = {}
    """Business hours by weekday, in local time; none at all: around the clock, every day but holidays."""
    time_zone: TimeZone | None = None
    """The survey's if left out."""
    holidays: Annotated[list[Day], Field(max_length=1000)] = []
    """Days on which nobody works, yyyy-mm-dd."""

    def covers(self, dimensions: Mapping[str, str]) -> bool:
        return all(dimensions.get(name) in values for name, values in self.dimensions.items())
