"""The link to a task's page, which shows a customer's details to whoever holds it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hearback.task import LATEST, Task
from hearback.token import Token, sign

KEPT: timedelta = LATEST
"""How long it works after the task is due: a task that is rescheduled on its last day, as far as can be, can still be
closed by it. Reminders bring a new one."""


def task_link(base_url: str, task: Task, holder: str, now: datetime, keys: Mapping[str, str]) -> str:
    """Of one task, for one of the survey's people, in whose name it acts."""
    token = Token("task", task.id, max(now, task.due_at) + KEPT, holder=holder)
    return f"{base_url}/t/{sign(token, keys)}"
