"""Which plays follow a response: a pure choice from the survey's definition."""

from hearback.response import Response
from hearback.survey import Play, Survey


def choose(survey: Survey, response: Response) -> list[Play]:
    """The plays that run for this response, in the survey's order."""
    return [play for play in survey.plays if play.when.category == response.category]
