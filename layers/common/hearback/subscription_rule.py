"""Who reads a digest, as a survey's definition says it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from hearback.definition import Identifier, Part, TimeZone, Weekday, Whole
from hearback.period import LATEST_DAY, Every


class SubscriptionRule(Part):
    """A manager's digest: which answers, how often, when, in whose time zone."""

    id: Identifier
    to: Identifier
    scope: dict[str, str] = {}
    every: Every = "week"
    weekday: Weekday = "monday"
    """Of a weekly one."""
    day: Annotated[Whole, Field(ge=1, le=LATEST_DAY)] = 1
    """Of a monthly one. On the first, it is about the calendar month before."""
    hour: Annotated[Whole, Field(ge=0, le=23)] = 9
    time_zone: TimeZone | None = None
    """The survey's if left out."""

    @model_validator(mode="after")
    def _says_nothing_in_vain(self) -> Self:
        for field, every in (("weekday", "week"), ("day", "month")):
            if field in self.model_fields_set and self.every != every:
                raise ValueError(f"{field} is for every: {every}; this one comes every {self.every}")
        return self
