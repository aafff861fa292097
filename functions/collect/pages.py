"""The pages respondents see. They work without JavaScript; with it, keys choose a score,
answers are saved as they are typed, and a mail link's page sees signs of a person.

A page shows only what the request that asked for it carried: a mail with its link may have been forwarded.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from collect.asking import asked_after, thanks_for
from collect.bodies import QUOTE_LENGTH
from collect.look import PLAIN_COLOUR, scripts
from collect.rendering import render
from collect.reply import Reply
from collect.request import Request
from hearback.language import Texts, own_names, texts
from hearback.survey import Survey

if TYPE_CHECKING:
    from collect.answers import Opened
    from collect.next_step import Offer


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

Slip = Literal["", "missed", "over", "hasty"]
"""Why a page asks again: nothing was chosen, words are too long, or the form came sooner than a person reads."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a respondent lets us quote, as the form says it."""

    words: str = ""
    named: str = ""
    consent: bool = False

    @property
    def over(self) -> int:
        """Characters that the words have too many."""
        return max(0, len(self.words) - QUOTE_LENGTH)


def score_page(sheet: Sheet, chosen: int | None, kept: dict[str, str], stamp: str, *, slip: Slip = "") -> Reply:
    """The score question. `kept` is the query that links to other languages keep, `stamp` a PageStamp."""
    others = [
        {"locale": locale, "name": name, "query": urlencode({**kept, "lang": locale})}
        for locale, name in own_names(sheet.survey.locales).items()
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
    sheet: Sheet,
    score: int,
    number: int,
    stamp: str,
    words: str = "",
    *,
    saved: bool = False,
    outdated: bool = False,
    again: str = "",
    over: int = 0,
) -> Reply:
    """What is asked after a score: its `number`th question from 0.

    `again` is what was said to this question in vain: it is asked once more, with these words, because they came
    sooner than a person reads or are too long, `over` by so many characters. `outdated`: another score than `score`
    stands by now. `words` are handed on to the last page.
    """
    questions = asked_after(sheet.survey, score, sheet.locale)
    return _survey_page(
        sheet,
        "question.html",
        422 if again else 200,
        thanks_for(sheet.survey, score, sheet.locale),
        score=score,
        asked=questions[number],
        number=number,
        count=len(questions),
        saved=saved,
        outdated=outdated,
        stamp=stamp,
        carried=words,
        again=again,
        over=over,
        script=scripts("hand", "saving"),
    )


def done_page(
    sheet: Sheet,
    score: int,
    offer: "Offer | None",
    stamp: str,
    words: str,
    *,
    saved: bool,
    outdated: bool = False,
    calls: bool = False,
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
        outdated=outdated,
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


def called_page(sheet: Sheet, phone: str, when: str) -> Reply:
    """Somebody will call: where and when, as this very request said it, for whoever sees that they mistyped."""
    return _survey_page(sheet, "called.html", 200, sheet.words.say("called_heading"), phone=phone, when=when)


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


def notice_page(status: int, notice: Notice, words: Texts) -> Reply:
    """A page that belongs to no survey."""
    return plain_page(status, words, words.say(f"{notice}_heading"), words.say(f"{notice}_text"))


def plain_page(status: int, words: Texts, heading: str, text: str) -> Reply:
    return render("notice.html", status, words.language, words, PLAIN_COLOUR, "", heading, text=text)


def _survey_page(sheet: Sheet, template: str, status: int, title: str, **values: Any) -> Reply:
    brand = sheet.survey.brand
    return render(
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
