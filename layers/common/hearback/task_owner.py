"""Whose a task is now: people leave, and the survey that named them is applied without them."""

from hearback.play import TaskPlay
from hearback.survey import Survey
from hearback.task import Task


def owner_now(task: Task, survey: Survey) -> str:
    """Who of the survey's people must see to a task: its owner, or whoever stands in for one who left.

    That is who takes care of such answers now, else who gets the survey's other tasks; "" for nobody.
    """
    if task.owner in survey.people:
        return task.owner
    if scope := survey.scope(task.dimensions or {}):
        return scope.owner
    return next((play.owner for play in survey.plays if isinstance(play, TaskPlay) and play.owner), "")
