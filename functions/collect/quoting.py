"""May we quote you? The form that consents to a testimonial, and the one that takes the consent back.

Whoever has the link of an answer is its person. Words that are stored are not shown: mails get forwarded.
"""

from collections.abc import Mapping
from dataclasses import replace

from collect import answers, pages
from collect.bodies import NAME_LENGTH, tidy
from collect.guarded_form import mark_of, stamp_for
from collect.next_step import may_be_quoted
from collect.pages import Quote, Sheet, Slip
from collect.problems import Problem
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback import token as signed
from hearback.fact import FactId
from hearback.response import Response
from hearback.testimonial import Testimonial


def page(request: Request, wiring: Wiring) -> Reply:
    """The form; for whoever consented before, the one that takes it back."""
    sheet, response, given = _opened(request, wiring)
    stamp = stamp_for(sheet.token, request, wiring)
    if given and (given.holds(response) or not may_be_quoted(sheet.survey, response)):
        return pages.quoted_page(sheet, None, stamp)
    return pages.quote_page(sheet, Quote(), stamp)


def answer(request: Request, wiring: Wiring) -> Reply:
    """Consent, or take it back. What only a machine sends changes nothing, and shows its page again."""
    sheet, response, _ = _opened(request, wiring)
    form = request.form()
    stamp, mark = stamp_for(sheet.token, request, wiring), mark_of(form, request, wiring)
    log = {"response": str(response.id), "mark": mark}
    if form.get("step") == "withdraw":
        if mark:
            return replace(pages.quoted_page(sheet, None, stamp, slip="hasty"), log=log)
        wiring.directory.table.delete({"Key": Testimonial.key_item(response.id)})
        return replace(pages.unquoted_page(sheet), log=log)
    quote = _quote(form)
    if not may_be_quoted(sheet.survey, response):
        raise _nothing_to_quote()
    missed = not (quote.words and quote.consent)
    slip: Slip = "over" if quote.over else "missed" if missed else "hasty" if mark else ""
    if slip:
        return replace(pages.quote_page(sheet, quote, stamp, slip=slip), log=log)
    expires_at = int((request.now + wiring.retention).timestamp())
    given = Testimonial.of(response, quote.words, quote.named, request.now, expires_at)
    wiring.directory.table.put({"Item": given.to_item()})
    return replace(pages.quoted_page(sheet, quote, stamp), log=log)


def _quote(form: Mapping[str, str]) -> Quote:
    words = tidy(form.get("words", ""))
    named = " ".join(form.get("named", "").split())[:NAME_LENGTH]
    return Quote(words, named, consent="consent" in form)


def _opened(request: Request, wiring: Wiring) -> tuple[Sheet, Response, Testimonial | None]:
    """The answer that may be quoted, by its survey's plays, or was allowed to be: whatever the survey says since.

    Consent can be taken back for as long as it is kept, so the link's expiry is not looked at.

    Raises TokenRefused, UnknownSurvey, Problem.
    """
    token = signed.verify(request.parameter("token"), wiring.token_keys.at(request.now), "answer", answers.WHENEVER)
    fact = FactId.parse(token.subject)
    survey = wiring.directory.survey(fact.survey, request.now)
    response = wiring.feedback.response(fact)
    stored = wiring.directory.table.get(Testimonial.key_item(fact))
    given = Testimonial.from_item(stored) if stored else None
    if response is None or not (given or may_be_quoted(survey, response)):
        raise _nothing_to_quote()
    return Sheet.of(answers.Opened(token, fact, survey), request), response, given


def _nothing_to_quote() -> Problem:
    return Problem("nothing-to-amend", "There is no answer of yours that could be quoted.")
