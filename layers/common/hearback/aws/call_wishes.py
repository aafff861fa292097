"""Wishes to be called that wait in DirectoryTable for their tasks."""

from contextlib import suppress
from dataclasses import dataclass

from hearback.aws.dynamodb import ConditionFailed
from hearback.aws.tasks import TaskClosed, Tasks, WishedTooOften
from hearback.call_wish import CallWish
from hearback.task import Callback, Task


@dataclass(frozen=True, slots=True)
class CallWishes:
    tasks: Tasks

    def waiting(self, task: str) -> CallWish | None:
        found = self.tasks.table.get(CallWish.key_item(task))
        return CallWish.from_item(found) if found else None

    def leave(self, task: str, callback: Callback) -> None:
        """Let a wish wait for the task of this id, or give it to the task if that has come meanwhile.

        It is written before the task is looked for, and whoever opens the task looks for it afterwards: so one of the
        two sees the other. Raises WishedTooOften, TaskClosed.
        """
        wish = CallWish(task, callback)
        try:
            self.tasks.table.update(wish.leave_request())
        except ConditionFailed:
            raise WishedTooOften(task) from None
        if self.tasks.get(task):
            self.tasks.call_back(task, callback)
            self._brought(wish)

    def bring(self, task: Task) -> None:
        """Give an open task the wish that waits for it, unless the task knows of a later one."""
        wish = self.waiting(task.id)
        if wish is None:
            return
        if task.callback is None or task.callback.at < wish.callback.at:
            with suppress(TaskClosed, WishedTooOften):  # a moment ago, by somebody who has seen what waits
                self.tasks.call_back(task.id, wish.callback)
        self._brought(wish)

    def _brought(self, wish: CallWish) -> None:
        with suppress(ConditionFailed):
            self.tasks.table.delete(wish.brought_request())
