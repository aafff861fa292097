"""Whether somebody will call about an answer that names nobody, if its person leaves a number."""

from datetime import datetime, timedelta

from hearback import plays
from hearback.play import TaskPlay
from hearback.plays import Situation
from hearback.response import Response
from hearback.survey import Survey

SETTLED = timedelta(hours=1)
"""After an answer was given its task has come, or none will: settling takes 15 minutes at most."""


def will_give_task(survey: Survey, response: Response, now: datetime) -> bool:
    """Whether an answer that names nobody is about to give somebody a task, and no play's delay keeps that back."""
    if response.contact or response.erased or not (response.counted and response.follow_up):
        return False
    situation = Situation(response.score, response.dimensions, bool(response.comment), known=False)
    return now < response.answered_at + SETTLED and any(
        isinstance(play, TaskPlay) and not play.delay for play in plays.choose(survey, situation)
    )
