"""Digests are due on the manager's own clock."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hearback.subscription import Subscription

ZONES = ["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Pacific/Chatham", "Africa/Casablanca"]
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def subscription(zone: str, weekday: int = 0, hour: int = 9) -> Subscription:
    return Subscription(
        "store", "weekly", "Priya", "priya@example.com", {}, weekday, hour, zone, datetime(2024, 1, 1, tzinfo=UTC)
    )


@given(moments, st.sampled_from(ZONES), st.integers(0, 6), st.integers(0, 23))
def test_the_next_digest_is_due_within_a_week_at_the_hour(at: datetime, zone: str, weekday: int, hour: int) -> None:
    one = subscription(zone, weekday, hour)

    due = one.next_due(at)

    assert at < due <= at + timedelta(days=7, hours=2)
    local = due.astimezone(one.zone)
    assert local.weekday() == weekday
    assert local.hour == hour or local.utcoffset() != (local - timedelta(hours=2)).utcoffset()


@given(moments, st.sampled_from(ZONES), st.integers(0, 6), st.integers(0, 23))
def test_weeks_of_consecutive_digests_neither_overlap_nor_leave_gaps(
    at: datetime, zone: str, weekday: int, hour: int
) -> None:
    one = subscription(zone, weekday, hour)
    first = one.next_due(at)

    week, following = one.week_at(first), one.week_at(one.next_due(first))

    assert following.before == week
    assert (week.last - week.first).days == 6


def test_daylight_saving_keeps_the_hour_on_the_wall() -> None:
    berlin = subscription("Europe/Berlin")

    before = berlin.next_due(datetime(2026, 3, 22, tzinfo=UTC))
    after = berlin.next_due(before)

    assert (before.hour, after.hour) == (8, 7)  # 9 o'clock in Berlin, before and after 29 March 2026


def test_a_missed_digest_is_the_last_one_only() -> None:
    one = subscription("UTC")

    due = one.last_due(datetime(2024, 3, 6, 12, tzinfo=UTC))

    assert one.week_at(due).last == date(2024, 3, 3)
