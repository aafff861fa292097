"""What programs are answered.

Plain dictionaries as the program runs; what they hold is checked when types are, and told in the OpenAPI
document, which is made of these types.
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads typing's own only from Python 3.12 on


class Choice(TypedDict):
    id: str
    text: str


class FollowUpQuestion(TypedDict):
    id: str
    """"" for the reason, which is the comment."""
    text: str
    room: int
    """Characters that what is said to it may have."""
    choices: list[Choice]
    """Answered by the id of one of these; in words if there are none."""


class Receipt(TypedDict):
    response: str
    """The id of the response."""
    version: int
    """1 when given, one more with each change."""
    score: int


class NextStep(TypedDict):
    """What the survey's plays offer after this answer: a link, to a page of yours or of their own to pass on."""

    kind: Literal["review", "referral"]
    text: str
    label: str
    url: str


class Stored(Receipt):
    thanks: str
    question: str
    """Ask this next; the answer is the comment."""
    questions: list[FollowUpQuestion]
    next_step: NotRequired[NextStep]
    """When the answer was submitted, and there is one."""


class Brand(TypedDict):
    name: str
    colour: str
    ink: str
    """A colour that is readable on the brand's."""


class FollowUp(TypedDict):
    until: int
    """The greatest score of those that are asked this."""
    thanks: str
    questions: list[FollowUpQuestion]


class Ask(TypedDict):
    """All that a widget says."""

    locale: str
    direction: Literal["ltr", "rtl"]
    brand: Brand
    quiet_days: int
    question: str
    words: dict[str, str]
    follow_up: list[FollowUp]


class Minted(TypedDict):
    show: Literal[True]
    token: str
    """Signed; send it with the answer."""
    response: str
    expires_at: str
    ask: NotRequired[Ask]
    """For the channel widget."""


class NotNow(TypedDict):
    """This person was asked lately."""

    show: Literal[False]


class Redeemed(TypedDict):
    code: str
    survey: str
    coupon: str
    """Which of the survey's coupons it is."""
    text: str
    """What it is worth, in the survey's words."""
    reference: str
    redeemed_at: str


class Converted(TypedDict):
    reference: str
    survey: str
    value: str
    """As a decimal number, with the currency's decimals."""
    currency: str
    state: Literal["recorded", "paying", "paid", "cancelled"]
    rewards_at: str | None
    """When its rewards are due; null if the survey promises none."""


class ProblemError(TypedDict):
    pointer: str
    """Where: an RFC 6901 pointer into the body."""
    detail: str


class ProblemDetails(TypedDict):
    """A refusal, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    """What to do."""
    errors: NotRequired[list[ProblemError]]


class GatewayMessage(TypedDict):
    """What API Gateway itself refuses."""

    message: str
