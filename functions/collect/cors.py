"""Which sites' pages may read our answers: those the survey in question names (Fetch standard, 3.3).

API Gateway's own CORS knows one list for all, and ignores ours where it is switched on.
"""

from collect.answers import WHENEVER, known_survey
from collect.request import Request
from collect.wiring import Wiring
from hearback import token as signed
from hearback.aws.directory import UnknownSurvey
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.fact import FactId
from hearback.survey import Survey
from hearback.token import TokenRefused

_PREFLIGHT_KEPT = 3600
"""Seconds a browser may remember a preflight's answer."""


def cors(request: Request, wiring: Wiring) -> dict[str, str]:
    """Headers for the answer to a public request, whatever the answer is."""
    headers = {"Vary": "Origin"}
    origin = request.header("origin")
    survey = _survey(request, wiring) if origin else None
    if survey and origin in survey.origins:
        headers["Access-Control-Allow-Origin"] = origin
    return headers


def preflight(request: Request, wiring: Wiring) -> dict[str, str]:
    headers = cors(request, wiring)
    if "Access-Control-Allow-Origin" in headers:
        headers |= {
            "Access-Control-Allow-Methods": "POST, PATCH",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": str(_PREFLIGHT_KEPT),
        }
    return headers


def _survey(request: Request, wiring: Wiring) -> Survey | None:
    """The survey that a path under /v1 is about."""
    try:
        match request.path.split("/"):
            case ["", "v1", "surveys", survey, *_]:
                return known_survey(wiring, survey, request.now)
            case ["", "v1", "responses", text, *_]:
                # An old token still says whose it was, and a page must be able to read that it is too old.
                token = signed.verify(text, wiring.token_keys.at(request.now), "answer", WHENEVER)
                return known_survey(wiring, FactId.parse(token.subject).survey, request.now)
    except (UnknownSurvey, TokenRefused, TemporarilyUnavailable):
        return None
    return None
