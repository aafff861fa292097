"""The thank-you page: the answer is given, and one next step is offered, or a call to whom nobody could reach."""

from collect import pages
from collect.bodies import QUOTE_LENGTH
from collect.call_offer import will_give_task
from collect.guarded_form import stamp_for
from collect.next_step import offered
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.play import TestimonialPlay
from hearback.response import Response
from hearback.survey import Survey


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
    return words.replace("\r\n", "\n").strip()[:QUOTE_LENGTH] if quotes else ""
