"""What can be done with an answer: make the token for it, give it, change it, record it for another system."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from collect import limits
from collect.bodies import MachineSubmission, TokenRequest
from collect.problems import Fault, Problem
from collect.request import Request
from collect.submission_key import SubmissionKey
from collect.visitors import ANYBODY, Visitor
from collect.wiring import Wiring
from hearback import token as signed
from hearback.aws.directory import UnknownSurvey
from hearback.clock import SKEW
from hearback.contact import Contact, Slot, contact_key
from hearback.fact import FactId
from hearback.response import AmendmentRefused, Answer, Channel, Confirmation, Response
from hearback.survey import Survey
from hearback.token import Token, TokenRefused

TOKEN_VALID = timedelta(days=7)
WHENEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""A time at which no token has expired: for what even an old one still says or lets its bearer do."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this nobody was asked: Reichheld published the question in 2003."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A verified token and what it is for."""

    token: Token
    response: FactId
    survey: Survey

    @property
    def locale(self) -> str:
        return self.survey.locale_for(self.token.locale)

    @property
    def by_mail(self) -> bool:
        """Whether it came in a mail, whose reply-to somebody reads."""
        return self.token.channel == "mail"

    def locale_on_page(self, request: Request) -> str:
        """What the reader chose, else what is known of them, else what their browser wants that the survey speaks."""
        return self.survey.locale_for(request.language(), self.token.locale, *request.languages())


def known_survey(wiring: Wiring, survey: str, now: datetime) -> Survey:
    """The survey of an id that anybody may have typed. Raises UnknownSurvey."""
    if not re.fullmatch("[a-z0-9-]{1,40}", survey):
        raise UnknownSurvey
    return wiring.directory.survey(survey, now)


def open_survey(survey: Survey) -> Survey:
    """The survey, if it takes answers. Raises Problem."""
    if survey.status == "closed":
        raise _closed()
    return survey


def opened(wiring: Wiring, text: str, now: datetime) -> Opened:
    """A token of an answer, whether or not it may still be given. Raises TokenRefused, UnknownSurvey."""
    token = signed.verify(text, wiring.token_keys.at(now), "answer", now)
    response = FactId.parse(token.subject)
    return Opened(token, response, wiring.directory.survey(response.survey, now))


def answerable(wiring: Wiring, text: str, now: datetime) -> Opened:
    """What a token lets its bearer answer, or change.

    A closed survey refuses first answers and no others: whoever gave one may still say why, as long as anybody.
    Raises TokenRefused, UnknownSurvey, Problem.
    """
    to = opened(wiring, text, now)
    if to.survey.status == "closed" and wiring.feedback.response(to.response) is None:
        raise _closed()
    return to


def mint(
    wiring: Wiring, survey: Survey, wanted: TokenRequest, now: datetime, visitor: Visitor = ANYBODY
) -> tuple[Token, str]:
    """A token for a new response, and its text. Raises Problem.

    The dimensions of `wanted` are a stranger's word; for the visitor's own somebody vouches.
    """
    _check_dimensions(open_survey(survey), wanted.dimensions, public=True)
    _check_dimensions(survey, visitor.dimensions, public=False)
    before = _asked_before(wiring, survey, wanted, visitor, now)
    token = Token(
        purpose="answer",
        subject=before.subject if before else str(FactId.mint(survey.id, survey.shards, now)),
        expires_at=before.expires_at if before else now + TOKEN_VALID,
        contact=visitor.key,
        dimensions={**wanted.dimensions, **visitor.dimensions},
        channel=wanted.channel,
        locale=survey.locale_for(wanted.locale),
    )
    text = signed.sign(token, wiring.token_keys.at(now))
    if len(text) > signed.MAXIMUM_LENGTH:
        raise Problem("dimension-refused", "These dimension values are too long for one link. Name fewer.")
    return token, text


def _asked_before(
    wiring: Wiring, survey: Survey, wanted: TokenRequest, visitor: Visitor, now: datetime
) -> Token | None:
    """With what the same visitor was asked on an earlier page: a new ask would be refused as coming too soon."""
    try:
        token = signed.verify(wanted.again, wiring.token_keys.at(now), "answer", now)
    except TokenRefused:
        return None
    same = (FactId.parse(token.subject).survey, token.contact) == (survey.id, visitor.key)
    return token if same else None


def submit(
    request: Request,
    wiring: Wiring,
    to: Opened,
    score: int,
    answer: Answer,
    locale: str,
    confirmed_by: Confirmation = "request",
) -> Response:
    """Store a confirmed answer; given again, the same one is the same response and another one amends it.

    What is refused for itself takes nobody's place at their address. Raises Problem, AmendmentRefused.
    """
    _check_answers(to.survey, answer)
    limits.admit(request, wiring, to.survey, to.token)
    now = request.now
    given = response_of(wiring, to, score, answer, locale, now)
    with limits.changing(wiring, to.survey, now):
        return wiring.feedback.submit(
            replace(given, confirmed_by=confirmed_by),
            now,
            to.survey.limits.changes_of_one_answer,
            replace(answer, score=score),
        )


