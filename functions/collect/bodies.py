"""What bodies may hold. Nothing is coerced: "9", 9.5 and true are not scores."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from hearback.definition import Identifier
from hearback.response import COMMENT_LENGTH, Answer
from hearback.token import MAXIMUM_LENGTH

ANSWER_LENGTH = 1000
"""Characters an answer to a follow-up question may have."""
REFERENCE_LENGTH = 200
"""Characters of another system's name for what it did: an order, a receipt."""
WHERE_LENGTH = 100
"""Characters of the place where a coupon was redeemed."""
QUOTE_LENGTH = 1000
"""Characters that one may be quoted with."""
NAME_LENGTH = 100
"""Characters of the name one wants to be quoted under."""
PHONE_LENGTH = 40
"""Characters of a telephone number, as it is written."""
WHEN_LENGTH = 200
"""Characters that may be said of the time to call."""


def tidy(text: str) -> str:
    """Browsers count a line's end as one character and send two; people's stray spaces mean nothing."""
    return text.replace("\r\n", "\n").strip()


def _bounded_comment(text: str) -> str:
    if len(text) > COMMENT_LENGTH:
        raise PydanticCustomError(
            "comment_too_long",
            "a comment has at most {most} characters, this one has {count}",
            {"most": COMMENT_LENGTH, "count": len(text)},
        )
    return text


def _visible(text: str) -> str:
    """A name of spaces, or of characters without width, names nothing, and is the same for everybody who sends it."""
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise PydanticCustomError("blank", "this must not be blank")
    return text


Score = Annotated[int, Field(ge=0, le=10)]
Comment = Annotated[
    str, AfterValidator(tidy), AfterValidator(_bounded_comment), Field(json_schema_extra={"maxLength": COMMENT_LENGTH})
]
Answers = Annotated[
    dict[Identifier, Annotated[str, AfterValidator(tidy), StringConstraints(max_length=ANSWER_LENGTH)]],
    Field(max_length=20),
]
Short = Annotated[str, StringConstraints(max_length=100)]
Visible = AfterValidator(_visible)
Dimensions = Annotated[dict[Short, Short], Field(max_length=20)]


class _Body(BaseModel):
    # deferred: a cold start builds only the model its request needs
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class TokenRequest(_Body):
    """POST /v1/surveys/{survey}/tokens"""

    dimensions: Dimensions = {}
    locale: Short = ""
    channel: Literal["widget", "page"] = "widget"
    identity: Annotated[str, StringConstraints(max_length=2048)] = ""
    """Who the visitor is, signed by the site's server; see identity.py. "" for anybody."""
    again: Annotated[str, StringConstraints(max_length=MAXIMUM_LENGTH)] = ""
    """The token with which the same visitor was asked on an earlier page and has not answered: it is the same ask."""


class Amendment(_Body):
    """PATCH /v1/responses/{token}: what is left out stays as it was, and an empty text takes back what was said."""

    score: Score | None = None
    comment: Comment | None = None
    answers: Answers = {}

    @property
    def answer(self) -> Answer:
        return Answer(self.score, self.comment, self.answers)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.score is None and self.comment is None and not self.answers:
            raise PydanticCustomError("nothing_said", "give a score, a comment or answers")
        return self


class Submission(Amendment):
    """POST /v1/surveys/{survey}/responses"""

    token: str
    score: Score


class Signal(_Body):
    """POST /v1/responses/{token}/signals: what the script of a mail link's page saw of a person."""

    kind: Literal["seen", "human"]
    page: Short
    """The page's stamp, from its form."""
    score: Score | None = None
    """What is chosen on the page now; that of the link if it is not told."""


class Redemption(_Body):
    """POST /v1/machine/coupons/{code}/redemptions"""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=REFERENCE_LENGTH), Visible]
    """What you call it: a receipt, an order. The same one again is the same redemption."""
    where: Annotated[str, StringConstraints(max_length=WHERE_LENGTH)] = ""


class Purchase(_Body):
    """POST /v1/machine/conversions: somebody became a customer through a referral link."""

    code: Short
    """Of the link, as your shop was told it."""
    reference: Annotated[
        str, StringConstraints(min_length=1, max_length=REFERENCE_LENGTH, pattern=r"^[^\x00-\x1f]+$"), Visible
    ]
    """What you call the purchase: an order's id. The same one again is the same conversion."""
    customer: Annotated[str, StringConstraints(min_length=1, max_length=254), Visible]
    """An e-mail address, or your own id of the person."""
    value: Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=3, strict=False)]
    """As a number or, so that no digit is lost, as a text: "120.00"."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class MachineSubmission(Amendment):
    """POST /v1/machine/responses: an answer another system collected."""

    survey: Identifier
    score: Score
    dimensions: Dimensions = {}
    locale: Short = ""
    answered_at: AwareDatetime | None = None
    idempotency_key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    follow_up: bool = True
    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    contact: Annotated[str, StringConstraints(min_length=1, max_length=200), Visible] | None = None
    """The other system's id of the person."""
    name: Short = ""
    phone: Annotated[str, StringConstraints(max_length=PHONE_LENGTH)] = ""

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if self.email is not None and self.contact is not None:
            raise PydanticCustomError("two_people", "give email or contact, not both: either one is the person's key")
        if (self.name or self.phone) and self.email is None and self.contact is None:
            raise PydanticCustomError("nobody", "name and phone need email or contact, the person they belong to")
        return self
