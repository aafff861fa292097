"""Telling other systems of closed tasks. Pages and commands close them, and have no way to the bus."""

from datetime import datetime

from aws_lambda_powertools import Logger

from followup.setbacks import Setbacks
from hearback.aws.bus import Bus, EventNotTaken
from hearback.aws.tasks import Tasks
from hearback.claim import Claim
from hearback.task import Task

logger = Logger(child=True)


def tell_closings(tasks: Tasks, bus: Bus, now: datetime) -> int:
    """Put an event for each closing that has none yet; how many. What the bus does not take, the next tick puts.

    Raises SomeFailed once all others are told.
    """
    told, setbacks = 0, Setbacks()
    for task_id in tasks.untold_closings(until=now):
        with setbacks.kept_apart(task=task_id):
            task = tasks.get(task_id)
            if task and task.closing:
                try:
                    bus.put("Task Closed", _event_id(task), _told(task), now)
                except EventNotTaken as failure:
                    logger.warning("closing not told; the next tick tries again", extra={"reason": str(failure)})
                    break
                told += 1
            tasks.closing_told(task_id)
    setbacks.raise_any()
    return told


def _event_id(task: Task) -> str:
    """A task that was withdrawn, given again and closed has two closings; it was assigned in between."""
    times = f"/{len(task.assignments)}" if task.assignments else ""
    return Claim(f"task-closed/{task.id}{times}").digest


def _told(task: Task) -> dict[str, object]:
    """Ids, and how it ended; nothing that was written of the person."""
    closing = task.closing
    return {
        "task": task.id,
        "survey": task.survey,
        "owner": task.owner,
        "contact": task.contact,
        "dimensions": dict(task.dimensions or {}),
        "closed_at": closing.at.isoformat() if closing else "",
        "closed_by": closing.by if closing else "",
        "outcome": closing.outcome if closing else "",
        "root_cause": closing.root_cause if closing else "",
        "in_time": task.in_time,
    }
