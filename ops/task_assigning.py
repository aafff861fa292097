"""`hearback tasks assign`: give a task to somebody else, or every open one of somebody who left."""

from collections.abc import Mapping
from typing import Annotated

import typer

from hearback.aws.tasks import TaskClosed, TaskMoved, Tasks
from hearback.foreign import Skipped
from hearback.survey import Survey
from hearback.task import Task
from ops.deployment import Deployment, chosen
from ops.task_case import closed_already, plain, task_named
from ops.task_owners import person_named
from ops.terminal import AsJson, Stop, out, print_json, say
from ops.unread_tasks import warn_of_unread

_USAGE = (
    "say which task and whose it shall be: hearback tasks assign ID OWNER; "
    "or every open task of one person: hearback tasks assign --all-of OLD_OWNER OWNER"
)


def assign(
    ctx: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(metavar="[ID] OWNER", help="Whose it shall be: an id of people, or their address."),
    ],
    all_of: Annotated[
        str, typer.Option(metavar="OLD_OWNER", help="Every open task of theirs; they may have left the survey.")
    ] = "",
    survey: Annotated[str, typer.Option(metavar="ID", help="With --all-of, only those of a survey.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give a task to somebody else. They are mailed as the owner of a new task is."""
    if len(names) != (1 if all_of else 2) or (survey and not all_of):
        raise Stop(_USAGE)
    deployment = chosen(ctx)
    if all_of:
        found = _all_of(deployment, all_of, names[0], survey)
        words = f"{len(found):,} task{'s' * (len(found) != 1)} of {all_of}"
    else:
        found = [_one(deployment, *names)]
        words = f"Task {found[0].id}"
    surveys = {task.survey: deployment.survey(task.survey) for task in found}
    if as_json:
        print_json([plain(task, surveys[task.survey], deployment.now()) for task in found])
    elif found:
        owners = sorted({surveys[task.survey].name_of(task.owner) for task in found})
        out.print(f"{words} → {', '.join(owners)}, whom the next tick tells", markup=False, soft_wrap=True)


def _one(deployment: Deployment, task_id: str, name: str) -> Task:
    """The task as it is when it is theirs. Raises Stop."""
    task = task_named(deployment, task_id)
    survey = deployment.survey(task.survey)
    owner = person_named(survey, name)
    if not task.open:
        raise closed_already(task, survey)
    if task.owner == owner:
        raise Stop(f"{survey.name_of(owner)} has task {task.id} already")
    tasks = Tasks(deployment.directory.table)
    try:
        tasks.assign(task, owner, deployment.now())
    except TaskClosed:
        raise closed_already(task_named(deployment, task_id), survey) from None
    except TaskMoved as other:
        raise Stop(f"{survey.name_of(other.owner)} has just been given it; run the same command again") from None
    return task_named(deployment, task_id)


def _all_of(deployment: Deployment, old: str, name: str, survey: str) -> list[Task]:
    """Their open tasks as they are when they are somebody else's. Raises Stop, before anything is done."""
    surveys = {each.id: each for each in deployment.directory.surveys()}
    if survey:
        surveys = {survey: deployment.survey(survey)}
    tasks = Tasks(deployment.directory.table)
    skipped = Skipped()
    still_open = [task for task in tasks.open(read=skipped.read) if task.survey in surveys]
    warn_of_unread(skipped)
    theirs = [task for task in still_open if _is(old, task, surveys)]
    if not theirs:
        known = ", ".join(sorted({task.owner for task in still_open})) or "nobody: there is none"
        raise Stop(f"no open task is owned by {old!r}; they are owned by {known}")
    owners = {each: person_named(surveys[each], name) for each in {task.survey for task in theirs}}
    if all(task.owner == owners[task.survey] for task in theirs):
        raise Stop(f"{old!r} and {name!r} are the same person")
    assigned = []
    for task in theirs:
        try:
            tasks.assign(task, owners[task.survey], deployment.now())
        except (TaskClosed, TaskMoved):
            say(f"Task {task.id} has just been closed or given to somebody else")
        else:
            assigned.append(task_named(deployment, task.id))
    return assigned


def _is(old: str, task: Task, surveys: Mapping[str, Survey]) -> bool:
    """Whether a task is owned by who is meant: an id, or the address of somebody who is still there."""
    owner = surveys[task.survey].people.get(task.owner)
    return task.owner == old or (owner is not None and owner.email.lower() == old.lower())
