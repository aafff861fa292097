"""Tasks in DirectoryTable."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from hearback.aws.dynamodb import ConditionFailed, Conflicted, Item, Table, TransactionFailed
from hearback.response import Response
from hearback.task import DUE_KIND, Callback, Closing, Note, Task
from hearback.task_assignment import (
    NOTICE_KIND,
    assign_requests,
    noticed_request,
    open_requests,
    reopen_requests,
)
from hearback.task_changes import (
    came_back_request,
    note_request,
    reschedule_request,
    take_request,
    told_request,
)
from hearback.task_closing import (
    ASK_AGAIN_KIND,
    CLOSING_KIND,
    ask_again_key,
    close_requests,
    closed_in,
    closing_key,
    withdraw_requests,
)
from hearback.task_news import (
    NEWS_KIND,
    call_back_requests,
    changed_request,
    is_told,
    join_requests,
    news_key,
    news_later_request,
    news_told_request,
)

_CONFLICT_PAUSES = (0.05, 0.2)
"""Seconds to wait before the second and the third try: a transaction takes tens of milliseconds."""
Read = Callable[[Callable[[Mapping[str, Any]], Task], Iterable[Mapping[str, Any]]], Iterator[Task]]
"""How tasks are made of items: by `map`, or by what goes on after one that cannot be read."""


class TaskClosed(LookupError):
    """The task is closed already, or there is none."""


class TaskTaken(Exception):
    """Somebody else has said meanwhile that they will call. `by`: an id among the survey's people."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class TaskMoved(Exception):
    """Somebody has assigned the task meanwhile. `owner`: an id among the survey's people."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


class NotesFull(Exception):
    """The task has as many notes as it can have."""


class WishedTooOften(Exception):
    """The task's person has said as often as they can how they want to be called."""


