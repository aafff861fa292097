"""Survey definitions: what is asked, of whom it is counted, and what follows.

Validated once, when a survey is applied. Stored as JSON, and read back through the same model.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationError, model_validator

from hearback.care import Scope
from hearback.definition import (
    ANY,
    Address,
    DimensionValue,
    Identifier,
    Locale,
    Origin,
    Part,
    Text,
    TimeZone,
    Whole,
)
from hearback.fact import LEAST_SHARDS
from hearback.language import closest, language_of
from hearback.mail_words import MailWords
from hearback.nps import Category
from hearback.play import Coupon, Play, Referral, Watch
from hearback.quiet_hours import QuietHours, is_quiet
from hearback.subscription_rule import SubscriptionRule
from hearback.survey_names import broken_names, listed
from hearback.tally import VALUES_PER_PAGE

LOGO_LENGTH = 8 * 1024
"""Characters of a logo: a page with it still fits the 14 KB of the first round trip."""


class UnreadableSurvey(ValueError):
    """A survey was applied by another version of Hearback, and this one's rules refuse it."""


class Dimension(Part):
    """What managers slice by. Only declared values are ever counted."""

    values: Annotated[list[DimensionValue], Field(min_length=1, max_length=2000)]
    public: bool = False
    """Whether a page or a widget may name a value; otherwise it comes only inside a token or from a machine."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(set(self.values)) != len(self.values):
            raise ValueError("a value is listed twice")
        return self


class Brand(Part):
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


class Question(Part):
    """A follow-up question. With choices it is answered by one of them, otherwise in words."""

    id: Identifier
    text: Text
    choices: dict[Identifier, Text] = {}


class FollowUp(Part):
    """What one category is asked after the score, and how it is thanked."""

    reason: Text | None = None
    questions: Annotated[list[Question], Field(max_length=5)] = []
    thanks: Text | None = None


class Person(Part):
    """Somebody of the company: owns tasks, reads digests."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: Address


class Limits(Part):
    """What is taken within an hour, against stuffing. Offices and shops share one address: leave them room."""

    answers_from_one_address: Annotated[Whole, Field(ge=1, le=1_000_000)] = 100
    """Of people whom nobody invited and nobody vouches for."""
    changes_of_one_answer: Annotated[Whole, Field(ge=1, le=100)] = 60


