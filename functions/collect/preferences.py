"""Which mails a customer wants: the page behind a mail's unsubscribe link, and the one click of mail programs."""

from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes
from typing import Any

from collect import answers, pages
from collect.guarded_form import mark_of, stamp_for
from collect.look import PLAIN_COLOUR, scripts
from collect.problems import Problem
from collect.rendering import render
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback import token as signed
from hearback.aws.directory import UnknownSurvey
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.contact import Covers, Suppression
from hearback.language import Texts, texts
from hearback.survey import Survey, UnreadableSurvey
from hearback.token import Token

_CHOICES: Mapping[Covers, tuple[str, pages.Notice]] = {
    "all": ("stop_all", "unsubscribed"),
    "surveys": ("stop_surveys", "no_surveys"),
    "follow-ups": ("stop_replies", "no_replies"),
    "nothing": ("stop_nothing", "mailed_again"),
}
"""What may stop, by the names of its text on the page and of the page that says it is done."""
_MULTIPART = "multipart/form-data"


def page(request: Request, wiring: Wiring) -> Reply:
    """Ask which mails shall stop. Nothing is preselected, and nothing stored is shown: mails get forwarded."""
    return _asked(request, wiring, _unsubscribing(request, wiring))


def choose(request: Request, wiring: Wiring) -> Reply:
    """Stop what the page's form says, or everything for the one click of a mail program.

    Scanners send forms too, so the form is held against its stamp and its trap. The one click cannot be: a mail
    program sends it without ever having seen the page.
    """
    token = _unsubscribing(request, wiring)
    if _one_click(request):
        return _chosen(request, wiring, token, "all")
    form = request.form()
    if "page" not in form:
        raise Problem("malformed", "Send List-Unsubscribe=One-Click, or the form of the page as it is.")
    covers = next((each for each in _CHOICES if each == form.get("stop")), None)
    mark = mark_of(form, request, wiring)
    if covers is None or mark:
        asked = _asked(request, wiring, token, covers, slip="hasty" if covers else "missed")
        return replace(asked, log={"mark": mark})
    return _chosen(request, wiring, token, covers)


def _one_click(request: Request) -> bool:
    """RFC 8058, 3.2: this key and value and nothing else, as a form or as multipart."""
    if request.header("content-type").lower().startswith(_MULTIPART):
        return _parts(request) == [("List-Unsubscribe", b"One-Click")]
    return request.body().strip() == b"List-Unsubscribe=One-Click"


def _parts(request: Request) -> list[tuple[object, object]]:
    """Name and value of each part of a multipart body (RFC 7578), which is a MIME message without its header."""
    head = f"Content-Type: {request.header('content-type')}\r\n\r\n"
    _, *parts = message_from_bytes(head.encode() + request.body()).walk()
    return [(part.get_param("name", header="content-disposition"), part.get_payload(decode=True)) for part in parts]


def _chosen(request: Request, wiring: Wiring, token: Token, covers: Covers) -> Reply:
    done = wiring.directory.suppress(Suppression(token.subject, "unsubscribe", request.now, covers))
    notice = _CHOICES[covers][1] if done or covers == "all" else "cannot_mail"
    say = _words(request, token).say
    page = _page(
        request,
        wiring,
        token,
        "preferences_saved.html",
        say(f"{notice}_heading"),
        text=say(f"{notice}_text"),
        again=notice != "cannot_mail",
    )
    return replace(page, log={"stopped": covers if done else "all"})


def _asked(
    request: Request, wiring: Wiring, token: Token, chosen: Covers | None = None, *, slip: pages.Slip = ""
) -> Reply:
    say = _words(request, token).say
    return _page(
        request,
        wiring,
        token,
        "preferences.html",
        say("preferences_heading"),
        422 if slip else 200,
        script=scripts("hand"),
        choices={covers: say(name) for covers, (name, _) in _CHOICES.items()},
        chosen=chosen or "",
        slip=slip,
        stamp=stamp_for(request.parameter("token"), request, wiring),
    )


def _page(
    request: Request, wiring: Wiring, token: Token, template: str, heading: str, status: int = 200, **values: Any
) -> Reply:
    """In the brand of the survey whose mail led here: somebody else's name over it would look like a fraud."""
    words, survey = _words(request, token), _survey(wiring, token, request)
    return render(
        template,
        status,
        words.language,
        words,
        survey.brand.colour if survey else PLAIN_COLOUR,
        survey.brand.name if survey else wiring.brand,
        heading,
        logo=survey.brand.logo if survey else "",
        survey=survey.say(survey.title, survey.locale_for(words.language)) if survey else "",
        path=f"/u/{request.parameter('token')}",
        **values,
    )


def _survey(wiring: Wiring, token: Token, request: Request) -> Survey | None:
    """None where the link does not name it or it cannot be had: mails stop all the same."""
    try:
        return wiring.directory.survey(token.survey, request.now) if token.survey else None
    except (UnknownSurvey, UnreadableSurvey, TemporarilyUnavailable):
        return None


def _unsubscribing(request: Request, wiring: Wiring) -> Token:
    """A link to unsubscribe works for ever: its expiry is not looked at."""
    keys = wiring.token_keys.at(request.now)
    return signed.verify(request.parameter("token"), keys, "unsubscribe", answers.WHENEVER)


def _words(request: Request, token: Token) -> Texts:
    return texts("pages", request.language(), token.locale, *request.languages())
