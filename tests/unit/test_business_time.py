"""Business time: what holds for every calendar, and that it is what a clock on the wall says, minute by minute."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearback.business_time import Calendar
from hearback.care import Scope, Span
from hearback.definition import WEEKDAYS, Weekday

MINUTE = timedelta(minutes=1)
CHANGES = {
    "Europe/Berlin": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/Havana": [date(2026, 3, 8), date(2026, 11, 1)],  # at midnight
    "America/St_Johns": [date(2010, 3, 14), date(2010, 11, 7)],  # a minute past midnight, back into the day before
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],  # by half an hour
    "Africa/Cairo": [date(2026, 4, 24), date(2026, 10, 29)],  # at midnight, so that a day begins at one
    "Pacific/Apia": [date(2011, 12, 30)],  # a day that never was
    "Asia/Kolkata": [date(2026, 6, 1)],
}
WEEK: dict[Weekday, Sequence[Span]] = {day: [(9 * 60, 17 * 60 + 30)] for day in WEEKDAYS[:5]}


def spans() -> st.SearchStrategy[list[Span]]:
    """Times of a day, in order and apart."""
    marks = st.lists(st.integers(0, 24 * 4), min_size=2, max_size=4, unique=True).map(sorted)
    return marks.map(lambda found: [(a * 15, b * 15) for a, b in zip(found[::2], found[1::2], strict=False)])


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar and a minute near a change of its clock."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    change = draw(st.sampled_from(CHANGES[name]))
    hours = draw(st.dictionaries(st.sampled_from(WEEKDAYS), spans(), max_size=7))
    holidays = draw(st.frozensets(st.integers(-4, 4).map(lambda days: change + timedelta(days=days)), max_size=3))
    minutes = draw(st.integers(-3 * 24 * 60, 3 * 24 * 60))
    start = datetime(change.year, change.month, change.day, tzinfo=UTC) + MINUTE * minutes
    return Calendar(ZoneInfo(name), hours, holidays), start


def open_minutes(calendar: Calendar, first: datetime, count: int) -> list[datetime]:
    """The minutes of a stretch in which somebody is at work, by looking at the clock on the wall at each of them.

    Of each local day and each of its times: from the first minute whose clock is not before the beginning to the last
    one whose clock is before the end. An hour that the clock shows twice interrupts nobody.
    """
    margin = 2 * 24 * 60  # so that every day that is asked about is looked at whole
    days: dict[date, list[tuple[int, int]]] = {}
    for number in range(-margin, count + margin):
        shown = (first + MINUTE * number).astimezone(calendar.zone)
        days.setdefault(shown.date(), []).append((number, shown.hour * 60 + shown.minute))
    found: set[int] = set()
    for day, minutes in days.items():
        times = calendar.hours.get(WEEKDAYS[day.weekday()], ()) if calendar.hours else [(0, 24 * 60)]
        for opens, closes in times if day not in calendar.holidays else []:
            begun = [number for number, clock in minutes if clock >= opens]
            unfinished = [number for number, clock in minutes if clock < closes]
            if begun and unfinished:
                found.update(range(min(begun), max(unfinished) + 1))
    return [first + MINUTE * number for number in sorted(found) if 0 <= number < count]


@settings(deadline=None, max_examples=60)
@given(calendars(), st.integers(1, 600))
def test_it_is_what_the_clock_on_the_wall_says(given_: tuple[Calendar, datetime], minutes: int) -> None:
    calendar, start = given_
    stretch = open_minutes(calendar, start, 3 * 24 * 60)

    if len(stretch) >= minutes:
        assert calendar.add(start, MINUTE * minutes) == stretch[minutes - 1] + MINUTE


@settings(deadline=None, max_examples=60)
@given(calendars(), st.integers(0, 2 * 24 * 60))
def test_open_is_what_the_clock_on_the_wall_says(given_: tuple[Calendar, datetime], minutes: int) -> None:
    calendar, start = given_
    at = start + MINUTE * minutes

    assert calendar.is_open(at) == (open_minutes(calendar, at, 1) == [at])


@given(calendars(), st.integers(1, 5000), st.integers(1, 5000))
def test_time_that_passes_adds_up(given_: tuple[Calendar, datetime], first: int, second: int) -> None:
    calendar, start = given_

    in_two = calendar.add(calendar.add(start, MINUTE * first), MINUTE * second)
    assert in_two == calendar.add(start, MINUTE * (first + second))


@given(calendars(), st.integers(0, 3 * 24 * 60), st.integers(1, 5000))
def test_who_begins_later_is_never_done_earlier(given_: tuple[Calendar, datetime], later: int, minutes: int) -> None:
    calendar, start = given_

    assert calendar.add(start, MINUTE * minutes) <= calendar.add(start + MINUTE * later, MINUTE * minutes)


@given(calendars(), st.integers(1, 5000))
def test_what_is_due_is_due_while_somebody_is_there(given_: tuple[Calendar, datetime], minutes: int) -> None:
    calendar, start = given_
    due = calendar.add(start, MINUTE * minutes)

    assert due >= start + MINUTE * minutes
    assert calendar.is_open(due - timedelta(microseconds=1))
    assert (due - timedelta(microseconds=1)).astimezone(calendar.zone).date() not in calendar.holidays


def test_a_call_on_friday_afternoon_is_due_on_monday() -> None:
    calendar = Calendar(ZoneInfo("Asia/Kolkata"), WEEK)
    friday = datetime(2026, 3, 6, 11, 30, tzinfo=UTC)  # 17:00 in Kolkata

    assert calendar.add(friday, timedelta(hours=4)) == datetime(2026, 3, 9, 7, 0, tzinfo=UTC)  # 12:30


def test_a_holiday_is_no_working_day() -> None:
    monday = date(2026, 3, 9)
    calendar = Calendar(ZoneInfo("Asia/Kolkata"), WEEK, frozenset({monday}))
    friday = datetime(2026, 3, 6, 11, 30, tzinfo=UTC)

    assert calendar.add(friday, timedelta(hours=4)).astimezone(calendar.zone).date() == date(2026, 3, 10)


def test_around_the_clock_an_hour_is_an_hour_even_when_the_clock_changes() -> None:
    eve = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert Calendar(ZoneInfo("Europe/Berlin")).add(eve, timedelta(hours=24)) == eve + timedelta(hours=24)


def test_the_night_shift_works_an_hour_less_in_spring_and_an_hour_more_in_autumn() -> None:
    night: dict[Weekday, Sequence[Span]] = {day: [(0, 6 * 60)] for day in WEEKDAYS}
    calendar = Calendar(ZoneInfo("Europe/Berlin"), night)

    spring = calendar.add(datetime(2026, 3, 28, 12, tzinfo=UTC), timedelta(hours=5))
    autumn = calendar.add(datetime(2026, 10, 24, 12, tzinfo=UTC), timedelta(hours=7))

    assert [f"{at.astimezone(calendar.zone):%a %H:%M}" for at in (spring, autumn)] == ["Sun 06:00", "Sun 06:00"]


def test_an_hour_that_the_clock_skips_is_not_worked() -> None:
    calendar = Calendar(ZoneInfo("Europe/Berlin"), {"sunday": [(2 * 60 + 10, 2 * 60 + 50)]})

    due = calendar.add(datetime(2026, 3, 28, 12, tzinfo=UTC), timedelta(minutes=40))
    assert due.astimezone(calendar.zone).date() == date(2026, 4, 5)


def test_a_scope_without_a_zone_keeps_the_survey_s() -> None:
    delhi, own = ZoneInfo("Asia/Kolkata"), Scope(owner="asha", time_zone="Europe/Paris")

    assert Calendar.of(Scope(owner="asha"), delhi).zone == Calendar.of(None, delhi).zone == delhi
    assert Calendar.of(own, delhi).zone == ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("hours", "holidays", "words"),
    [
        ({"monday": [(540, 560)]}, 0, "less than an hour"),
        ({}, 61, "from 2026-12-21 to 2027-02-19; at most 60 days"),
        ({"monday": [(540, 1020)]}, 70, "from 2026-12-21 to 2027-02-28"),
    ],
)
def test_a_calendar_that_as_good_as_never_opens_is_no_calendar(
    hours: dict[Weekday, Sequence[Span]], holidays: int, words: str
) -> None:
    closed = frozenset(date(2026, 12, 21) + timedelta(days=number) for number in range(holidays))
    problem = Calendar(ZoneInfo("UTC"), hours, closed).problem

    assert problem is not None
    assert words in problem


@pytest.mark.parametrize("holidays", [0, 1, 14, 55])
def test_a_long_holiday_is_fine(holidays: int) -> None:
    closed = frozenset(date(2026, 12, 21) + timedelta(days=number) for number in range(holidays))

    assert Calendar(ZoneInfo("UTC"), WEEK, closed).problem is None