class Survey(Part):
    id: Identifier
    title: Text
    question: Text
    locales: Annotated[list[Locale], Field(min_length=1)] = ["en"]
    """The first one is the default."""
    time_zone: TimeZone = "UTC"
    status: Literal["open", "closed"] = "open"
    brand: Brand
    minimum_n: Annotated[Whole, Field(ge=1)] = 30
    """Below so many answers a score is shown as "too few answers"."""
    quiet_days: Annotated[Whole, Field(ge=0, le=3650)] = 90
    """Nobody is asked twice by this survey within so many days; after a closed task, `ask_again_days` count instead."""
    apart_days: Annotated[Whole, Field(ge=0, le=3650)] = 7
    """Nobody is asked by this survey whom another one has asked within so many days."""
    sample: Annotated[Whole, Field(ge=1, le=100)] = 100
    """How many of a hundred people who could be invited are."""
    quiet_hours: QuietHours = None
    """When nobody is mailed who has not just said something, in the survey's time zone."""
    mail_cap_days: Annotated[Whole, Field(ge=0, le=3650)] = 7
    """Nobody gets two follow-up mails within so many days, but for an apology after another mail."""
    invitation: MailWords = MailWords()
    """How the mail begins that asks."""
    shards: Annotated[Whole, Field(ge=LEAST_SHARDS, le=1000)] = LEAST_SHARDS
    """Partitions that new responses of a month are spread over. It can grow, never shrink: what lies in the
    last ones would not be found."""
    origins: list[Origin] = []
    """Sites whose pages may send answers through the browser."""
    limits: Limits = Limits()
    dimensions: Annotated[dict[Identifier, Dimension], Field(max_length=20)] = {}
    follow_up: dict[Category, FollowUp] = {}
    people: dict[Identifier, Person] = {}
    care: Annotated[list[Scope], Field(max_length=200)] = []
    """Who takes care of which answers: the first scope that covers an answer."""
    root_causes: Annotated[dict[Identifier, Text], Field(min_length=1, max_length=30)] = {
        "product": {"en": "The product", "hi": "उत्पाद", "fr": "Le produit", "ar": "المنتج"},
        "service": {
            "en": "How the customer was treated",
            "hi": "ग्राहक के साथ व्यवहार",
            "fr": "La façon dont le client a été traité",
            "ar": "معاملة العميل",
        },
        "delivery": {"en": "Delivery", "hi": "डिलीवरी", "fr": "La livraison", "ar": "التوصيل"},
        "price": {"en": "The price", "hi": "दाम", "fr": "Le prix", "ar": "السعر"},
        "other": {"en": "Something else", "hi": "कुछ और", "fr": "Autre chose", "ar": "شيء آخر"},
    }
    """What a closed task was about in truth: its owner chooses one."""
    ask_again_days: Annotated[Whole, Field(ge=0, le=365)] = 30
    """So many days after a task was closed, its person is asked again, whatever `quiet_days` says; 0 for never."""
    coupons: Annotated[dict[Identifier, Coupon], Field(max_length=100)] = {}
    referral: Referral | None = None
    plays: Annotated[list[Play], Field(max_length=100)] = []
    watch: Watch = Watch()
    subscriptions: list[SubscriptionRule] = []

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if problems := list(broken_names(self)):
            raise ValueError("\n".join(problems))  # each on its line, `<path>: <problem>`
        return self

    def reader(self, subscription: str) -> str:
        """Who of people reads a digest; "" if the survey names it no more."""
        return next((rule.to for rule in self.subscriptions if rule.id == subscription), "")

    def scope(self, dimensions: Mapping[str, str]) -> Scope | None:
        """Who takes care of an answer of these dimension values, if the survey says."""
        return next((scope for scope in self.care if scope.covers(dimensions)), None)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def quiet(self) -> timedelta:
        return timedelta(days=self.quiet_days)

    @property
    def apart(self) -> timedelta:
        return timedelta(days=self.apart_days)

    def samples(self, contact: str) -> bool:
        """Whether a contact is among those whom the survey asks: the same people, however often it is looked at.

        Decided by the key, which is an HMAC: nobody outside can know or choose whom it asks.
        """
        digest = hashlib.sha256(f"{self.id}/{contact}".encode()).digest()
        return int.from_bytes(digest[:8]) % 100 < self.sample

    def quiet_at(self, at: datetime) -> bool:
        """Whether customers sleep who have not just said something."""
        return self.quiet_hours is not None and is_quiet(self.quiet_hours, at, self.zone)

    @property
    def mail_cap(self) -> timedelta:
        return timedelta(days=self.mail_cap_days)

    @property
    def ask_again(self) -> timedelta:
        return timedelta(days=self.ask_again_days)

    def day(self, at: datetime) -> str:
        """The local day of a moment, yyyy-mm-dd."""
        return at.astimezone(self.zone).date().isoformat()

    def problem_with(self, dimension: str, value: str, *, public: bool = False) -> str | None:
        """Why this value of this dimension cannot be taken, or None. `public`: from a page, a stranger's word."""
        declared = self.dimensions.get(dimension)
        if declared is None:
            offered = {name: each for name, each in self.dimensions.items() if each.public or not public}
            return f"{dimension!r} is not a dimension of this survey, which has {listed(offered)}"
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
        return self.spoken(*wanted) or self.locales[0]

    def spoken(self, *wanted: str) -> str:
        """The first wanted language that the survey speaks; "" if it speaks none of them."""
        return next((locale for tag in wanted if tag and (locale := closest(tag, self.locales))), "")

    def say(self, text: Mapping[str, str] | None, locale: str) -> str:
        """A text in a locale, else in its language, else in the default, else in any; "" for no text.

        `{brand}` becomes the brand's name.
        """
        if not text:
            return ""
        tags = (locale, language_of(locale), self.locales[0], ANY, *text)
        said = next(text[tag] for tag in tags if text.get(tag))
        return said.replace("{brand}", self.brand.name)

    def questions(self, category: Category) -> list[Question]:
        return self.follow_up[category].questions if category in self.follow_up else []

    @property
    def all_questions(self) -> list[Question]:
        """Of whichever category; two of them may have the same id."""
        return [question for asked in self.follow_up.values() for question in asked.questions]

    def name_of(self, person: str) -> str:
        """The name of one of its people, or the id of somebody who was."""
        return self.people[person].name if person in self.people else person

    def cause(self, root_cause: str) -> str:
        """A root cause in the default language, or the id of one that it has no more."""
        return self.say(self.root_causes.get(root_cause), self.locales[0]) or root_cause

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
        """Raises UnreadableSurvey, which repeats nothing of what the survey holds: it is logged."""
        try:
            return cls.model_validate_json(item["definition"])
        except ValidationError as error:
            refused = "; ".join(
                f"{'.'.join(map(str, each['loc'])) or 'the whole'}: {each['msg']}"
                for each in error.errors(include_url=False, include_input=False)
            )
            raise UnreadableSurvey(
                f"survey {item['sk']!r} was applied by another version of Hearback, and this one refuses it: "
                f"{refused}. Mend its file and apply it again: hearback survey apply FILE"
            ) from None
