"""The pages respondents see. They work without JavaScript; with it, keys choose a score,
answers are saved as they are typed, and a mail link's page sees signs of a person.

A page shows only what the request that asked for it carried: a mail with its link may have been forwarded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collect.asking import asked_after, thanks_for
from collect.look import PLAIN_COLOUR, StyleSheet, scripts, security_policy, style
from collect.reply import Reply
from collect.request import Request
from hearback.judging import TRAP
from hearback.language import Texts, comma, direction, own_name, texts
from hearback.survey import Survey

if TYPE_CHECKING:
    from collect.answers import Opened
    from collect.next_step import Offer

COMMENT_ROOM = 3500
"""Characters a page lets people write. A form sends nine bytes for a Devanagari letter, so this many always
fit the 32 KB a body may have."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a survey's pages have in common: the survey, the link's token, and the language."""

    survey: Survey
    token: str
    locale: str

    @classmethod
    def of(cls, to: "Opened", request: Request) -> "Sheet":
        """For whoever opened this answer's link."""
        return cls(to.survey, request.parameter("token"), to.locale_on_page(request))

    @property
    def words(self) -> Texts:
        return texts("pages", self.locale)


Notice = Literal[
    "unsubscribed",
    "no_surveys",
    "no_replies",
    "mailed_again",
    "cannot_mail",
    "no_survey",
    "nothing_said",
    "closed",
    "expired",
    "broken_link",
    "too_long",
    "refused",
    "busy",
    "too_many",
    "changed_often",
]
"""A page that only tells something, by the name of its texts."""

Slip = Literal["", "missed", "hasty"]
"""Why a page asks again: nothing was chosen, or the form came sooner than a person reads."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a respondent lets us quote, as the form says it."""

    words: str = ""
    named: str = ""
    consent: bool = False


def score_page(sheet: Sheet, chosen: int | None, kept: dict[str, str], stamp: str, *, slip: Slip = "") -> Reply:
    """The score question. `kept` is the query that links to other languages keep, `stamp` a PageStamp."""
    others = [
        {"locale": locale, "name": own_name(locale), "query": urlencode({**kept, "lang": locale})}
        for locale in sheet.survey.locales
        if locale != sheet.locale
    ]
    question = sheet.survey.say(sheet.survey.question, sheet.locale)
    return _survey_page(
        sheet,
        "score.html",
        422 if slip else 200,
        question,
        chosen=chosen,
        others=others,
        slip=slip,
        stamp=stamp,
        script=scripts("hand", "keys") if chosen is None else scripts("hand", "keys", "signals"),
    )


def question_page(
    sheet: Sheet, score: int, number: int, stamp: str, words: str = "", *, saved: bool = False, hasty: str = ""
) -> Reply:
    """What is asked after a score: its `number`th question from 0.

    `hasty` is what was said to this question sooner than a person reads: it is asked once more, with these words.
    `words` are handed on to the last page.
    """
    questions = asked_after(sheet.survey, score, sheet.locale)
    return _survey_page(
        sheet,
        "question.html",
        422 if hasty else 200,
        thanks_for(sheet.survey, score, sheet.locale),
        score=score,
        asked=questions[number],
        number=number,
        count=len(questions),
        saved=saved,
        room=COMMENT_ROOM,
        stamp=stamp,
        carried=words,
        hasty=hasty,
        script=scripts("hand", "saving"),
    )


def done_page(
    sheet: Sheet, score: int, offer: "Offer | None", stamp: str, words: str, *, saved: bool, calls: bool = False
) -> Reply:
    """Thanks, and a next step if there is one. `words` may be quoted, if the respondent wants that.

    `calls`: somebody looks into it, and will call whoever says where.
    """
    shares = offer is not None and offer.kind == "referral"
    return _survey_page(
        sheet,
        "done.html",
        200,
        sheet.words.say("done_heading"),
        score=score,
        saved=saved,
        offer=offer,
        calls=calls,
        phone="",
        when="",
        stamp=stamp,
        quote=Quote(words),
        slip="",
        script=scripts("saving", "sharing") if shares else scripts("hand", "saving"),
    )


def quote_page(sheet: Sheet, quote: Quote, stamp: str, *, slip: Slip = "") -> Reply:
    """May we quote you?"""
    heading, status = sheet.words.say("quote_heading"), 422 if slip else 200
    return _survey_page(
        sheet, "quote.html", status, heading, quote=quote, stamp=stamp, slip=slip, script=scripts("hand")
    )


def quoted_page(sheet: Sheet, quote: Quote | None, stamp: str, *, slip: Slip = "") -> Reply:
    """We may. `quote` is what this very request consented to; None if that was before."""
    heading, status = sheet.words.say("quoted_heading"), 422 if slip else 200
    return _survey_page(
        sheet, "quoted.html", status, heading, quote=quote, stamp=stamp, slip=slip, script=scripts("hand")
    )


