"""What each route takes and answers, for the OpenAPI document. A test holds it against template.yaml's routes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collect.bodies import Amendment, MachineSubmission, Purchase, Redemption, Signal, Submission, TokenRequest
from collect.problems import Kind
from collect.replies import Converted, Minted, NotNow, Receipt, Redeemed, Stored

_TOKEN = "eyJhIl0.k1.c2lnbmF0dXJlIG9mIGl0"  # noqa: S105 - an example
_STORED: Mapping[str, Any] = {
    "response": "shop.101KJW6BE200EDGJVXNMTF1HMK9",
    "version": 1,
    "score": 9,
    "thanks": "That makes our day!",
    "question": "What did you like most?",
    "questions": [],
}
_NEXT_STEP: Mapping[str, Any] = {
    "kind": "referral",
    "text": "Bring a friend, and both of you save.",
    "label": "Your own link",
    "url": "https://feedback.example.com/r/7KQ2M-9XW4T",
}
_RECEIPT = {name: _STORED[name] for name in ("response", "version", "score")}
_UNREADABLE: tuple[Kind, ...] = ("malformed", "content-type", "body-too-large", "invalid-body")
_UNSAYABLE: tuple[Kind, ...] = ("score-out-of-range", "comment-too-long", "unknown-question")
_SURVEY: tuple[Kind, ...] = ("unknown-survey", "survey-closed")
_LINK: tuple[Kind, ...] = ("token-refused", "token-expired", *_SURVEY)


@dataclass(frozen=True, slots=True)
class Answer:
    """One good answer. `reply` is a type of replies.py; a page has none, and some answers have no body."""

    status: int
    meaning: str
    reply: Any = None
    example: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    id: str
    summary: str
    answers: Sequence[Answer]
    refusals: Sequence[Kind] = ()
    body: Any = None
    """A model of bodies.py, or the schema of a form."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """Of the body."""
    content_type: str = "application/json"
    """Of the body."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What each field of the query is for."""

    @property
    def signed(self) -> bool:
        """Whether API Gateway asks for an IAM signature."""
        return self.path.startswith("/v1/machine/")

    @property
    def for_people(self) -> bool:
        """Whether it answers with pages."""
        return self.path.startswith(("/s/", "/a/", "/u/", "/c/", "/q/", "/r/", "/t/"))


def _page(meaning: str, status: int = 200) -> Answer:
    return Answer(status, meaning, content_type="text/html; charset=utf-8")


_LANGUAGE = {"lang": "The page's language, such as hi"}
_FORM = {
    "type": "object",
    "description": "One step of the page: the score, or an answer to one question.",
    "properties": {
        "step": {"type": "string", "enum": ["score", "question"]},
        "score": {"type": "string"},
        "page": {"type": "string", "description": "The page's stamp: when it was made, signed"},
        "question": {"type": "string"},
        "said": {"type": "string"},
        "skip": {"type": "string"},
    },
}
_QUOTE = {
    "type": "object",
    "description": "Consent to a testimonial, or take it back.",
    "properties": {
        "step": {"type": "string", "enum": ["consent", "withdraw"]},
        "page": {"type": "string", "description": "The page's stamp: when it was made, signed"},
        "words": {"type": "string"},
        "named": {"type": "string"},
        "consent": {"type": "string", "enum": ["yes"]},
    },
}
_PREFERENCE = {
    "type": "object",
    "description": "The one click of a mail program alone (RFC 8058), which stops all; or the page's form.",
    "properties": {
        "List-Unsubscribe": {"type": "string", "enum": ["One-Click"]},
        "stop": {"type": "string", "enum": ["all", "surveys", "follow-ups", "nothing"]},
        "page": {"type": "string", "description": "The page's stamp: when it was made, signed"},
    },
}

_CALL_FORM = {
    "type": "object",
    "properties": {
        "page": {"type": "string", "description": "The page's stamp: when it was made, signed"},
        "phone": {"type": "string", "maxLength": 40},
        "when": {"type": "string", "maxLength": 200},
    },
    "required": ["page", "phone"],
}
_TASK_FORM = {
    "type": "object",
    "properties": {
        "do": {"type": "string", "enum": ["take", "note", "reschedule", "close"]},
        "page": {"type": "string", "description": "The page's stamp: when it was made, signed"},
        "seen": {"type": "string", "description": "Who was to call when the page was made"},
        "text": {"type": "string", "description": "A note"},
        "day": {"type": "string", "description": "yyyy-mm-dd"},
        "time": {"type": "string", "description": "HH:MM in the scope's time zone"},
        "outcome": {"type": "string"},
        "cause": {"type": "string", "description": "One of the survey's root causes"},
    },
    "required": ["do", "page"],
}

