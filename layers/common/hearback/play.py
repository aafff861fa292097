"""The plays of a survey: when something follows an answer, what, and for whom."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hearback.definition import DimensionValue, HttpsUrl, Identifier, Part, Text, Whole
from hearback.mail_words import MailWords
from hearback.nps import Category, category

Score = Annotated[Whole, Field(ge=0, le=10)]
Who = Literal["respondent", "owner", "manager"]
Change = Literal["slip", "climb"]


class When(Part):
    """Which answers a play follows: those for which everything holds that is said here."""

    category: Category | None = None
    score_from: Score = 0
    score_to: Score = 10
    dimensions: Annotated[
        dict[Identifier, Annotated[list[DimensionValue], Field(min_length=1)]], Field(max_length=20)
    ] = {}
    """One of these values, of each dimension that is named."""
    comment: bool | None = None
    """Only with words, or only without."""
    answer: Literal["first", "repeat"] | None = None
    """Only a person's first answer to this survey, or only a later one."""
    change: Change | None = None
    """Only if the category fell, or rose, since the person's last answer to this survey."""
    days_since_play: Annotated[Whole, Field(ge=0, le=3650)] | None = None
    """Only if no play has reached this person for so many days; somebody who was never reached qualifies."""

    @property
    def scores(self) -> frozenset[int]:
        """Those that it follows."""
        scores = range(self.score_from, self.score_to + 1)
        return frozenset(score for score in scores if self.category in (None, category(score)))

    @property
    def asks_of_the_past(self) -> bool:
        """Whether the answer itself does not decide it, but what its person did before."""
        return not (self.answer is None and self.change is None and self.days_since_play is None)

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if not self.scores:
            raise ValueError("no score is in the range and in the category: it would never run")
        if self.answer == "first" and self.change:
            raise ValueError("a first answer is no change from another: it would never run")
        return self


class _Play(Part):
    id: Identifier
    when: When
    delay_hours: Annotated[Whole, Field(ge=0, le=24 * 365)] = 0
    """How long to wait after the answer has settled. The answer is looked at again then: a play that no longer
    follows from it does not run."""
    cap_days: Annotated[Whole, Field(ge=0, le=3650)] = 0
    """This play reaches a person at most once in so many days; 0 for as often as they answer."""

    @property
    def delay(self) -> timedelta:
        return timedelta(hours=self.delay_hours)

    @property
    def cap(self) -> timedelta:
        return timedelta(days=self.cap_days)


class MailPlay(_Play, MailWords):
    """Mail somebody. To the respondent go thanks, the question why, or an apology; to the owner or the manager an
    alert, with the person's history."""

    what: Literal["mail"]
    template: Literal["thanks", "why", "apology", "alert"]
    who: Who = "respondent"

    @property
    def carries(self) -> bool:
        """Whether it brings the next step, if there is one: an apology offers nothing."""
        return self.template in ("thanks", "why")

    @model_validator(mode="after")
    def _fits_its_reader(self) -> Self:
        if (self.template == "alert") != (self.who != "respondent"):
            raise ValueError("template alert is for who: owner or manager; every other one is for the respondent")
        if self.template == "alert" and (self.subject or self.opening):
            raise ValueError("subject and opening are for mails to customers: an alert says what has happened")
        return self


class TaskPlay(_Play):
    """Give somebody a task: call this person by then."""

    what: Literal["task"]
    owner: Identifier | None = None
    """One of people; left out, the owner of the answer's scope in `care`."""
    due_hours: Annotated[Whole, Field(ge=1, le=720)] = 24
    """Business hours of the scope; around the clock where it names none."""
    anonymous: bool = False
    """Whether an answer that names nobody gives a task too: something to look into, nobody to call."""


class EventPlay(_Play):
    """Put an event on the stack's EventBridge bus, for your own systems: an upgrade to grant, a record to make."""

    what: Literal["event"]
    event: Identifier


class _NextStep(_Play):
    @model_validator(mode="after")
    def _comes_with_something(self) -> Self:
        if self.delay_hours or self.cap_days:
            raise ValueError("a next step has no delay and no cap: it comes with the page and the mail, as they come")
        return self


class ReviewPlay(_NextStep):
    """A next step: a public link, the same for everybody who is asked. A review site, a community."""

    what: Literal["review"]
    text: Text
    label: Text
    url: HttpsUrl


class CouponPlay(_NextStep):
    """A next step: a coupon of the person's own, one of the survey's `coupons`."""

    what: Literal["coupon"]
    coupon: Identifier
    text: Text


class ReferralPlay(_NextStep):
    """A next step: a link of the person's own to pass on. It leads to the survey's `referral` target."""

    what: Literal["referral"]
    text: Text
    label: Text


class TestimonialPlay(_NextStep):
    """A next step: may we quote you? Nothing is quoted without this consent."""

    __test__ = False
    what: Literal["testimonial"]
    text: Text


NextStep = ReviewPlay | CouponPlay | ReferralPlay | TestimonialPlay
"""What a respondent is offered: on the thank-you page at once, and in the mail that the same answer brings. The first
one that follows from the answer is offered, no other: one next step a person, and no mail of its own."""
NEXT_STEPS = (ReviewPlay, CouponPlay, ReferralPlay, TestimonialPlay)
Play = Annotated[MailPlay | TaskPlay | EventPlay | NextStep, Field(discriminator="what")]


WATCHING = "watch-slips"
"""The id of the task play that every survey has unless its `watch` says otherwise."""


class Watch(Part):
    """What is looked out for whatever the plays say."""

    slips: bool = True
    """Whether a person whose category fell since their last answer gives a task to who takes care of the answer,
    if no play gives one at once. Its notice tells the person's history."""


class Coupon(Part):
    """What a person can redeem once."""

    text: Text
    """What it is worth, in words: 10% off your next purchase."""
    days: Annotated[Whole, Field(ge=1, le=3650)] = 30
    """How long it can be redeemed."""


class Rewards(Part):
    """The coupons that a referral earns, once the friend has become a customer."""

    promoter: Identifier | None = None
    friend: Identifier | None = None
    after_days: Annotated[Whole, Field(ge=0, le=365)] = 14
    """How long after it: a purchase may be returned."""

    @property
    def waiting(self) -> timedelta:
        return timedelta(days=self.after_days)


class Referral(Part):
    """Where the personal links of promoters lead."""

    target: HttpsUrl
    """`{code}` in it becomes the promoter's code; without it, the code is added as the query's `ref`."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    """Of the values that conversions are reported with, ISO 4217."""
    rewards: Rewards = Rewards()
