"""Quiet hours: the times at which customers are left alone."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from hearback.contact import Contact
from hearback.quiet_hours import is_quiet
from hearback.survey import Survey

INDIA = ZoneInfo("Asia/Kolkata")


def quiet(survey: Survey, said: Any) -> Survey:
    return Survey.model_validate({**survey.model_dump(exclude_defaults=True), "quiet_hours": said})


@pytest.mark.parametrize(
    ("local", "expected"),
    [("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_a_night_goes_past_midnight_in_the_survey_s_own_zone(survey: Survey, local: str, expected: bool) -> None:
    at = datetime.fromisoformat(f"2026-03-04T{local}").replace(tzinfo=INDIA).astimezone(UTC)

    assert quiet(survey, "21:00-08:00").quiet_at(at) is expected


@pytest.mark.parametrize(("hour", "expected"), [(12, False), (13, True), (14, True), (15, False)])
def test_a_rest_at_noon_begins_and_ends_on_the_same_day(hour: int, expected: bool) -> None:
    assert is_quiet((13 * 60, 15 * 60), datetime(2026, 3, 4, hour, tzinfo=UTC), ZoneInfo("UTC")) is expected


def test_without_them_nothing_waits(survey: Survey) -> None:
    assert not any(survey.quiet_at(datetime(2026, 3, 4, hour, tzinfo=UTC)) for hour in range(24))


def test_they_are_kept_as_they_were_written(survey: Survey) -> None:
    kept = Survey.from_item(quiet(survey, "21:00 - 8:30").to_item(datetime(2026, 3, 4, tzinfo=UTC)))

    assert kept.quiet_hours == (21 * 60, 8 * 60 + 30)


@pytest.mark.parametrize(
    "said", ["21-8", "21:00-24:00", "25:00-08:00", "08:00-08:00", "21:60-08:00", "", 5, ["21:00-08:00"]]
)
def test_what_is_no_such_time_is_refused_in_words(survey: Survey, said: Any) -> None:
    with pytest.raises(ValidationError, match="quiet hours are given as '21:00-08:00'"):
        quiet(survey, said)


def test_a_sample_of_a_hundred_is_everybody_and_a_smaller_one_about_its_share(survey: Survey) -> None:
    people = [Contact(f"{number:032x}").key for number in range(2000)]

    def asked(sample: int) -> set[str]:
        some = survey.model_copy(update={"sample": sample})
        return {key for key in people if some.samples(key)}

    assert asked(100) == set(people)
    assert 150 < len(asked(10)) < 250
    assert asked(10) < asked(30)
