"""Pages for people: the survey, the link of a mail, unsubscribing. A GET or HEAD stores nothing that counts."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from collect import answers, pages, preferences
from collect.asking import asked_after
from collect.bodies import Amendment, TokenRequest, tidy
from collect.guarded_form import stamp_for
from collect.metric import count
from collect.observing import Watch
from collect.problems import REFUSALS, Kind, Problem, problem_of
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.judging import TRAP
from hearback.language import texts
from hearback.response import AMENDABLE, AmendmentRefused
from hearback.token import Purpose, TokenRefused, verify

Route = Callable[[Request, Wiring], Reply]

_BACK = {"Cache-Control": "private, max-age=0"}
"""Lets a browser that goes back show the page it had: a form's it cannot ask for again, and a survey's would be another
with the token of another answer. Nobody else may keep it, and nothing else is shown from it."""
_SCORES = {str(score): score for score in range(11)}


def answer(request: Request, wiring: Wiring) -> Reply:
    """Answer a request to one of ROUTES; what is refused is told kindly."""
    try:
        return ROUTES[request.route](request, wiring)
    except REFUSALS as refusal:
        return apology(problem_of(refusal), request, wiring)


def survey_page(request: Request, wiring: Wiring) -> Reply:
    """A page that anybody may open: a fresh token each time.

    Apps and mailers hang names of their own on links; only those of the survey's dimensions are read. A value that the
    survey does not take is dropped and counted: whoever stands before a misprinted code would be lost otherwise.
    """
    survey = answers.known_survey(wiring, request.parameter("survey"), request.now)
    named = {name: value for name, value in request.query().items() if name in survey.dimensions.keys() - {"lang"}}
    query = {name: value for name, value in named.items() if not survey.problem_with(name, value, public=True)}
    for name in named.keys() - query.keys():
        count("DimensionsDropped", request.now, Survey=survey.id, Dimension=name)
    locale = survey.locale_for(request.language(), *request.languages())
    wanted = TokenRequest(dimensions=query, locale=locale, channel="page")
    token, text = answers.mint(wiring, survey, wanted, request.now)
    page = pages.score_page(pages.Sheet(survey, text, locale), None, query, stamp_for(text, request, wiring))
    return replace(page, log={"response": token.subject}).adding(_BACK)


def answer_page(request: Request, wiring: Wiring) -> Reply:
    """A link of a mail: the score it bears is preselected, and confirmed by the form."""
    query = request.query()
    to, sheet = _opened(request, wiring)
    chosen = query.get("score", "")
    score = _SCORES.get(chosen)
    watch = Watch(request, wiring, to)
    watch.opening(score, query.get(TRAP))
    stored = wiring.feedback.response(to.response)
    if stored and not stored.provisional and request.now > stored.answered_at + AMENDABLE:
        return pages.answered_page(sheet, by_mail=to.by_mail)
    return pages.score_page(sheet, score, {} if score is None else {"score": chosen}, watch.stamp(score))


def answer_form(request: Request, wiring: Wiring) -> Reply:
    """One step of the page: the score, or one answer to what followed it. Each is saved as it is given.

    A form that only a machine sends changes nothing, and shows its page again for whoever was just quick.
    """
    to, sheet = _opened(request, wiring)
    form = request.form()
    score = _SCORES.get(form.get("score", ""))
    try:
        if form.get("step", "score") == "score":
            page = _score_given(request, wiring, to, sheet, score, form)
        else:
            page = _question_answered(request, wiring, to, sheet, score, form)
    except AmendmentRefused:
        page = pages.answered_page(sheet, by_mail=to.by_mail)
    return page.adding(_BACK)


def quote_page(request: Request, wiring: Wiring) -> Reply:
    from collect import quoting  # noqa: PLC0415 - few pages need it

    return quoting.page(request, wiring)


def call_page(request: Request, wiring: Wiring) -> Reply:
    from collect import calling  # noqa: PLC0415 - few pages need it

    return calling.page(request, wiring)


def call_form(request: Request, wiring: Wiring) -> Reply:
    from collect import calling  # noqa: PLC0415 - few pages need it

    return calling.ask(request, wiring)


def quote_form(request: Request, wiring: Wiring) -> Reply:
    from collect import quoting  # noqa: PLC0415 - few pages need it

    return quoting.answer(request, wiring)


ROUTES: Mapping[str, Route] = {
    "GET /s/{survey}": survey_page,
    "HEAD /s/{survey}": survey_page,
    "GET /a/{token}": answer_page,
    "HEAD /a/{token}": answer_page,
    "POST /a/{token}": answer_form,
    "GET /u/{token}": preferences.page,
    "HEAD /u/{token}": preferences.page,
    "POST /u/{token}": preferences.choose,
    "GET /c/{token}": call_page,
    "HEAD /c/{token}": call_page,
    "POST /c/{token}": call_form,
    "GET /q/{token}": quote_page,
    "HEAD /q/{token}": quote_page,
    "POST /q/{token}": quote_form,
}


def _opened(request: Request, wiring: Wiring) -> tuple[answers.Opened, pages.Sheet]:
    to = answers.answerable(wiring, request.parameter("token"), request.now)
    return to, pages.Sheet.of(to, request)


def _score_given(
    request: Request,
    wiring: Wiring,
    to: answers.Opened,
    sheet: pages.Sheet,
    score: int | None,
    form: Mapping[str, str],
) -> Reply:
    watch = Watch(request, wiring, to)
    if score is None:
        return pages.score_page(sheet, None, {}, watch.stamp(None), slip="missed")
    confirmed_by = watch.confirmation(form, score)
    if not confirmed_by:
        return pages.score_page(sheet, score, {"score": str(score)}, watch.stamp(score), slip="hasty")
    said = Amendment(score=score)
    stored = answers.submit(request, wiring, to, score, said.answer, sheet.locale, confirmed_by)
    page = pages.question_page(sheet, score, 0, watch.stamp(score), saved=True)
    return replace(page, log={"response": str(stored.id), "version": stored.version})


def _question_answered(
    request: Request,
    wiring: Wiring,
    to: answers.Opened,
    sheet: pages.Sheet,
    score: int | None,
    form: Mapping[str, str],
) -> Reply:
    """The form carries the score only to say which questions it is asked; it changes nothing here.

    Passing over a question stores nothing, so nobody needs to read first. A field emptied takes its words back. Of what
    is too long that much is stored as there is room for, and all of it comes back to be shortened.
    """
    from collect import thanking  # noqa: PLC0415 - the first page does not wait for what the last one needs

    watch = Watch(request, wiring, to)
    asked = asked_after(to.survey, score, sheet.locale) if score is not None else []
    questions = [each.question for each in asked]
    question = form.get("question", "?")
    if score is None or question not in questions:
        raise Problem("invalid-body", "The form is not one of ours. Open the link again.")
    number, said = questions.index(question), tidy(form.get("said", ""))
    skipped = "said" not in form or "skip" in form
    given = "" if skipped else said
    words = thanking.carried(to.survey, form.get("words", "") if question else given)
    if given and not watch.believes(form, score):
        return pages.question_page(sheet, score, number, watch.stamp(score), words, again=said)
    emptied = not (said or skipped) and watch.emptied(form, question, score)
    stored = None
    room = asked[number].room
    if given or emptied:
        amendment = Amendment(answers={question: said[:room]}) if question else Amendment(comment=said[:room])
        stored = answers.amend(wiring, to, amendment.answer, request.now)
    if given and (over := len(said) - room) > 0:
        page = pages.question_page(sheet, score, number, watch.stamp(score), words, again=said, over=over)
    elif number + 1 < len(questions):
        saved, outdated = stored is not None, stored is not None and stored.score != score
        stamp = watch.stamp(score)
        page = pages.question_page(sheet, score, number + 1, stamp, words, saved=saved, outdated=outdated)
    else:
        response = stored or wiring.feedback.response(to.response)
        page = thanking.thank_you(request, wiring, sheet, score, response, words, saved=stored is not None)
    return replace(page, log={"response": str(stored.id), "version": stored.version} if stored else {})


def apology(problem: Problem, request: Request, wiring: Wiring) -> Reply:
    """The page that tells somebody kindly why a link or a form does not work, in the language of their link."""
    notices: dict[Kind, pages.Notice] = {
        "unknown-survey": "no_survey",
        "survey-closed": "closed",
        "token-expired": "expired",
        "token-refused": "broken_link",
        "body-too-large": "too_long",
        "comment-too-long": "too_long",
        "dimension-refused": "broken_link",
        "unknown-code": "broken_link",
        "nothing-to-amend": "nothing_said",
        "too-many": "too_many",
        "too-many-changes": "changed_often",
        "busy": "busy",
    }
    words = texts("pages", request.language(), _locale_of_link(request, wiring), *request.languages())
    page = pages.notice_page(problem.status, notices.get(problem.kind, "refused"), words)
    return replace(page, log={"problem": problem.kind}).adding(problem.headers)


def _locale_of_link(request: Request, wiring: Wiring) -> str:
    """What a link of ours says of its reader, even if it is too old; "" if it is none."""
    purposes: dict[str, Purpose] = {"/u/": "unsubscribe", "/t/": "task"}
    text, keys = request.event["pathParameters"].get("token", ""), wiring.token_keys.at(request.now)
    try:
        return verify(text, keys, purposes.get(request.path[:3], "answer"), answers.WHENEVER).locale
    except TokenRefused:
        return ""
