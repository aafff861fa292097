"""A subscription: a manager's weekly digest, and the moments it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DUE_KIND = "digest"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Week:
    """Seven local days, first and last included."""

    first: date
    last: date

    @property
    def before(self) -> "Week":
        return Week(self.first - timedelta(days=7), self.last - timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Subscription:
    survey: str
    id: str
    name: str
    email: str
    scope: Mapping[str, str]
    weekday: int
    """0 is Monday."""
    hour: int
    time_zone: str
    due_at: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def next_due(self, after: datetime) -> datetime:
        """The first moment after `after` that it is the weekday and hour on the manager's clock, in UTC.

        An hour that daylight saving skips is taken as the clock shows after the jump; one that happens
        twice is taken the first time.
        """
        local = after.astimezone(self.zone)
        day = local.date() + timedelta(days=(self.weekday - local.weekday()) % 7)
        moment = self._at_hour(day)
        return moment if moment > after else self._at_hour(day + timedelta(days=7))

    def last_due(self, now: datetime) -> datetime:
        """The newest due moment that is not after `now`, from the one that is stored: what was missed is not mailed."""
        moment = self.due_at
        while (following := self.next_due(moment)) <= now:
            moment = following
        return moment

    def _at_hour(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), self.zone).astimezone(UTC)

    def week_at(self, moment: datetime) -> Week:
        """The last seven whole days before a moment, on the manager's clock."""
        last = moment.astimezone(self.zone).date() - timedelta(days=1)
        return Week(last - timedelta(days=6), last)

    @staticmethod
    def key_item(survey: str, subscription: str) -> dict[str, str]:
        return {"pk": f"SUBSCRIPTIONS#{survey}", "sk": subscription}

    def to_item(self) -> dict[str, Any]:
        return {
            **self.key_item(self.survey, self.id),
            "survey": self.survey,
            "name": self.name,
            "email": self.email,
            "scope": dict(self.scope),
            "weekday": self.weekday,
            "hour": self.hour,
            "time_zone": self.time_zone,
            "due_kind": DUE_KIND,
            "due_at": self.due_at.isoformat(timespec="seconds"),
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Subscription":
        return cls(
            survey=item["survey"],
            id=item["sk"],
            name=item["name"],
            email=item["email"],
            scope=item["scope"],
            weekday=int(item["weekday"]),
            hour=int(item["hour"]),
            time_zone=item["time_zone"],
            due_at=datetime.fromisoformat(item["due_at"]).astimezone(UTC),
        )

    def advance_request(self, next_due: datetime) -> dict[str, Any]:
        """Move on to the next due time, on condition that nobody else has."""
        return {
            "Key": self.key_item(self.survey, self.id),
            "UpdateExpression": "SET due_at = :next",
            "ConditionExpression": "due_at = :read",
            "ExpressionAttributeValues": {
                ":next": next_due.isoformat(timespec="seconds"),
                ":read": self.due_at.isoformat(timespec="seconds"),
            },
        }
