"""Every way a request can be refused: its kind, its status, and the words for whoever sent it.

For programs a problem is told as RFC 9457 problem+json, for people as a page. Either says what was wrong,
where, and what to do; neither repeats what was sent or what anybody said before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Literal, get_args

from pydantic import ValidationError

from collect.replies import ProblemDetails
from hearback.aws.directory import UnknownSurvey
from hearback.aws.dynamodb import RequestRefused, TemporarilyUnavailable
from hearback.contact import BadAddress
from hearback.response import AmendmentRefused
from hearback.token import TokenRefused

Kind = Literal[
    "malformed",
    "token-refused",
    "identity-refused",
    "unknown-survey",
    "unknown-code",
    "nothing-to-amend",
    "code-used",
    "self-referral",
    "known-customer",
    "reference-used",
    "amendment-refused",
    "token-expired",
    "survey-closed",
    "code-expired",
    "code-erased",
    "body-too-large",
    "content-type",
    "score-out-of-range",
    "comment-too-long",
    "unknown-question",
    "dimension-refused",
    "foreign-currency",
    "invalid-body",
    "too-many",
    "too-many-changes",
    "busy",
]

_MEANINGS: dict[Kind, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read"),
    "token-refused": (400, "The token is not valid"),
    "identity-refused": (400, "The identity cannot be trusted"),
    "unknown-survey": (404, "There is no such survey"),
    "unknown-code": (404, "There is no such code"),
    "nothing-to-amend": (404, "There is no answer to change"),
    "code-used": (409, "The code was redeemed before"),
    "self-referral": (409, "Nobody refers themselves"),
    "known-customer": (409, "The customer was known before"),
    "reference-used": (409, "The reference stands for something else"),
    "amendment-refused": (409, "The answer takes no more changes"),
    "token-expired": (410, "The token has expired"),
    "survey-closed": (410, "The survey is closed"),
    "code-expired": (410, "The code has expired"),
    "code-erased": (410, "The code was withdrawn"),
    "body-too-large": (413, "The request is too large"),
    "content-type": (415, "The content type is not supported"),
    "score-out-of-range": (422, "The score is not a whole number from 0 to 10"),
    "comment-too-long": (422, "The comment is too long"),
    "unknown-question": (422, "The survey has no such question or choice"),
    "dimension-refused": (422, "The dimension cannot be taken"),
    "foreign-currency": (422, "The value is in another currency"),
    "invalid-body": (422, "The body is not what this route takes"),
    "too-many": (429, "Too many answers within an hour"),
    "too-many-changes": (429, "The answer was changed too often within an hour"),
    "busy": (503, "Too much at once"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: an RFC 6901 pointer into the body."""

    pointer: str
    detail: str


class Problem(Exception):
    """The request is refused. `detail` is a sentence that says what to do; `wait`, when it may be sent again."""

    def __init__(self, kind: Kind, detail: str, faults: Sequence[Fault] = (), wait: timedelta | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.faults = tuple(faults)
        self.wait = wait

    @property
    def status(self) -> int:
        return _MEANINGS[self.kind][0]

    @property
    def title(self) -> str:
        return _MEANINGS[self.kind][1]

    @property
    def headers(self) -> dict[str, str]:
        """Retry-After (RFC 9110, 10.2.3), where it is known."""
        return {"Retry-After": str(ceil(self.wait.total_seconds()))} if self.wait else {}

    def to_json(self) -> ProblemDetails:
        """The problem details of RFC 9457; `errors` is its example of an extension, one entry a fault."""
        details: ProblemDetails = {
            "type": f"/problems/{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            details["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults]
        return details


Refusal = (
    Problem
    | ValidationError
    | UnknownSurvey
    | TokenRefused
    | AmendmentRefused
    | BadAddress
    | RequestRefused
    | TemporarilyUnavailable
)
"""What a route may raise to refuse a request. Anything else is a fault of ours: it ends the invocation, so
that the function's error alarm rings."""
REFUSALS: tuple[type[Refusal], ...] = get_args(Refusal)


def problem_of(refusal: Refusal) -> Problem:
    kind: Kind
    match refusal:
        case Problem():
            return refusal
        case ValidationError():
            return _of_validation(refusal)
        case UnknownSurvey():
            kind, detail = "unknown-survey", "No survey has this id. Check the address; ids are lower-case."
        case TokenRefused(expired=True):
            kind, detail = "token-expired", "This token is too old. Ask for a new one."
        case TokenRefused():
            kind, detail = "token-refused", "This is not a token of ours. Use it exactly as it was given."
        case AmendmentRefused():
            kind, detail = "amendment-refused", f"Nothing was stored: {refusal}."
        case BadAddress():
            kind, detail = "invalid-body", "#/email: this is not an e-mail address."
        case RequestRefused():  # DynamoDB holds 400 KB an item, its history included
            kind, detail = "amendment-refused", "Nothing was stored: this answer has grown too large to be changed."
        case TemporarilyUnavailable():
            detail = "Nothing was stored. Try again in a few seconds."
            return Problem("busy", detail, wait=timedelta(seconds=3))
    return Problem(kind, detail)


def _of_validation(error: ValidationError) -> Problem:
    """What pydantic found, without what was sent."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Problem("malformed", f"{found[0]['msg']}.")
    faults = [Fault(_pointer(each["loc"]), _wording(each["type"], each["loc"], each["msg"])) for each in found]
    kinds = [_kind(each["type"], each["loc"]) for each in found]
    return Problem(kinds[0], f"{faults[0].pointer}: {faults[0].detail}.", faults)


def _kind(error_type: str, place: tuple[int | str, ...]) -> Kind:
    if place == ("score",):
        return "score-out-of-range"
    return "comment-too-long" if error_type == "comment_too_long" else "invalid-body"


def _wording(error_type: str, place: tuple[int | str, ...], message: str) -> str:
    if error_type == "missing":
        return "this must be given"
    if error_type == "extra_forbidden":
        return "this is not one of the fields"
    return "a score is a whole number from 0 to 10, not in quotes" if place == ("score",) else message


def _pointer(place: tuple[int | str, ...]) -> str:
    steps = [str(step)[:60].replace("~", "~0").replace("/", "~1") for step in place]
    return "/".join(["#", *steps])
