"""A subscription: a manager's digest, and the moments it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hearback.period import Every, Period, shift

DUE_KIND = "digest"


@dataclass(frozen=True, slots=True)
class Subscription:
    survey: str
    id: str
    name: str
    email: str
    scope: Mapping[str, str]
    weekday: int
    """Of a weekly digest; 0 is Monday."""
    hour: int
    """Of the manager's day, 0 to 23."""
    time_zone: str
    due_at: datetime
    every: Every = "week"
    day: int = 1
    """Of a monthly digest, 1 to 28."""
    since: datetime | None = None
    """When it was made, or given another scope; None if that was before this was written down."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def schedule(self) -> tuple[str, int, int, int, str]:
        """What its due times follow from."""
        return self.every, self.weekday, self.day, self.hour, self.time_zone

    def next_due(self, after: datetime) -> datetime:
        """The first moment after `after` that it is due by the manager's clock, in UTC.

        An hour that daylight saving skips is taken as the clock shows after the jump; one that happens
        twice is taken the first time.
        """
        day = self._from(after.astimezone(self.zone).date())
        moment = self.due_on(day)
        return moment if moment > after else self.due_on(self._from(day + timedelta(days=1)))

    def last_due(self, now: datetime) -> datetime:
        """The newest due moment that is not after `now`, from the one that is stored: what was missed is not mailed."""
        moment = self.due_at
        while (following := self.next_due(moment)) <= now:
            moment = following
        return moment

    def _from(self, day: date) -> date:
        """The first day from this one on that a digest is due."""
        if self.every == "week":
            return day + timedelta(days=(self.weekday - day.weekday()) % 7)
        if self.every == "month" and day.day != self.day:
            next_month = day.replace(day=1) + timedelta(days=31)
            return (day if day.day < self.day else next_month).replace(day=self.day)
        return day

    def due_on(self, day: date) -> datetime:
        """The moment on a day at which it is due, if it is due on that day."""
        return datetime.combine(day, time(self.hour), self.zone).astimezone(UTC)

    def period_at(self, moment: datetime, counted_in: ZoneInfo) -> Period:
        """The last whole days when it is due on the day of `moment`, of those that the survey counts by."""
        day = moment.astimezone(self.zone).date()
        return Period(self.every, day, shift(self.hour, self.zone, counted_in, day.year))

    def covers(self, dimensions: Mapping[str, str]) -> bool:
        """Whether what has these dimension values belongs to its scope."""
        return self.scope.items() <= dimensions.items()

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
            "every": self.every,
            "weekday": self.weekday,
            "day": self.day,
            "hour": self.hour,
            "time_zone": self.time_zone,
            **({"since": self.since.isoformat(timespec="seconds")} if self.since else {}),
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
            every=item.get("every", "week"),  # older ones know only weeks
            day=int(item.get("day", 1)),
            since=datetime.fromisoformat(item["since"]).astimezone(UTC) if "since" in item else None,
        )

    def advance_request(self, next_due: datetime) -> dict[str, Any]:
        """Move on to the next due time, on condition that nobody else has."""
        return {
            "Key": self.key_item(self.survey, self.id),
            "UpdateExpression": "SET due_at = :next, since = if_not_exists(since, :read)",
            "ConditionExpression": "due_at = :read",
            "ExpressionAttributeValues": {
                ":next": next_due.isoformat(timespec="seconds"),
                ":read": self.due_at.isoformat(timespec="seconds"),
            },
        }
