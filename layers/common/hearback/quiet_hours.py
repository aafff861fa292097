"""Quiet hours: a time of the day at which no customer is mailed who has not just said something."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer

from hearback.care import MINUTES_OF_A_DAY

AWAKE = timedelta(hours=1)
"""Whoever said something so short a time ago is awake, and expects to be answered."""


def _parsed(given: Any) -> Any:
    """From and to, in minutes after local midnight."""
    if given is None:
        return None
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)\s*-\s*(\d{1,2}):([0-5]\d)", str(given))
    first, last = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
    if first == last or max(first, last) >= MINUTES_OF_A_DAY:
        raise ValueError("quiet hours are given as '21:00-08:00', in quotes, from one time of the day to another")
    return first, last


def _said(hours: tuple[int, int] | None) -> str | None:
    if hours is None:
        return None
    first, last = hours
    return f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}"


QuietHours = Annotated[tuple[int, int] | None, BeforeValidator(_parsed), PlainSerializer(_said)]
"""From and to, in minutes after local midnight; where the first is greater, they go past midnight. None for none."""


def is_quiet(hours: tuple[int, int], at: datetime, zone: ZoneInfo) -> bool:
    """Whether a moment is in the quiet hours of a zone; their end is not."""
    first, last = hours
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return first <= minute < last if first < last else not last <= minute < first
