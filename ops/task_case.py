"""A task with all that it is about, for somebody who is about to call the customer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from hearback.amendment import Version, versions_before
from hearback.aws.tasks import Tasks
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.map_order import in_order
from hearback.response import Response
from hearback.survey import Survey
from hearback.survey_answers import answers_in_words
from hearback.task import Assignment, Callback, Task
from ops.deployment import Deployment
from ops.task_owners import left, owner_in_words
from ops.terminal import Stop, local_time, out, say


@dataclass(frozen=True)
class Case:
    task: Task
    survey: Survey
    contact: Contact | None
    responses: list[Response]
    """Newest first."""
    now: datetime

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        contact = self.contact
        return plain(self.task, self.survey, self.now) | {
            "contact": {"name": contact.name, "email": contact.email, "phone": contact.phone} if contact else None,
            "answers": [
                {
                    "response": str(response.id),
                    "score": response.score,
                    "comment": response.comment,
                    "answers": dict(response.answers),
                    "answered_at": response.answered_at.isoformat(),
                    "channel": response.channel,
                    "uncounted": response.excluded,
                    "history": [dict(said) for said in response.history],
                }
                for response in self.responses
            ],
        }

    def print(self) -> None:
        """On stdout, for a person."""
        task, zone = self.task, self.survey.zone
        table = Table(box=None, show_header=False, padding=(0, 2), title=f"Task {task.id}", title_justify="left")
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        table.add_row("customer", escape(self._customer()))
        table.add_row("survey", escape(self.survey.say(self.survey.title, self.survey.locales[0])))
        for name, value in in_order(self.survey.dimensions, task.dimensions or {}):
            table.add_row(name, escape(value))
        mail = f" <{self.survey.people[task.owner].email}>" if task.owner in self.survey.people else ""
        table.add_row("owner", escape(owner_in_words(task, self.survey) + mail))
        for each in task.assignments:
            table.add_row("given", escape(f"{local_time(each.at, zone)}, {self._given(each)}"))
        late = " [red]overdue[/]" if task.overdue(self.now) else ""
        table.add_row("due", local_time(task.due_at, zone) + late)
        if task.taken_at and not task.erased:
            table.add_row("calls", escape(person_in_words(self.survey, task.taken_by)))
        if task.callback:
            table.add_row("call on", escape(self._wish(task.callback)))
        if task.closing:
            table.add_row("closed", escape(closing_in_words(task, self.survey)))
        if task.came_back is not None:
            table.add_row("came back", f"with a {task.came_back}")
        for response in self.responses:
            said = [response.comment, *map(" ".join, answers_in_words(self.survey, response))]
            said += [_in_words_before(each, zone) for each in versions_before(response)]
            said += [f"does not count any more: {response.excluded}"] * bool(response.excluded)
            table.add_row(
                f"answer {response.score}",
                f"{local_time(response.answered_at, zone)}\n" + escape("\n".join(filter(None, said))),
            )
        for note in task.notes:
            about = f"{local_time(note.at, zone)}, {person_in_words(self.survey, note.by)}"
            table.add_row("note", escape(f"{about}\n{note.text}"))
        out.print(table)
        if task.open:
            close = f"hearback tasks close {task.id} --root-cause {next(iter(self.survey.root_causes))} --outcome"
            if task.erased:
                say(f"Please close it: {close} no-action")
            else:
                say(f"When it is done: {close} resolved --note '…'")

    def _given(self, assignment: Assignment) -> str:
        owner, before = self.survey.name_of(assignment.owner), self.survey.name_of(assignment.before)
        return f"to {owner}, from {before}" if owner != before else f"to {owner} again"

    def _wish(self, callback: Callback) -> str:
        when = f": {callback.when}" if callback.when else ""
        return f"{callback.phone}{when} (they asked on {local_time(callback.at, self.survey.zone)})"

    def _customer(self) -> str:
        if self.task.erased:
            return "erased on request: there is nobody to call"
        details = (self.contact.name, self.contact.phone, self.contact.email) if self.contact else ()
        return ", ".join(filter(None, details)) or "not known by name or address"


def case_of(deployment: Deployment, task: Task) -> Case:
    responses = deployment.feedback.responses([FactId.parse(response) for response in sorted(task.responses)])
    return Case(
        task=task,
        survey=deployment.survey(task.survey),
        contact=deployment.directory.contact(task.contact),
        responses=sorted(responses, key=lambda response: response.answered_at, reverse=True),
        now=deployment.now(),
    )


def task_named(deployment: Deployment, task: str) -> Task:
    """Raises Stop."""
    found = Tasks(deployment.directory.table).get(task)
    if found is None:
        raise Stop(f"there is no task {task!r}; list the open ones with: hearback tasks list")
    return found


def closed_already(task: Task, survey: Survey) -> Stop:
    """Why nothing more can be done about it."""
    return Stop(f"task {task.id} was closed already: {closing_in_words(task, survey)}")


def plain(task: Task, survey: Survey, now: datetime) -> dict[str, Any]:
    """A task as JSON has it."""
    closing, callback = task.closing, task.callback
    return {
        "task": task.id,
        "survey": task.survey,
        "owner": task.owner,
        "owner_left": left(task, survey),
        "created_at": task.created_at.isoformat(),
        "due_at": task.due_at.isoformat(),
        "overdue": task.overdue(now),
        "responses": sorted(task.responses),
        "dimensions": dict(task.dimensions or {}),
        "taken_by": task.taken_by,
        "callback": (
            {"phone": callback.phone, "when": callback.when, "at": callback.at.isoformat()} if callback else None
        ),
        "assignments": [each.to_item() for each in task.assignments],
        "notes": [{"at": note.at.isoformat(), "by": note.by, "text": note.text} for note in task.notes],
        "closed_at": closing.at.isoformat() if closing else None,
        "closed_by": closing.by if closing else "",
        "outcome": closing.outcome if closing else "",
        "root_cause": closing.root_cause if closing else "",
        "came_back": task.came_back,
        "erased": task.erased,
    }


def person_in_words(survey: Survey, person: str) -> str:
    found = survey.people.get(person)
    return f"{found.name} <{found.email}>" if found else person


def _in_words_before(version: Version, zone: ZoneInfo) -> str:
    comment = f": {version.comment}" if version.comment else ""
    return f"until {local_time(version.until, zone)} it was a {version.score}{comment}"


def closing_in_words(task: Task, survey: Survey) -> str:
    """How it ended; "" for an open task."""
    closing = task.closing
    if closing is None:
        return ""
    at = local_time(closing.at, survey.zone)
    if task.withdrawn:
        return f"withdrawn, {at}: none of its answers counts any more"
    return f"{closing.outcome} ({survey.cause(closing.root_cause)}), {at}, {survey.name_of(closing.by)}"