def unquoted_page(sheet: Sheet) -> Reply:
    say = sheet.words.say
    return _survey_page(sheet, "notice.html", 200, say("unquoted_heading"), text=say("unquoted_text"))


def call_page(sheet: Sheet, phone: str, when: str, stamp: str, *, slip: Slip = "") -> Reply:
    """Where and when to call: what was said just now, nothing that is stored."""
    heading, status = sheet.words.say("call_heading"), 422 if slip else 200
    return _survey_page(
        sheet, "call.html", status, heading, phone=phone, when=when, stamp=stamp, slip=slip, script=scripts("hand")
    )


def called_page(sheet: Sheet) -> Reply:
    """Somebody will call."""
    say = sheet.words.say
    return _survey_page(sheet, "notice.html", 200, say("called_heading"), text=say("called_text"))


def called_often_page(sheet: Sheet, *, by_mail: bool) -> Reply:
    """Somebody will call, as it was said before. `by_mail`: whoever has a mail of ours can reply to it."""
    say = sheet.words.say
    text = say("called_often_mail_text" if by_mail else "called_often_text")
    return _survey_page(sheet, "notice.html", 200, say("called_often_heading"), text=text)


def uncalled_page(sheet: Sheet, *, by_mail: bool) -> Reply:
    """Nobody is to call any more."""
    say = sheet.words.say
    text = say("uncalled_mail_text" if by_mail else "uncalled_text")
    return _survey_page(sheet, "notice.html", 200, say("uncalled_heading"), text=text)


def answered_page(sheet: Sheet, *, by_mail: bool) -> Reply:
    """For a visit when the answer takes no more changes. `by_mail`: whoever has a mail of ours can reply to it."""
    say = sheet.words.say
    text = say("answered_mail_text" if by_mail else "answered_text")
    return _survey_page(sheet, "notice.html", 200, say("answered_heading"), text=text)


def preferences_page(
    words: Texts, brand: str, token: str, choices: Mapping[str, str], chosen: str, stamp: str, *, slip: Slip = ""
) -> Reply:
    """Which of a company's mails shall stop: `choices` are their names and what people read.

    What was chosen before is not shown.
    """
    return _page(
        "preferences.html",
        422 if slip else 200,
        words.language,
        words,
        PLAIN_COLOUR,
        brand,
        words.say("preferences_heading"),
        path=f"/u/{token}",
        script=scripts("hand"),
        choices=choices,
        chosen=chosen,
        slip=slip,
        stamp=stamp,
    )


def task_page(status: int, survey: Survey, words: Texts, token: str, **values: Any) -> Reply:
    """A task's page, for somebody of the company; `values` are what task.html names."""
    return _page(
        "task.html",
        status,
        words.language,
        words,
        survey.brand.colour,
        survey.brand.name,
        words.say("title"),
        sheet="task",
        logo=survey.brand.logo,
        path=f"/t/{token}",
        script=scripts("hand"),
        **values,
    )


def task_notice(status: int, survey: Survey, words: Texts, heading: str, text: str) -> Reply:
    """What is told of a task where nothing is to be done."""
    brand = survey.brand
    return _page(
        "notice.html",
        status,
        words.language,
        words,
        brand.colour,
        brand.name,
        heading,
        logo=brand.logo,
        text=text,
    )


def notice_page(status: int, notice: Notice, words: Texts, brand: str = "") -> Reply:
    """A page that belongs to no survey."""
    return plain_page(status, words, words.say(f"{notice}_heading"), words.say(f"{notice}_text"), brand)


def plain_page(status: int, words: Texts, heading: str, text: str, brand: str = "") -> Reply:
    return _page("notice.html", status, words.language, words, PLAIN_COLOUR, brand, heading, text=text)


def _survey_page(sheet: Sheet, template: str, status: int, title: str, **values: Any) -> Reply:
    brand = sheet.survey.brand
    return _page(
        template,
        status,
        sheet.locale,
        sheet.words,
        brand.colour,
        brand.name,
        title,
        logo=brand.logo,
        token=sheet.token,
        path=f"/a/{sheet.token}",
        **values,
    )


def _page(
    template: str,
    status: int,
    locale: str,
    words: Texts,
    colour: str,
    brand: str,
    title: str,
    script: str = "",
    logo: str = "",
    sheet: StyleSheet | None = None,
    **values: Any,
) -> Reply:
    html = (
        _templates()
        .get_template(template)
        .render(
            locale=locale,
            direction=direction(locale),
            say=words.say,
            comma=comma(words.language),
            style=style(colour, sheet),
            brand=brand,
            logo=logo,
            title=title,
            script=script,
            trap=TRAP,
            **values,
        )
    )
    headers = {"Content-Security-Policy": security_policy(colour, script, sheet)}
    return Reply(status, html.encode(), "text/html; charset=utf-8", headers)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