OPERATIONS: Sequence[Operation] = (
    Operation(
        "post",
        "/v1/surveys/{survey}/tokens",
        "mintToken",
        "Make a token for a new answer: when a widget or page is shown, not when it is answered",
        [
            Answer(
                201,
                "Ask, and send the token with the answer",
                Minted,
                {
                    "show": True,
                    "token": _TOKEN,
                    "response": _STORED["response"],
                    "expires_at": "2026-03-11T10:30:00+00:00",
                },
            ),
            Answer(200, "Do not ask: this person was asked lately", NotNow, {"show": False}),
        ],
        [*_UNREADABLE, *_SURVEY, "identity-refused", "dimension-refused", "busy"],
        TokenRequest,
        {"dimensions": {"touchpoint": "checkout"}, "locale": "en", "channel": "page"},
    ),
    Operation(
        "post",
        "/v1/surveys/{survey}/responses",
        "submit",
        "Give an answer; the same token is the same response, however often it is sent",
        [Answer(201, "Stored", Stored, {**_STORED, "next_step": _NEXT_STEP})],
        [*_UNREADABLE, *_UNSAYABLE, *_LINK, "amendment-refused", "too-many", "busy"],
        Submission,
        {"token": _TOKEN, "score": 9, "comment": "Quick and friendly."},
    ),
    Operation(
        "patch",
        "/v1/responses/{token}",
        "amend",
        "Change or complete an answer, for 24 hours",
        [Answer(200, "Stored as the next version", Stored, {**_STORED, "version": 2})],
        [*_UNREADABLE, *_UNSAYABLE, *_LINK, "nothing-to-amend", "amendment-refused", "too-many", "busy"],
        Amendment,
        {"comment": "And they called back.", "answers": {"topic": "staff"}},
    ),
    Operation(
        "post",
        "/v1/responses/{token}/signals",
        "signal",
        "Tell what the script of a link's page saw of a person",
        [Answer(204, "Taken in")],
        [*_UNREADABLE, *_LINK, "too-many", "busy"],
        Signal,
        {"kind": "human", "page": "1772620200000.9.c2lnbmVk"},
    ),
    Operation(
        "post",
        "/v1/machine/responses",
        "record",
        "Record an answer that another system collected",
        [Answer(201, "Stored", Receipt, _RECEIPT)],
        [*_UNREADABLE, *_UNSAYABLE, *_SURVEY, "dimension-refused", "amendment-refused", "busy"],
        MachineSubmission,
        {"survey": "shop", "score": 9, "email": "meera@example.com", "idempotency_key": "till-7/118"},
    ),
    Operation(
        "post",
        "/v1/machine/coupons/{code}/redemptions",
        "redeem",
        "Redeem a coupon, once; the same reference again is told the same",
        [
            Answer(
                201,
                "Redeemed",
                Redeemed,
                {
                    "code": "7KQ2M-9XW4T",
                    "survey": "shop",
                    "coupon": "tenth",
                    "text": "10% off your next purchase",
                    "reference": "till-7/118",
                    "redeemed_at": "2026-03-04T10:30:00+00:00",
                },
            )
        ],
        [*_UNREADABLE, "unknown-code", "unknown-survey", "code-used", "code-expired", "code-erased", "busy"],
        Redemption,
        {"reference": "till-7/118", "where": "Pune"},
    ),
    Operation(
        "post",
        "/v1/machine/conversions",
        "convert",
        "Report who became a customer through a referral link; the same reference again is told the same",
        [
            Answer(
                201,
                "Recorded",
                Converted,
                {
                    "reference": "order 1042",
                    "survey": "shop",
                    "value": "120.00",
                    "currency": "EUR",
                    "state": "recorded",
                    "rewards_at": "2026-03-18T10:30:00+00:00",
                },
            )
        ],
        [
            *_UNREADABLE,
            "unknown-code",
            "unknown-survey",
            "code-erased",
            "self-referral",
            "known-customer",
            "reference-used",
            "foreign-currency",
            "busy",
        ],
        Purchase,
        {
            "code": "7KQ2M-9XW4T",
            "reference": "order 1042",
            "customer": "ravi@example.com",
            "value": "120.00",
            "currency": "EUR",
        },
    ),
    Operation(
        "get",
        "/c/{token}",
        "callPage",
        "Where and when to be called, behind an apology's link",
        [_page("The page")],
        [*_LINK, "busy"],
        query=_LANGUAGE,
    ),
    Operation(
        "post",
        "/c/{token}",
        "callForm",
        "Ask for a call",
        [_page("It is asked for, or nobody is to call any more"), _page("The number is missing", 422)],
        [*_UNREADABLE, *_LINK, "busy"],
        _CALL_FORM,
        {"page": "1772620200000-c2lnbmVk", "phone": "+91 20 5555 0100", "when": "after six"},
        "application/x-www-form-urlencoded",
        query=_LANGUAGE,
    ),
    Operation(
        "get",
        "/q/{token}",
        "quotePage",
        "Ask whether an answer may be quoted; for whoever allowed it before, the way to take that back",
        [_page("The page")],
        ["token-refused", "unknown-survey", "nothing-to-amend", "busy"],
        query=_LANGUAGE,
    ),
    Operation(
        "post",
        "/q/{token}",
        "quoteForm",
        "Let an answer be quoted, or no more",
        [_page("Done")],
        [*_UNREADABLE, "token-refused", "unknown-survey", "nothing-to-amend", "busy"],
        _QUOTE,
        {"step": "consent", "words": "The samosas!", "named": "Asha", "consent": "yes", "page": "1772620200000-9-c2ln"},
        "application/x-www-form-urlencoded",
        query=_LANGUAGE,
    ),
    Operation(
        "get",
        "/r/{code}",
        "referralLink",
        "A referral link: leads to the survey's own target, with the code",
        [Answer(302, "To the target")],
        ["unknown-code", "unknown-survey", "busy"],
    ),
    Operation(
        "get",
        "/s/{survey}",
        "surveyPage",
        "A survey's page, for anybody; public dimensions may stand in its query",
        [_page("The page")],
        [*_SURVEY, "malformed", "invalid-body", "dimension-refused", "busy"],
        query=_LANGUAGE,
    ),
    Operation(
        "get",
        "/a/{token}",
        "answerPage",
        "The page behind a mail's link; opening it counts for nothing",
        [_page("The page")],
        [*_LINK, "malformed", "busy"],
        query={**_LANGUAGE, "score": "The score to preselect"},
    ),
    Operation(
        "post",
        "/a/{token}",
        "answerForm",
        "The form of a page",
        [_page("The next page")],
        [*_UNREADABLE, *_UNSAYABLE, *_LINK, "nothing-to-amend", "amendment-refused", "too-many", "busy"],
        _FORM,
        {"step": "score", "score": "9", "page": "1772620200000.9.c2lnbmVk"},
        "application/x-www-form-urlencoded",
        query=_LANGUAGE,
    ),
    Operation(
        "get",
        "/u/{token}",
        "preferencesPage",
        "Ask which mails should stop",
        [_page("The page")],
        ["token-refused", "busy"],
        query=_LANGUAGE,
    ),
    Operation(
        "post",
        "/u/{token}",
        "choosePreference",
        "Stop mails or have them again: the page's form, and a mail program's one click",
        [_page("Done")],
        ["token-refused", "malformed", "content-type", "body-too-large", "invalid-body", "busy"],
        _PREFERENCE,
        {"List-Unsubscribe": "One-Click"},
        "application/x-www-form-urlencoded",
        query=_LANGUAGE,
    ),
    Operation(
        "get",
        "/t/{token}",
        "taskPage",
        "The page of a task, for its owner; opening it changes nothing",
        [_page("The page")],
        ["token-refused", "token-expired", "unknown-survey", "malformed", "busy"],
        query={"done": "What was just done, to be told on the page"},
    ),
    Operation(
        "post",
        "/t/{token}",
        "taskForm",
        "Take a task, note something, reschedule or close it: the page's forms",
        [Answer(303, "Done; the page says so"), _page("It is closed already", 409), _page("Something is missing", 422)],
        [*_UNREADABLE, "token-refused", "token-expired", "unknown-survey", "busy"],
        _TASK_FORM,
        {"do": "close", "page": "1772620200000-c2lnbmVk", "outcome": "resolved", "cause": "price"},
        "application/x-www-form-urlencoded",
    ),
    Operation(
        "get",
        "/widget.js",
        "widget",
        "The script that sites put on their pages",
        [
            Answer(200, "The script", content_type="text/javascript; charset=utf-8"),
            Answer(304, "It has not changed"),
        ],
    ),
    Operation(
        "get",
        "/openapi.json",
        "openapi",
        "This document",
        [Answer(200, "This document", dict[str, Any], {"openapi": "3.1.0"}, "application/json")],
    ),
)
