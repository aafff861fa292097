"""What the routes of pages take and answer: they are for people, and their forms are sent by browsers."""

from collections.abc import Sequence

from collect.bodies import PHONE_LENGTH, WHEN_LENGTH
from collect.openapi_operation import LINK, SURVEY, UNREADABLE, UNSAYABLE, Answer, Operation


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
        "hand": {"type": "string", "enum": ["", "none", "moved"], "description": "What its script saw of a hand"},
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
        "phone": {"type": "string", "maxLength": PHONE_LENGTH},
        "when": {"type": "string", "maxLength": WHEN_LENGTH},
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

PAGES: Sequence[Operation] = (
    Operation(
        "get",
        "/c/{token}",
        "callPage",
        "Where and when to be called, behind an apology's link",
        [_page("The page")],
        ["token-refused", "token-expired", "unknown-survey", "busy"],
        query=_LANGUAGE,
    ),
    Operation(
        "post",
        "/c/{token}",
        "callForm",
        "Ask for a call",
        [_page("It is asked for, or nobody is to call any more"), _page("The number is missing", 422)],
        [*UNREADABLE, "token-refused", "token-expired", "unknown-survey", "busy"],
        _CALL_FORM,
        {"page": "1772620200000--c2lnbmVk", "phone": "+91 20 5555 0100", "when": "after six"},
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
        [*UNREADABLE, "token-refused", "unknown-survey", "nothing-to-amend", "busy"],
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
        [*SURVEY, "malformed", "invalid-body", "dimension-refused", "busy"],
        query=_LANGUAGE,
    ),
    Operation(
        "get",
        "/a/{token}",
        "answerPage",
        "The page behind a mail's link; opening it counts for nothing",
        [_page("The page")],
        [*LINK, "malformed", "busy"],
        query={**_LANGUAGE, "score": "The score to preselect"},
    ),
    Operation(
        "post",
        "/a/{token}",
        "answerForm",
        "The form of a page",
        [_page("The next page")],
        [
            *UNREADABLE,
            *UNSAYABLE,
            *LINK,
            "nothing-to-amend",
            "amendment-refused",
            "too-many",
            "too-many-changes",
            "busy",
        ],
        _FORM,
        {"step": "score", "score": "9", "page": "1772620200000-9-c2lnbmVk", "hand": "moved"},
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
        [*UNREADABLE, "token-refused", "token-expired", "unknown-survey", "busy"],
        _TASK_FORM,
        {"do": "close", "page": "1772620200000--c2lnbmVk", "outcome": "resolved", "cause": "price"},
        "application/x-www-form-urlencoded",
    ),
)
