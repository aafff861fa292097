"""The JSON API: for widgets and other people's pages, and, behind IAM, for their servers."""

from collections.abc import Callable, Mapping

from collect import answers
from collect.asking import asked_after, thanks_for
from collect.bodies import Amendment, MachineSubmission, Submission, TokenRequest
from collect.cors import cors, preflight
from collect.observing import signal
from collect.problems import REFUSALS, Problem, problem_of
from collect.replies import Minted, Receipt, Stored
from collect.reply import Reply
from collect.request import Request
from collect.visitors import may_ask, recognised
from collect.widget_ask import widget_ask
from collect.wiring import Wiring
from hearback.play import ReferralPlay, ReviewPlay
from hearback.response import Response
from hearback.survey import Survey

Route = Callable[[Request, Wiring], Reply]


def answer(request: Request, wiring: Wiring) -> Reply:
    """Answer a request to one of ROUTES; what is refused is told as problem+json."""
    try:
        reply = ROUTES[request.route](request, wiring)
    except REFUSALS as refusal:
        reply = Reply.problem(problem_of(refusal))
    return reply.adding(cors(request, wiring))


def mint_token(request: Request, wiring: Wiring) -> Reply:
    wanted = TokenRequest.model_validate_json(request.json())
    survey = answers.known_survey(wiring, request.parameter("survey"), request.now)
    visitor = recognised(wiring, wanted.identity, request.now)
    token, text = answers.mint(wiring, survey, wanted, request.now, visitor)
    if not may_ask(wiring, survey, visitor, token.subject, request.now):
        return Reply.json(200, {"show": False}, refused="asked lately")
    payload: Minted = {
        "show": True,
        "token": text,
        "response": token.subject,
        "expires_at": token.expires_at.isoformat(timespec="seconds"),
    }
    if wanted.channel == "widget":
        payload["ask"] = widget_ask(survey, token.locale)
    return Reply.json(201, payload, response=token.subject)


def submit(request: Request, wiring: Wiring) -> Reply:
    said = Submission.model_validate_json(request.json())
    survey = answers.known_survey(wiring, request.parameter("survey"), request.now)
    to = answers.answerable(wiring, said.token, request.now)
    if to.survey.id != survey.id:
        raise Problem("token-refused", "This token was made for another survey. Make one for this survey.")
    stored = answers.submit(request, wiring, to, said.score, said.answer, to.locale)
    payload = _stored(stored, to.survey, to.locale)
    if any(isinstance(play, ReviewPlay | ReferralPlay) for play in to.survey.plays):
        from collect.next_step import offered  # noqa: PLC0415 - most surveys' answers need not wait for it

        if offer := offered(request, wiring, to.survey, stored, to.locale, linked=True):
            payload["next_step"] = offer.linked()
    return Reply.json(201, payload, **_logged(stored))


def amend(request: Request, wiring: Wiring) -> Reply:
    said = Amendment.model_validate_json(request.json())
    to = answers.answerable(wiring, request.parameter("token"), request.now)
    stored = answers.amend(wiring, to, said.answer, request.now)
    return Reply.json(200, _stored(stored, to.survey, to.locale), **_logged(stored))


def record(request: Request, wiring: Wiring) -> Reply:
    stored = answers.record(wiring, MachineSubmission.model_validate_json(request.json()), request.now)
    return Reply.json(201, _receipt(stored), **_logged(stored))


def redeem(request: Request, wiring: Wiring) -> Reply:
    from collect import redeeming  # noqa: PLC0415 - no other route needs it

    return redeeming.redeem(request, wiring)


def convert(request: Request, wiring: Wiring) -> Reply:
    from collect import converting  # noqa: PLC0415 - no other route needs it

    return converting.convert(request, wiring)


def allow(request: Request, wiring: Wiring) -> Reply:
    """A browser's question before it sends (preflight)."""
    return Reply(204, headers=preflight(request, wiring))


ROUTES: Mapping[str, Route] = {
    "POST /v1/surveys/{survey}/tokens": mint_token,
    "POST /v1/surveys/{survey}/responses": submit,
    "PATCH /v1/responses/{token}": amend,
    "POST /v1/responses/{token}/signals": signal,
    "POST /v1/machine/responses": record,
    "POST /v1/machine/coupons/{code}/redemptions": redeem,
    "POST /v1/machine/conversions": convert,
    "OPTIONS /v1/{proxy+}": allow,
}


def _stored(stored: Response, survey: Survey, locale: str) -> Stored:
    """What was stored, and what to ask next. The category goes unnamed: it is not for respondents."""
    reason, *questions = asked_after(survey, stored.score, locale)
    receipt = _receipt(stored)
    return {
        "response": receipt["response"],
        "version": receipt["version"],
        "score": receipt["score"],
        "thanks": thanks_for(survey, stored.score, locale),
        "question": reason.text,
        "questions": [
            {
                "id": asked.question,
                "text": asked.text,
                "room": asked.room,
                "choices": [{"id": choice, "text": text} for choice, text in asked.choices.items()],
            }
            for asked in questions
        ],
    }


def _receipt(stored: Response) -> Receipt:
    return {"response": str(stored.id), "version": stored.version, "score": stored.score}


def _logged(stored: Response) -> dict[str, str | int]:
    return {"response": str(stored.id), "version": stored.version}
