"""The thank-you page: the answer is given, and one next step is offered, or a call to whom nobody could reach."""

import re

from collect import pages
from collect.bodies import QUOTE_LENGTH, tidy
from collect.call_offer import will_give_task
from collect.guarded_form import stamp_for
from collect.next_step import offered
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.play import TestimonialPlay
from hearback.response import Response
from hearback.survey import Survey
from hearback.testimonial import MORE

_SENTENCES = re.compile(r".*(?:[.!?\N{DEVANAGARI DANDA}\N{ARABIC QUESTION MARK}](?=\s)|\n)", re.DOTALL)
_WORDS = re.compile(r".*(?=\s)", re.DOTALL)


def thank_you(
    request: Request,
    wiring: Wiring,
    sheet: pages.Sheet,
    score: int,
    response: Response | None,
    words: str,
    *,
    saved: bool,
) -> Reply:
    """The page after the last question. `words` are those of the comment that this very request brought."""
    calls = response is not None and will_give_task(sheet.survey, response, request.now)
    offer = None if calls else offered(request, wiring, sheet.survey, response, sheet.locale)
    stamp = stamp_for(sheet.token, request, wiring, score)
    outdated = response is not None and response.score != score
    return pages.done_page(sheet, score, offer, stamp, words, saved=saved, outdated=outdated, calls=calls)


def carried(survey: Survey, words: str) -> str:
    """What the pages hand on of a comment from its question to the last page, where its writer may let it be quoted.

    Stored words are never shown to whoever has a link; these were sent by the one who sees them.
    """
    quotes = any(isinstance(play, TestimonialPlay) for play in survey.plays)
    return _beginning(tidy(words)) if quotes else ""


def _beginning(words: str) -> str:
    """As much of a comment as may be quoted: its first sentences or words, and a sign that there are more."""
    if len(words) <= QUOTE_LENGTH:
        return words
    room = words[: QUOTE_LENGTH - len(MORE)]
    found = _SENTENCES.match(room) or _WORDS.match(room)
    return (found[0] if found else room).rstrip() + MORE
