"""Survey definitions: what is asked, of whom it is counted, and what follows.

Validated once, when a survey is applied. Stored as JSON, and read back through the same model.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from hearback.fact import LEAST_SHARDS
from hearback.nps import Category
from hearback.tally import VALUES_PER_PAGE, WHOLE

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$")]
ANY = "*"
"""The locale of a text that is given once for all."""

Text = Annotated[
    dict[str, Annotated[str, StringConstraints(min_length=1, max_length=2000)]],
    BeforeValidator(lambda given: {ANY: given} if isinstance(given, str) else given),
]
"""A text by locale, or one string for every locale."""
LOGO_LENGTH = 8 * 1024
"""Characters of a logo: a page with it still fits the 14 KB of the first round trip."""


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)  # not available_timezones(): listing them all costs every cold start 40 ms
    except (LookupError, ValueError, OSError):
        raise ValueError("not a time zone of the tz database, such as Asia/Kolkata") from None
    return name


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", text):
        raise ValueError("not an e-mail address")
    return text


TimeZone = Annotated[str, AfterValidator(_known_time_zone)]
Address = Annotated[str, AfterValidator(_address)]


def _short(value: str) -> str:
    if len(value.encode()) > 60:
        raise ValueError("a value has at most 60 bytes; give it a short name")
    return value


DimensionValue = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^|#\x00-\x1f]+$"), AfterValidator(_short)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dimension(_Part):
    """What managers slice by. Only declared values are ever counted."""

    values: Annotated[list[DimensionValue], Field(min_length=1, max_length=2000)]
    public: bool = False
    """Whether a page or a widget may name a value; otherwise it comes only inside a token or from a machine."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(set(self.values)) != len(self.values):
            raise ValueError("a value is listed twice")
        return self


class Brand(_Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] = "#2456d6"
    logo: Annotated[
        str,
        StringConstraints(
            max_length=LOGO_LENGTH, pattern=r"^data:image/(png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$"
        ),
    ] = ""
    """For the survey's pages, as a data: address, so that nobody else learns who looks at them. In a survey's file
    it may be the path of an image beside it."""


class Question(_Part):
    """A follow-up question. With choices it is answered by one of them, otherwise in words."""

    id: Identifier
    text: Text
    choices: dict[Identifier, Text] = {}


class FollowUp(_Part):
    """What one category is asked after the score, and how it is thanked."""

    reason: Text | None = None
    questions: Annotated[list[Question], Field(max_length=5)] = []
    thanks: Text | None = None


class Person(_Part):
    """Somebody of the company: owns tasks, reads digests."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: Address


class When(_Part):
    category: Category


class MailPlay(_Part):
    """Mail the respondent."""

    id: Identifier
    when: When
    what: Literal["mail"]
    template: Literal["thanks", "why", "apology"]


class TaskPlay(_Part):
    """Give somebody a task: call this person by then."""

    id: Identifier
    when: When
    what: Literal["task"]
    owner: Identifier
    due_hours: Annotated[int, Field(ge=1, le=720)] = 24


class OfferPlay(_Part):
    """Offer a next step on the thank-you page, at once: one link, the same for everybody who is offered it."""

    id: Identifier
    when: When
    what: Literal["offer"]
    text: Text
    label: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s\"<>]+$", max_length=500)]


Play = Annotated[MailPlay | TaskPlay | OfferPlay, Field(discriminator="what")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class SubscriptionRule(_Part):
    """A manager's weekly digest: which answers, when, in whose time zone."""

    id: Identifier
    to: Identifier
    scope: dict[str, str] = {}
    weekday: Weekday = "monday"
    hour: Annotated[int, Field(ge=0, le=23)] = 9
    time_zone: TimeZone | None = None
    """The survey's if left out."""


class Limits(_Part):
    """What is taken within an hour, against stuffing. Offices and shops share one address: leave them room."""

    answers_from_one_address: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """Of people whom nobody invited and nobody vouches for."""
    changes_of_one_answer: Annotated[int, Field(ge=1, le=100)] = 60


