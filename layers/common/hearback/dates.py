"""Days and moments in words, in any language that there are catalogues for."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hearback.language import texts


def day_in_words(day: date, language: str) -> str:
    """Mon 4 May"""
    say = texts("letters", language).say
    weekdays, months = say("weekdays").split(), say("months").split()
    return say("day", weekday=weekdays[day.weekday()], day=day.day, month=months[day.month - 1])


def dated_in_words(day: date, language: str) -> str:
    """Mon 4 May 2026"""
    return texts("letters", language).say("dated", day=day_in_words(day, language), year=day.year)


def moment_in_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """Mon 4 May, 14:30 IST"""
    local = at.astimezone(zone)
    day = day_in_words(local.date(), language)
    return texts("letters", language).say("moment", day=day, time=f"{local:%H:%M}", zone=local.tzname())
