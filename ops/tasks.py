"""`hearback tasks`: what somebody must do for a customer, until it is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from hearback.aws.directory import TaskClosed
from hearback.contact import Contact
from hearback.fact import RESPONSE, FactId
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import DUE_KIND, ERASED, Outcome, Task
from ops.deployment import Deployment, chosen
from ops.terminal import AsJson, Stop, local_time, out, print_json, say, short_time

app = typer.Typer(help="What somebody must do for a customer.", no_args_is_help=True)
TaskId = Annotated[str, typer.Argument(metavar="ID", help="As hearback tasks list shows it.", show_default=False)]


@app.command("list")
def list_tasks(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="Only those of a survey.")] = "",
    owner: Annotated[str, typer.Option(metavar="PERSON", help="Only those of a person.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose time has passed.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open tasks, first due first."""
    deployment = chosen(ctx)
    now = deployment.now()
    found = [
        task
        for task in map(Task.from_item, deployment.directory.due(DUE_KIND))
        if survey in ("", task.survey) and owner in ("", task.owner) and (task.overdue(now) or not overdue)
    ]
    if as_json:
        print_json([_plain(task, now) for task in found])
    elif found:
        surveys = {each.id: each for each in deployment.directory.surveys()}
        out.print(_table(found, surveys, now))
        late = sum(task.overdue(now) for task in found)
        say(f"{len(found):,} open, [red]{late:,} overdue[/]" if late else f"{len(found):,} open, none overdue")
    else:
        say("No open tasks." if not overdue else "Nothing is overdue.")


def _table(tasks: list[Task], surveys: Mapping[str, Survey], now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("task", "survey", "owner", "due", "where"):
        table.add_column(name, no_wrap=name in ("task", "due"))
    table.add_column("answers", justify="right")
    for task in tasks:
        survey = surveys[task.survey]
        owner = survey.people.get(task.owner)
        table.add_row(
            task.id,
            task.survey,
            escape(owner.name if owner else task.owner),
            short_time(task.due_at, survey.zone),
            escape(", ".join((task.dimensions or {}).values())),
            str(len(task.responses)),
            style="red" if task.overdue(now) else "",
        )
    return table


@app.command()
def show(ctx: typer.Context, task: TaskId, as_json: AsJson = False) -> None:
    """Show a task: what the customer said, and how to reach them."""
    deployment = chosen(ctx)
    case = _case(deployment, task)
    if as_json:
        print_json(case.plain())
    else:
        case.print()


@app.command()
def close(
    ctx: typer.Context,
    task: TaskId,
    outcome: Annotated[Outcome, typer.Option(help="How it ended.", show_default=False)],
    note: Annotated[str, typer.Option(help="What to remember of it, at most 1,000 characters.")] = "",
    as_json: AsJson = False,
) -> None:
    """Close a task."""
    if len(note) > 1000:
        raise Stop(f"the note has {len(note):,} characters; at most 1,000 are kept")
    deployment = chosen(ctx)
    found = _task(deployment, task)
    now = deployment.now()
    try:
        deployment.directory.close_task(found, outcome, note, now)
    except TaskClosed:
        ended = _task(deployment, task)
        at = ended.closed_at or now
        raise Stop(f"task {task} was closed already: {ended.outcome}, {at:%Y-%m-%d %H:%M} UTC") from None
    if as_json:
        print_json(_plain(_task(deployment, task), now))
    else:
        out.print(f"Closed {task}: {outcome}")


@dataclass(frozen=True)
class Case:
    """A task with what it is about."""

    task: Task
    survey: Survey
    contact: Contact | None
    responses: list[Response]
    """Newest first."""
    now: datetime

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        contact = self.contact
        return _plain(self.task, self.now) | {
            "contact": {"name": contact.name, "email": contact.email, "phone": contact.phone} if contact else None,
            "answers": [
                {
                    "response": str(response.id),
                    "score": response.score,
                    "comment": response.comment,
                    "answers": dict(response.answers),
                    "answered_at": response.answered_at.isoformat(),
                    "channel": response.channel,
                }
                for response in self.responses
            ],
        }

    def print(self) -> None:
        """On stdout, for a person who is about to call the customer."""
        task, zone = self.task, self.survey.zone
        owner = self.survey.people.get(task.owner)
        reach = (
            [detail for detail in (self.contact.name, self.contact.phone, self.contact.email) if detail]
            if self.contact
            else []
        )
        table = Table(box=None, show_header=False, padding=(0, 2), title=f"Task {task.id}", title_justify="left")
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        nobody = ERASED if task.note == ERASED else "not known by name or address"
        table.add_row("customer", escape(", ".join(reach)) or nobody)
        table.add_row("survey", escape(self.survey.say(self.survey.title, self.survey.locales[0])))
        for name, value in (task.dimensions or {}).items():
            table.add_row(name, escape(value))
        table.add_row("owner", escape(f"{owner.name} <{owner.email}>" if owner else task.owner))
        late = " [red]overdue[/]" if task.overdue(self.now) else ""
        table.add_row("due", local_time(task.due_at, zone) + late)
        if task.closed_at:
            table.add_row("closed", escape(f"{local_time(task.closed_at, zone)}: {task.outcome}. {task.note}"))
        for response in self.responses:
            said = [response.comment, *(f"{name}: {answer}" for name, answer in response.answers.items())]
            table.add_row(
                f"answer {response.score}",
                f"{local_time(response.answered_at, zone)}\n" + escape("\n".join(filter(None, said))),
            )
        out.print(table)
        if task.open:
            say(f"When it is done: hearback tasks close {task.id} --outcome resolved --note '…'")


def _task(deployment: Deployment, task: str) -> Task:
    found = deployment.directory.task(task)
    if found is None:
        raise Stop(f"there is no task {task!r}; list the open ones with: hearback tasks list")
    return found


def _case(deployment: Deployment, task: str) -> Case:
    found = _task(deployment, task)
    keys = [FactId.parse(response).key(RESPONSE) for response in sorted(found.responses)]
    responses = [Response.from_item(item) for item in deployment.feedback.table.get_many(keys)]
    return Case(
        task=found,
        survey=deployment.survey(found.survey),
        contact=deployment.directory.contact(found.contact),
        responses=sorted(responses, key=lambda response: response.answered_at, reverse=True),
        now=deployment.now(),
    )


def _plain(task: Task, now: datetime) -> dict[str, Any]:
    return {
        "task": task.id,
        "survey": task.survey,
        "owner": task.owner,
        "created_at": task.created_at.isoformat(),
        "due_at": task.due_at.isoformat(),
        "overdue": task.overdue(now),
        "responses": sorted(task.responses),
        "dimensions": dict(task.dimensions or {}),
        "closed_at": task.closed_at.isoformat() if task.closed_at else None,
        "outcome": task.outcome,
        "note": task.note,
    }