class Survey(_Part):
    id: Identifier
    title: Text
    question: Text
    locales: Annotated[list[Locale], Field(min_length=1)] = ["en"]
    """The first one is the default."""
    time_zone: TimeZone = "UTC"
    status: Literal["open", "closed"] = "open"
    brand: Brand
    minimum_n: Annotated[int, Field(ge=1)] = 30
    """Below so many answers a score is shown as "too few answers"."""
    quiet_days: Annotated[int, Field(ge=0, le=3650)] = 90
    """Nobody is invited twice within so many days."""
    mail_cap_days: Annotated[int, Field(ge=0, le=3650)] = 7
    """Nobody gets two follow-up mails within so many days."""
    shards: Annotated[int, Field(ge=LEAST_SHARDS, le=1000)] = LEAST_SHARDS
    """Partitions that new responses of a month are spread over. It can grow, never shrink: what lies in the
    last ones would not be found."""
    origins: list[Annotated[str, StringConstraints(pattern=r"^https?://[^/\s*]+$")]] = []
    """Sites whose pages may send answers through the browser."""
    limits: Limits = Limits()
    dimensions: Annotated[dict[Identifier, Dimension], Field(max_length=20)] = {}
    follow_up: dict[Category, FollowUp] = {}
    people: dict[Identifier, Person] = {}
    plays: list[Play] = []
    subscriptions: list[SubscriptionRule] = []

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if problems := list(self._broken_names()):
            raise ValueError("\n".join(problems))  # each on its line, `<path>: <problem>`
        return self

    def _broken_names(self) -> Iterator[str]:
        """What one part of the survey says of another that is not so."""
        if WHOLE in self.dimensions:
            yield f"dimensions.{WHOLE}: this name stands for the whole survey; choose another"
        for list_name in ("plays", "subscriptions"):
            ids = [entry.id for entry in getattr(self, list_name)]
            for place, entry_id in enumerate(ids):
                if entry_id in ids[:place]:
                    yield f"{list_name}.{place}.id: {entry_id!r} is used twice"
        for place, play in enumerate(self.plays):
            if isinstance(play, TaskPlay) and play.owner not in self.people:
                yield f"plays.{place}.owner: {play.owner!r} is not one of people: {_list(self.people)}"
        for place, rule in enumerate(self.subscriptions):
            if rule.to not in self.people:
                yield f"subscriptions.{place}.to: {rule.to!r} is not one of people: {_list(self.people)}"
            for name, value in rule.scope.items():
                if problem := self.problem_with(name, value):
                    yield f"subscriptions.{place}.scope.{name}: {problem}"
            if len(rule.scope) > 1:
                yield f"subscriptions.{place}.scope: one dimension at most"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def quiet(self) -> timedelta:
        return timedelta(days=self.quiet_days)

    @property
    def mail_cap(self) -> timedelta:
        return timedelta(days=self.mail_cap_days)

    def day(self, at: datetime) -> str:
        """The local day of a moment, yyyy-mm-dd."""
        return at.astimezone(self.zone).date().isoformat()

    def problem_with(self, dimension: str, value: str, *, public: bool = False) -> str | None:
        """Why this value of this dimension cannot be taken, or None. `public`: from a page, a stranger's word."""
        declared = self.dimensions.get(dimension)
        if declared is None:
            offered = {name: each for name, each in self.dimensions.items() if each.public or not public}
            return f"{dimension!r} is not a dimension of this survey, which has {_list(offered)}"
        if public and not declared.public:
            return f"{dimension!r} is not public: it comes with the invitation, not from the page"
        if value not in declared.values:
            return f"{value!r} is not a declared value of {dimension!r}"
        return None

    def counted(self, dimensions: Mapping[str, str]) -> dict[str, str]:
        """Those of some dimension values that the survey still declares."""
        return {name: value for name, value in dimensions.items() if not self.problem_with(name, value)}

    def pages(self, dimensions: Mapping[str, str]) -> dict[str, int]:
        """For values of large dimensions: which page of the dimension's tally they are counted on."""
        found = {
            name: self.dimensions[name].values.index(value) // VALUES_PER_PAGE for name, value in dimensions.items()
        }
        return {name: page for name, page in found.items() if page}

    def locale_for(self, *wanted: str) -> str:
        """The first wanted language that the survey speaks, else its default."""
        for tag in wanted:
            for locale in self.locales:
                if tag and tag.lower().partition("-")[0] == locale.lower().partition("-")[0]:
                    return locale
        return self.locales[0]

    def say(self, text: Mapping[str, str] | None, locale: str) -> str:
        """A text in a locale, else in the default, else in any; "" for no text. `{brand}` becomes the brand's name."""
        if not text:
            return ""
        said = text.get(locale) or text.get(self.locales[0]) or text.get(ANY) or next(iter(text.values()))
        return said.replace("{brand}", self.brand.name)

    def questions(self, category: Category) -> list[Question]:
        return self.follow_up[category].questions if category in self.follow_up else []

    @staticmethod
    def key_item(survey: str) -> dict[str, str]:
        return {"pk": "SURVEYS", "sk": survey}

    def to_item(self, applied_at: datetime) -> dict[str, Any]:
        return {
            **self.key_item(self.id),
            "definition": self.model_dump_json(exclude_defaults=True),
            "applied_at": applied_at.isoformat(timespec="seconds"),
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Survey":
        return cls.model_validate_json(item["definition"])


def _list(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "none"
