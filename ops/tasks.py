"""`hearback tasks`: what somebody must do for a customer, until it is closed."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import merge
from secrets import token_hex
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from hearback.aws.secrets import Keys
from hearback.aws.tasks import NotesFull, TaskClosed, Tasks, TaskTaken
from hearback.business_time import Calendar
from hearback.foreign import Skipped
from hearback.recovery import LOOKING_BACK, report
from hearback.rescheduling import NotThen, due_time
from hearback.survey import Survey
from hearback.task import LATEST, MOST_NOTES, NOTE_LENGTH, Closing, Note, Outcome, Task
from hearback.task_link import task_link
from ops import task_report
from ops.deployment import Deployment, chosen
from ops.table import print_table
from ops.task_assigning import assign
from ops.task_case import case_of, closed_already, plain, task_named
from ops.task_owners import left, owner_in_words
from ops.terminal import AsJson, Stop, local_time, out, print_json, say, short_time
from ops.unread_tasks import warn_of_unread

app = typer.Typer(help="What somebody must do for a customer.", no_args_is_help=True)
TaskId = Annotated[str, typer.Argument(metavar="ID", help="As hearback tasks list shows it.", show_default=False)]
By = Annotated[str, typer.Option(metavar="PERSON", help="Who does it: an id of people; left out, the task's owner.")]
_NONE = {
    "unowned": "Every open task has an owner.",
    "overdue": "Nothing is overdue.",
    "all": "There is no task.",
    "open": "No open tasks.",
}
_NOT_THEN: Mapping[str, str] = {
    "past": "that is over",
    "late": f"that is too far ahead; at most {LATEST.days} days: whom nobody calls for longer, nobody calls",
    "skipped": "the clock skips that hour",
}


@app.command("list")
def list_tasks(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="Only those of a survey.")] = "",
    owner: Annotated[str, typer.Option(metavar="PERSON", help="Only those of a person.")] = "",
    unowned: Annotated[bool, typer.Option("--unowned", help="Only those whose owner has left the survey.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose time has passed.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="The closed ones too, last closed last.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open tasks, first due first."""
    deployment = chosen(ctx)
    now, tasks = deployment.now(), _tasks(deployment)
    surveys = {each.id: each for each in deployment.directory.surveys() if survey in ("", each.id)}
    skipped = Skipped()
    found = [*tasks.open(read=skipped.read)]
    if everything:
        found += merge(*(tasks.closed(each, read=skipped.read) for each in surveys), key=_closed_at)
    warn_of_unread(skipped)
    found = [
        task
        for task in found
        if task.survey in surveys
        and owner in ("", task.owner)
        and (task.overdue(now) or not overdue)
        and (left(task, surveys[task.survey]) or not unowned)
    ]
    if as_json:
        print_json([plain(task, surveys[task.survey], now) for task in found])
    elif found:
        print_table(_table(found, surveys, now))
        still_open, late = sum(task.open for task in found), sum(task.overdue(now) for task in found)
        say(f"{still_open:,} open, [red]{late:,} overdue[/]" if late else f"{still_open:,} open, none overdue")
    else:
        say(_NONE[(unowned and "unowned") or (overdue and "overdue") or (everything and "all") or "open"])


def _closed_at(task: Task) -> datetime:
    return task.closing.at if task.closing else task.due_at


def _table(tasks: list[Task], surveys: Mapping[str, Survey], now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("task", "survey", "owner", "due", "where", "state"):
        table.add_column(name, no_wrap=name in ("task", "due"))
    table.add_column("answers", justify="right")
    for task in tasks:
        survey = surveys[task.survey]
        taken = f"{survey.name_of(task.taken_by)} calls" if task.taken_by else "open"
        to_do = "customer erased, to be closed" if task.erased else taken
        state = f"{task.closing.outcome}, {task.closing.root_cause}" if task.closing else to_do
        table.add_row(
            task.id,
            task.survey,
            escape(owner_in_words(task, survey)),
            short_time(task.due_at, survey.zone),
            escape(", ".join((task.dimensions or {}).values())),
            escape(state.removesuffix(", ")),
            str(len(task.responses)),
            style="red" if task.overdue(now) else "" if task.open else "dim",
        )
    return table


@app.command("report")
def report_tasks(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="The survey.", show_default=False)],
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days back.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Say what became of a survey's tasks, and how many of their people came back."""
    deployment = chosen(ctx)
    definition, now, tasks = deployment.survey(survey), deployment.now(), _tasks(deployment)
    first = now - timedelta(days=days)
    skipped = Skipped()
    still_open = [task for task in tasks.open(read=skipped.read) if task.survey == survey]
    closed = tasks.closed(survey, min(first, now - LOOKING_BACK), skipped.read)
    found = report(still_open, closed, first, now)
    warn_of_unread(skipped)
    if as_json:
        print_json(task_report.plain(found))
    else:
        task_report.show(found, definition, days)


@app.command()
def show(ctx: typer.Context, task: TaskId, as_json: AsJson = False) -> None:
    """Show a task: what the customer said, and how to reach them."""
    deployment = chosen(ctx)
    case = case_of(deployment, task_named(deployment, task))
    if as_json:
        print_json(case.plain())
    else:
        case.print()


app.command("assign", no_args_is_help=True)(assign)


