"""To what times a task can be rescheduled, from the calendar's first day to its last."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hearback.rescheduling import NotThen, Reason, due_time
from hearback.task import LATEST
from tests.conftest import NOW

ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Paris")
]


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize(
    ("day", "at", "reason"),
    [
        (date.min, time.min, "past"),
        (date.min, time(23, 59), "past"),
        (date.min + timedelta(days=1), time.min, "past"),
        (date.max - timedelta(days=1), time(23, 59), "late"),
        (date.max, time.min, "late"),
        (date.max, time(23, 59), "late"),
    ],
)
def test_the_ends_of_the_calendar_are_refused_as_other_times_are(
    zone: ZoneInfo, day: date, at: time, reason: Reason
) -> None:
    with pytest.raises(NotThen) as refused:
        due_time(day, at, zone, NOW)
    assert refused.value.reason == reason


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_time_is_one_of_the_zone_and_at_most_two_weeks_ahead(zone: ZoneInfo) -> None:
    last = (NOW + LATEST).astimezone(zone)

    assert due_time(last.date(), last.time(), zone, NOW) == NOW + LATEST
    with pytest.raises(NotThen, match="late"):
        due_time(last.date(), (last + timedelta(minutes=1)).time(), zone, NOW)


def test_an_hour_that_the_clock_skips_is_refused_and_of_one_that_it_repeats_the_first_is_meant() -> None:
    paris = ZoneInfo("Europe/Paris")
    with pytest.raises(NotThen, match="skipped"):
        due_time(date(2026, 3, 29), time(2, 30), paris, datetime(2026, 3, 28, tzinfo=UTC))
    repeated = due_time(date(2026, 10, 25), time(2, 30), paris, datetime(2026, 10, 24, tzinfo=UTC))
    assert repeated == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
