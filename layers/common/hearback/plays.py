"""Which plays follow a response: a pure choice from the survey's definition."""

from hearback.nps import category
from hearback.response import Response
from hearback.survey import OfferPlay, Play, Survey


def choose(survey: Survey, response: Response) -> list[Play]:
    """The plays that run for this response, in the survey's order."""
    return [play for play in survey.plays if play.when.category == response.category]


def offer(survey: Survey, score: int) -> OfferPlay | None:
    """The next step that the thank-you page offers after this score, if the survey has one: the first."""
    offers = (play for play in survey.plays if isinstance(play, OfferPlay) and play.when.category == category(score))
    return next(offers, None)