def response_of(wiring: Wiring, to: Opened, score: int, answer: Answer, locale: str, now: datetime) -> Response:
    """The response that a token's bearer gives."""
    dimensions = to.survey.counted(to.token.dimensions)
    return Response(
        id=to.response,
        score=score,
        answered_at=now,
        day=to.survey.day(now),
        comment=answer.comment or "",
        answers=answer.answers_over({}),
        dimensions=dimensions,
        pages=to.survey.pages(dimensions),
        channel=cast(Channel, to.token.channel),  # we signed it
        contact=to.token.contact,
        locale=locale,
        expires_at=int((now + wiring.retention).timestamp()),
    )


def amend(wiring: Wiring, to: Opened, answer: Answer, now: datetime) -> Response:
    """Change a stored answer. Raises Problem if there is none, AmendmentRefused."""
    _check_answers(to.survey, answer)
    with limits.changing(wiring, to.survey, now):
        amended = wiring.feedback.amend(to.response, answer, now, to.survey.limits.changes_of_one_answer)
    if amended is None:
        raise Problem("nothing-to-amend", "Submit a score first; then it can be changed for 24 hours.")
    return amended


def record(wiring: Wiring, said: MachineSubmission, now: datetime) -> Response:
    """Store an answer that another system collected, and who gave it.

    Raises Problem, UnknownSurvey, BadAddress, AmendmentRefused.
    """
    survey = open_survey(known_survey(wiring, said.survey, now))
    _check_dimensions(survey, said.dimensions, public=False)
    _check_answers(survey, said.answer)
    answered_at = _answered_at(said, now)
    locale = survey.locale_for(said.locale)
    contact = _contact(wiring, said, locale, now)
    expires_at = int((now + wiring.retention).timestamp())
    fact = minted = FactId.mint(survey.id, survey.shards, answered_at)
    if said.idempotency_key:
        fact = SubmissionKey(survey.id, said.idempotency_key).claim(wiring.directory.table, minted, expires_at)
    if fact != minted and (before := wiring.feedback.response(fact)) and before.erased:
        raise AmendmentRefused("this answer's person was erased")  # a retry must not bring back their details
    if contact and contact != Contact(contact.key):
        wiring.directory.merge_contact(contact)
    if contact:  # who has just answered is not asked again by mail or widget
        wiring.directory.take(Slot.asked(contact.key, survey.id), str(fact), answered_at, survey.quiet)
    response = Response(
        id=fact,
        score=said.score,
        answered_at=answered_at,
        day=survey.day(answered_at),
        comment=said.comment or "",
        answers=said.answer.answers_over({}),
        dimensions=said.dimensions,
        pages=survey.pages(said.dimensions),
        channel="api",
        contact=contact.key if contact else "",
        locale=locale,
        follow_up=said.follow_up,
        expires_at=expires_at,
    )
    return wiring.feedback.submit(response, now, answer=said.answer)


def _contact(wiring: Wiring, said: MachineSubmission, locale: str, now: datetime) -> Contact | None:
    identity = said.contact if said.email is None else said.email
    if identity is None:
        return None
    key = contact_key(identity, wiring.contact_keys.at(now), address=said.email is not None)
    return Contact(key, (said.email or "").strip(), said.name, said.phone, locale if said.locale else "")


def _answered_at(said: MachineSubmission, now: datetime) -> datetime:
    if said.answered_at is None:
        return now
    if not EARLIEST <= said.answered_at <= now + SKEW:
        detail = f"give a time between {EARLIEST.date()} and now"
        raise Problem("invalid-body", f"#/answered_at: {detail}.", [Fault("#/answered_at", detail)])
    return min(said.answered_at.astimezone(UTC), now)


def _check_dimensions(survey: Survey, dimensions: Mapping[str, str], *, public: bool) -> None:
    for name, value in dimensions.items():
        if problem := survey.problem_with(name, value, public=public):
            raise Problem("dimension-refused", f"{problem}.", [Fault("#/dimensions", problem)])


def _check_answers(survey: Survey, answer: Answer) -> None:
    """Whether the survey has these questions and choices; of whichever category, because scores change."""
    asked = survey.all_questions
    for name, said in answer.answers.items():
        named = [question for question in asked if question.id == name]
        if not named:
            raise _unknown(name, f"the survey has no such question; it has {_list({each.id for each in asked})}")
        if not any(said in question.choices or not question.choices for question in named):
            choices = {choice for question in named for choice in question.choices}
            raise _unknown(name, f"this question is answered by one of {_list(choices)}")


def _unknown(question: str, detail: str) -> Problem:
    return Problem("unknown-question", f"#/answers/{question}: {detail}.", [Fault(f"#/answers/{question}", detail)])


def _closed() -> Problem:
    return Problem("survey-closed", "This survey takes no more answers.")


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