@app.command("claim")
def take(ctx: typer.Context, task: TaskId, by: By = "", as_json: AsJson = False) -> None:
    """Say who will call."""
    deployment, found, survey, person = _named(ctx, task, by)
    try:
        taken = _tasks(deployment).take(found, person, deployment.now())
    except TaskClosed:
        raise closed_already(task_named(deployment, task), survey) from None
    except TaskTaken as other:
        raise Stop(f"{survey.name_of(other.by)} has just said that they will call") from None
    _done(taken, deployment, f"{survey.name_of(person)} calls", as_json=as_json)


@app.command()
def note(
    ctx: typer.Context,
    task: TaskId,
    text: Annotated[str, typer.Argument(help=f"At most {NOTE_LENGTH:,} characters.", show_default=False)],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Add a note."""
    deployment, _, survey, person = _named(ctx, task, by)
    try:
        noted = _tasks(deployment).note(task, _note(text, person, deployment.now()))
    except TaskClosed:
        raise closed_already(task_named(deployment, task), survey) from None
    except NotesFull:
        raise Stop(f"task {task} has {MOST_NOTES} notes, which is all it can have") from None
    _done(noted, deployment, "Noted", as_json=as_json)


def time(text: str) -> datetime:
    """Read here, because Typer's own type shows a reader of the help its patterns: <%Y-%m-%dT%H:%M>."""
    for pattern in ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"):
        with suppress(ValueError):
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the scope's, which is not known yet
    raise typer.BadParameter(f"{text!r} does not match a time such as 2026-11-30T14:00.")


@app.command()
def reschedule(
    ctx: typer.Context,
    task: TaskId,
    due: Annotated[
        datetime,
        typer.Argument(
            parser=time,
            help="When, such as 2026-11-30T14:00, in the scope's time zone.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Make a task due at another time."""
    deployment = chosen(ctx)
    found = task_named(deployment, task)
    survey = deployment.survey(found.survey)
    calendar = Calendar.of(survey.scope(found.dimensions or {}), survey.zone)
    try:
        due_at = due_time(due.date(), due.time(), calendar.zone, deployment.now())
        moved = _tasks(deployment).reschedule(task, due_at)
    except NotThen as reason:
        raise Stop(f"{due:%Y-%m-%d %H:%M} in {calendar.zone.key}: {_NOT_THEN[reason.reason]}") from None
    except TaskClosed:
        raise closed_already(task_named(deployment, task), survey) from None
    if not calendar.is_open(due_at):
        say("Nobody is at work then.")
    _done(moved, deployment, f"Due {local_time(due_at, calendar.zone)}", as_json=as_json)


@app.command()
def close(
    ctx: typer.Context,
    task: TaskId,
    outcome: Annotated[Outcome, typer.Option(help="How it ended.", show_default=False)],
    root_cause: Annotated[
        str, typer.Option(metavar="CAUSE", help="What it was about in truth: one of the survey's.", show_default=False)
    ],
    note: Annotated[str, typer.Option(help=f"What to remember of it, at most {NOTE_LENGTH:,} characters.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Close a task."""
    deployment, found, survey, person = _named(ctx, task, by)
    if root_cause not in survey.root_causes:
        raise Stop(f"{root_cause!r} is not one of the survey's root causes: {', '.join(survey.root_causes)}")
    now = deployment.now()
    remembered = _note(note, person, now) if note.strip() else None
    try:
        _tasks(deployment).close(found, Closing(now, person, outcome, root_cause), remembered, survey.ask_again)
    except TaskClosed:
        raise closed_already(task_named(deployment, task), survey) from None
    _done(task_named(deployment, task), deployment, f"Closed {task}: {outcome}", as_json=as_json)


@app.command()
def link(
    ctx: typer.Context,
    task: TaskId,
    to: Annotated[str, typer.Option(metavar="PERSON", help="For whom; left out, the task's owner.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print a fresh link to a task's page. Whoever has it sees the customer's details."""
    deployment, found, _, person = _named(ctx, task, to)
    now = deployment.now()
    keys = Keys(deployment.client("secretsmanager"), deployment.output("TokenSecret")).at(now)
    made = task_link(deployment.output("BaseUrl"), found, person, now, keys)
    if as_json:
        print_json({"task": found.id, "for": person, "link": made})
    else:
        out.print(made, soft_wrap=True, markup=False)


def _tasks(deployment: Deployment) -> Tasks:
    return Tasks(deployment.directory.table)


def _named(ctx: typer.Context, task: str, by: str) -> tuple[Deployment, Task, Survey, str]:
    """The deployment, the task, its survey, and the id of the person who acts. Raises Stop."""
    deployment = chosen(ctx)
    found = task_named(deployment, task)
    survey = deployment.survey(found.survey)
    person = by or found.owner
    if person not in survey.people:
        do = "" if by else f"; give the task to one of them: hearback tasks assign {task} OWNER"
        raise Stop(f"{person!r} is not one of the survey's people: {', '.join(survey.people) or 'none'}{do}")
    return deployment, found, survey, person


def _note(text: str, by: str, now: datetime) -> Note:
    """Raises Stop."""
    if not text.strip():
        raise Stop("the note says nothing")
    if len(text) > NOTE_LENGTH:
        raise Stop(f"the note has {len(text):,} characters; at most {NOTE_LENGTH:,} are kept")
    return Note(token_hex(8), now, by, text.strip())


def _done(task: Task, deployment: Deployment, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(plain(task, deployment.survey(task.survey), deployment.now()))
    else:
        out.print(words, markup=False)
