"""Digests are due on the manager's own clock, and are about whole days as the survey counts them."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.period import Every, Period
from hearback.subscription import Subscription

ZONES = [
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
]
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)
every = st.sampled_from(get_args(Every))
LONGEST = {"day": 1, "week": 7, "month": 31}


def subscription(
    zone: str = "UTC", every: Every = "week", *, weekday: int = 0, day: int = 1, hour: int = 9
) -> Subscription:
    made = datetime(2024, 1, 1, tzinfo=UTC)
    return Subscription(
        "store", "digest", "Priya", "priya@example.com", {}, weekday, hour, zone, made, every=every, day=day
    )


@given(moments, zones, every, st.integers(0, 6), st.integers(1, 28), st.integers(0, 23))
def test_the_next_digest_is_due_at_the_hour_before_a_period_has_passed(
    at: datetime, zone: str, often: Every, weekday: int, day: int, hour: int
) -> None:
    one = subscription(zone, often, weekday=weekday, day=day, hour=hour)

    due = one.next_due(at)

    assert at < due <= at + timedelta(days=LONGEST[often], hours=2)
    local = due.astimezone(one.zone)
    assert local.weekday() == weekday or often != "week"
    assert local.day == day or often != "month"
    assert local.hour == hour or local.utcoffset() != (local - timedelta(hours=2)).utcoffset()


@given(moments, zones, zones, every, st.integers(0, 6), st.integers(1, 28), st.integers(0, 23))
def test_periods_of_consecutive_digests_neither_overlap_nor_leave_gaps(
    at: datetime, zone: str, counted_in: str, often: Every, weekday: int, day: int, hour: int
) -> None:
    one = subscription(zone, often, weekday=weekday, day=day, hour=hour)
    first = one.next_due(at)

    period, following = (one.period_at(moment, ZoneInfo(counted_in)) for moment in (first, one.next_due(first)))

    assert following.first == period.last + timedelta(days=1)
    assert (following.before.first, following.before.last) == (period.first, period.last)


@given(moments, zones, zones, every, st.integers(0, 23))
def test_a_period_is_over_where_its_answers_are_counted_and_no_day_old(
    at: datetime, zone: str, counted_in: str, often: Every, hour: int
) -> None:
    one, where = subscription(zone, often, hour=hour), ZoneInfo(counted_in)
    due = one.next_due(at)

    ends = one.period_at(due, where).ends(where)

    assert ends <= due <= ends + timedelta(hours=24 + 2)  # two clocks that are changed at different times


@pytest.mark.parametrize(
    ("often", "day", "first", "last"),
    [
        ("day", 1, "2026-02-28", "2026-02-28"),
        ("week", 1, "2026-02-22", "2026-02-28"),
        ("month", 1, "2026-02-01", "2026-02-28"),
    ],
)
def test_a_digest_is_about_the_last_whole_days(often: Every, day: int, first: str, last: str) -> None:
    sunday = datetime(2026, 3, 1, 9, tzinfo=UTC)

    period = subscription("UTC", often, weekday=6, day=day).period_at(sunday, ZoneInfo("UTC"))

    assert str(period) == f"{first}..{last}"


def test_a_monthly_digest_in_the_middle_of_a_month_is_about_the_month_up_to_then() -> None:
    one = subscription("UTC", "month", day=15)

    period = one.period_at(one.next_due(datetime(2026, 3, 1, tzinfo=UTC)), ZoneInfo("UTC"))

    assert (str(period), str(period.before)) == ("2026-02-15..2026-03-14", "2026-01-15..2026-02-14")


@pytest.mark.parametrize(
    ("zone", "hour", "last"),
    [
        ("Asia/Tokyo", 9, "2026-03-07"),  # Monday morning in Tokyo, Sunday evening in New York
        ("Asia/Tokyo", 15, "2026-03-08"),
        ("Europe/Berlin", 5, "2026-03-07"),
        ("Europe/Berlin", 6, "2026-03-08"),
        ("America/New_York", 0, "2026-03-08"),
        ("America/Los_Angeles", 22, "2026-03-09"),  # Tuesday in New York
    ],
)
def test_the_last_day_is_the_last_that_is_over_in_the_surveys_zone(zone: str, hour: int, last: str) -> None:
    one = subscription(zone, hour=hour)

    due = one.next_due(datetime(2026, 3, 8, 12, tzinfo=UTC))

    assert str(one.period_at(due, ZoneInfo("America/New_York")).last) == last


def test_daylight_saving_keeps_the_hour_on_the_wall() -> None:
    berlin = subscription("Europe/Berlin")

    before = berlin.next_due(datetime(2026, 3, 22, tzinfo=UTC))
    after = berlin.next_due(before)

    assert (before.hour, after.hour) == (8, 7)  # 9 o'clock in Berlin, before and after 29 March 2026


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-03-29T00:59", "2026-03-27"),  # two o'clock is skipped on the 29th
        ("2026-03-29T01:00", "2026-03-28"),
        ("2026-10-24T23:59", "2026-10-23"),  # and comes twice on 25 October
        ("2026-10-25T00:00", "2026-10-24"),
        ("2026-10-25T01:00", "2026-10-24"),
    ],
)
def test_an_hour_that_is_skipped_or_comes_twice_brings_one_digest(now: str, last: str) -> None:
    daily = subscription("Europe/Berlin", "day", hour=2)

    due = daily.last_due(datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert str(daily.period_at(due, daily.zone).last) == last


def test_a_missed_digest_is_the_last_one_only() -> None:
    one = subscription("UTC")

    due = one.last_due(datetime(2024, 3, 6, 12, tzinfo=UTC))

    assert one.period_at(due, ZoneInfo("UTC")).last == date(2024, 3, 3)


def test_a_month_before_the_end_of_a_longer_one_is_its_last_day() -> None:
    assert str(Period("month", date(2026, 3, 31))) == "2026-02-28..2026-03-30"


def test_a_subscription_is_read_as_it_was_written() -> None:
    one = subscription("Asia/Kolkata", "month", day=28)

    assert Subscription.from_item(one.to_item()) == one


def test_one_that_was_stored_before_there_were_days_and_months_is_weekly() -> None:
    item = subscription("Asia/Kolkata", weekday=4).to_item()
    for later in ("every", "day"):
        del item[later]

    assert Subscription.from_item(item) == subscription("Asia/Kolkata", weekday=4)