class Tasks:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, task: str) -> Task | None:
        found = self.table.get(Task.key_item(task))
        return Task.from_item(found) if found else None

    def open_of(self, contact: str) -> Task | None:
        """The one task that a contact has open."""
        pointer = self.table.get(Task.open_key(contact)) if contact else None
        return self.get(pointer["task"]) if pointer else None

    def open_about(self, response: str, contact: str) -> Task | None:
        """The open task that an answer of a contact ("" for nobody known) is among the reasons of."""
        task = self.open_of(contact) if contact else self.get(Task.id_for(response))
        return task if task and task.open and response in task.responses else None

    def open(self, until: datetime | None = None, read: Read = map) -> Iterator[Task]:
        """The open tasks, first due first; with `until`, those due by then. Eventually consistent."""
        return read(Task.from_item, self._listed(DUE_KIND, until=until))

    def closed(self, survey: str, since: datetime | None = None, read: Read = map) -> Iterator[Task]:
        """The closed tasks of a survey, by their closing; with `since`, those closed from then on.

        Eventually consistent.
        """
        return read(Task.from_item, self._listed(Task.closed_kind(survey), since=since))

    def to_ask_again(self, until: datetime) -> Iterator[str]:
        """Ids of the tasks whose people are to be asked again by then."""
        return (Task.id_of(item) for item in self._listed(ASK_AGAIN_KIND, until=until))

    def asked_again(self, task: str) -> None:
        """Whether to ask again is settled."""
        self.table.delete({"Key": ask_again_key(task)})

    def untold_closings(self, until: datetime) -> Iterator[str]:
        """Ids of the closed tasks that the bus has not been told of."""
        return (Task.id_of(item) for item in self._listed(CLOSING_KIND, until=until))

    def closing_told(self, task: str) -> None:
        self.table.delete({"Key": closing_key(task)})

    def unnoticed(self, until: datetime) -> Iterator[str]:
        """Ids of the tasks whose owners were to be told by then, and may not have been."""
        return (Task.id_of(item) for item in self._listed(NOTICE_KIND, until=until))

    def noticed(self, task: Task) -> None:
        """Whose it is knows, or is sure to hear; `task` as it was read: a later assignment is told for itself."""
        with suppress(ConditionFailed):
            self.table.delete(noticed_request(task))

    def untold_news(self, until: datetime) -> Iterator[str]:
        """Ids of the tasks whose owners were to hear what is new by then, and may not have."""
        return (Task.id_of(item) for item in self._listed(NEWS_KIND, until=until))

    def news_told(self, task: Task, responses: Sequence[Response] = ()) -> None:
        """Whose it is knows what is new, or need not; all as it was read: what is newer is told for itself."""
        if of := self._news(task, responses):
            with suppress(ConditionFailed):
                self.table.delete(news_told_request(task.id, of))

    def tell_news_later(self, task: Task, responses: Sequence[Response], due_at: datetime) -> None:
        """Whose it is hears later what is new; all as it was read."""
        if of := self._news(task, responses):
            with suppress(ConditionFailed):
                self.table.update(news_later_request(task.id, of, due_at))

    def changed(self, task: str, response: Response, now: datetime) -> None:
        """Whose it is is to hear that an answer was changed."""
        with suppress(ConditionFailed):
            self.table.put(changed_request(task, response, now))

    def _news(self, task: Task, responses: Sequence[Response]) -> str:
        """What is new of the task and waits to be told; "" if nothing does that it held when it was read."""
        found = self.table.get(news_key(task.id))
        over = task.erased or not task.open
        return str(found["of"]) if found and (over or is_told(found["of"], task, responses)) else ""

    def open_or_join(self, task: Task, response: str) -> Task:
        """Open the task, or join the response to the one that its contact has open; return what stands then."""
        while True:
            if self._wrote(open_requests(task)):
                return task
            if made := self.get(task.id):  # by an earlier delivery of the same message
                return made
            pointer = self.table.get(Task.open_key(task.contact))
            if pointer is None:  # closed in between
                continue
            if self._join(pointer["task"], response, task.created_at) and (joined := self.get(pointer["task"])):
                return joined

    def take(self, task: Task, by: str, now: datetime) -> Task:
        """Say who will call. `task` as it was read: who has said so since is not overruled.

        Raises TaskClosed, TaskTaken.
        """
        try:
            return Task.from_item(self.table.update(take_request(task, by, now)))
        except ConditionFailed as failure:
            stands = _still_open(failure, task.id)
            raise TaskTaken(stands.taken_by) from None

    def assign(self, task: Task, owner: str, now: datetime) -> None:
        """Give the task to `owner`. `task` as it was read: who has assigned it since is not overruled.

        Raises TaskClosed, TaskMoved.
        """
        if not self._wrote(assign_requests(task, owner, now)):
            raise TaskMoved(self._found_open(task.id).owner)

    def note(self, task: str, note: Note) -> Task:
        """Add a note; one that is there already is not added again. Raises TaskClosed, NotesFull."""
        try:
            return Task.from_item(self.table.update(note_request(task, note)))
        except ConditionFailed as failure:
            stands = _still_open(failure, task)
            if any(each.id == note.id for each in stands.notes):
                return stands
            raise NotesFull(task) from None

    def _join(self, task: str, response: str, now: datetime) -> bool:
        """Add a further answer; False if the task was closed in between."""
        return self._wrote(join_requests(task, response, now))

    def call_back(self, task: str, callback: Callback) -> None:
        """Write down how the task's person wants to be called. Raises TaskClosed, WishedTooOften."""
        if not self._wrote(call_back_requests(task, callback)):
            raise WishedTooOften(self._found_open(task).id)

    def reschedule(self, task: str, due_at: datetime) -> Task:
        """Raises TaskClosed."""
        try:
            return Task.from_item(self.table.update(reschedule_request(task, due_at)))
        except ConditionFailed:
            raise TaskClosed(task) from None

    def close(self, task: Task, closing: Closing, note: Note | None, ask_again: timedelta) -> None:
        """Close it, all of it or nothing. Raises TaskClosed."""
        while not self._wrote(close_requests(task, closing, note, ask_again)):
            task = self._found_open(task.id)  # its person was erased in between

    def withdraw(self, task: Task, now: datetime) -> bool:
        """End it because its reason has; False if somebody has touched it, or an answer joined since it was read."""
        return self._wrote(withdraw_requests(task, now))

    def reopen(self, task: Task, owner: str, due_at: datetime, now: datetime, response: str) -> None:
        """Open a withdrawn task again, or join the response to the one that its contact has open by now."""
        while True:
            if self._wrote(reopen_requests(task, owner, due_at, now)):
                return
            stands = self.get(task.id)
            if stands is None or not stands.withdrawn:  # an earlier delivery of the same message was here
                return
            if (other := self.open_of(stands.contact)) and self._join(other.id, response, now):
                return
            task = stands

    def told(self, task: Task, told: int) -> bool:
        """Remember how many know that it is overdue; False if it was closed or rescheduled meanwhile."""
        try:
            self.table.update(told_request(task, told))
        except ConditionFailed:
            return False
        return True

    def came_back(self, response: Response) -> None:
        """Write down an answer at the tasks of its person that were closed before it; once, however often it comes."""
        pointer = self.table.get(Task.closed_key(response.contact)) if response.contact else None
        for task in closed_in(pointer):
            with suppress(ConditionFailed):  # closed after it, or known there
                self.table.update(came_back_request(task, response))

    def _wrote(self, requests: Sequence[Mapping[str, Any]]) -> bool:
        """Write all of it, or nothing because a condition does not hold.

        Whoever clicks twice, or a worker beside them, writes the same items at once: that is tried again.
        """
        for pause in _CONFLICT_PAUSES:
            with suppress(Conflicted):
                return self._wrote_once(requests)
            sleep(pause)
        return self._wrote_once(requests)

    def _wrote_once(self, requests: Sequence[Mapping[str, Any]]) -> bool:
        try:
            self.table.transact(requests)
        except TransactionFailed:
            return False
        return True

    def _found_open(self, task: str) -> Task:
        """Raises TaskClosed."""
        stands = self.get(task)
        if stands is None or not stands.open:
            raise TaskClosed(task)
        return stands

    def _listed(self, kind: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Item]:
        bounds = {":since": (">=", since), ":until": ("<=", until)}
        given = {name: (sign, at) for name, (sign, at) in bounds.items() if at}
        values: Mapping[str, Any] = {name: at.isoformat(timespec="seconds") for name, (_, at) in given.items()}
        return self.table.query(
            {
                "IndexName": "by_due",
                "KeyConditionExpression": " AND ".join(
                    ["due_kind = :kind", *(f"due_at {sign} {name}" for name, (sign, _) in given.items())]
                ),
                "ExpressionAttributeValues": {":kind": kind, **values},
            }
        )


def _still_open(failure: ConditionFailed, task: str) -> Task:
    """The task that a condition found. Raises TaskClosed."""
    stands = Task.from_item(failure.item) if failure.item else None
    if stands is None or not stands.open:
        raise TaskClosed(task) from None
    return stands
