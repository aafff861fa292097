"""What each route takes and answers, for the OpenAPI document. A test holds it against template.yaml's routes."""

from collections.abc import Mapping, Sequence
from typing import Any

from collect.bodies import Amendment, MachineSubmission, Purchase, Redemption, Signal, Submission, TokenRequest
from collect.openapi_operation import LINK, SURVEY, UNREADABLE, UNSAYABLE, Answer, Operation
from collect.openapi_pages import PAGES
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

_FOR_PROGRAMS: Sequence[Operation] = (
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
        [*UNREADABLE, *SURVEY, "identity-refused", "dimension-refused", "busy"],
        TokenRequest,
        {"dimensions": {"touchpoint": "checkout"}, "locale": "en", "channel": "page"},
    ),
    Operation(
        "post",
        "/v1/surveys/{survey}/responses",
        "submit",
        "Give an answer; the same token is the same response, however often it is sent. What it leaves out stays as it "
        "was, an empty text takes back what was said",
        [Answer(201, "Stored", Stored, {**_STORED, "next_step": _NEXT_STEP})],
        [*UNREADABLE, *UNSAYABLE, *LINK, "amendment-refused", "too-many", "too-many-changes", "busy"],
        Submission,
        {"token": _TOKEN, "score": 9, "comment": "Quick and friendly."},
    ),
    Operation(
        "patch",
        "/v1/responses/{token}",
        "amend",
        "Change or complete an answer, for 24 hours; an empty text takes back what was said",
        [Answer(200, "Stored as the next version", Stored, {**_STORED, "version": 2})],
        [*UNREADABLE, *UNSAYABLE, *LINK, "nothing-to-amend", "amendment-refused", "too-many-changes", "busy"],
        Amendment,
        {"comment": "And they called back.", "answers": {"topic": "staff"}},
    ),
    Operation(
        "post",
        "/v1/responses/{token}/signals",
        "signal",
        "Tell what the script of a link's page saw of a person",
        [Answer(204, "Taken in")],
        [*UNREADABLE, *LINK, "too-many", "busy"],
        Signal,
        {"kind": "human", "page": "1772620200000-9-c2lnbmVk"},
    ),
    Operation(
        "post",
        "/v1/machine/responses",
        "record",
        "Record an answer that another system collected",
        [Answer(201, "Stored", Receipt, _RECEIPT)],
        [*UNREADABLE, *UNSAYABLE, *SURVEY, "dimension-refused", "amendment-refused", "busy"],
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
        [*UNREADABLE, "unknown-code", "code-used", "code-expired", "code-erased", "busy"],
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
            *UNREADABLE,
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
)

_FILES: Sequence[Operation] = (
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

OPERATIONS: Sequence[Operation] = (*_FOR_PROGRAMS, *PAGES, *_FILES)
