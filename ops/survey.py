"""`hearback survey`: apply definitions, list and show what is applied."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich import box
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from hearback.aws.directory import Directory
from hearback.aws.tasks import Tasks
from hearback.definition import WEEKDAYS
from hearback.fact import LEAST_SHARDS
from hearback.foreign import Skipped
from hearback.subscription import Subscription
from hearback.subscription_rule import SubscriptionRule
from hearback.survey import Survey
from ops.deployment import Deployment, chosen
from ops.survey_changes import changes
from ops.survey_delays import late_mails
from ops.survey_file import BadSurveys, read_surveys
from ops.survey_languages import gaps
from ops.table import print_table
from ops.task_owners import orphans
from ops.terminal import AsJson, Stop, complain, err, local_time, out, print_json, say, warn
from ops.unread_tasks import warn_of_unread

INVALID = 2
"""Exit code: nothing was applied."""

app = typer.Typer(help="Apply survey files; list and show surveys.", no_args_is_help=True)


@app.command()
def apply(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Survey definitions in YAML.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Apply survey files. Nothing is applied unless all of them are valid."""
    try:
        surveys = read_surveys(files)
    except BadSurveys as bad:
        if as_json:
            fields = ("file", "line", "path", "problem")
            print_json({"mistakes": [{name: getattr(each, name) for name in fields} for each in bad.mistakes]})
        else:
            for mistake in bad.mistakes:
                err.print(str(mistake), markup=False, soft_wrap=True)
        complain("nothing was applied")
        raise typer.Exit(INVALID) from bad
    deployment = chosen(ctx)
    _refuse_shrinking(deployment, surveys)
    applied = {survey.id: apply_survey(deployment, survey) for survey in surveys}
    for each in surveys:
        for doubt in (*gaps(each), *late_mails(each)):
            warn(f"{each.id}: {doubt}")
    skipped = Skipped()
    still_open = Tasks(deployment.directory.table).open(read=skipped.read)
    for left_behind, do in orphans(still_open, {each.id: each for each in surveys}):
        warn(f"{left_behind}; {do}")
    warn_of_unread(skipped)
    if as_json:
        print_json(applied)
        return
    for survey, changed in applied.items():
        out.print(f"[bold]{survey}[/] {'applied' if changed else 'unchanged'}")
        for line in changed:
            out.print(f"  {line}", markup=False, soft_wrap=True)


def _refuse_shrinking(deployment: Deployment, surveys: Sequence[Survey]) -> None:
    before = _definitions(deployment.directory)
    for survey in surveys:
        in_use = before.get(survey.id, {}).get("shards", LEAST_SHARDS)
        if survey.shards < in_use:
            raise Stop(
                f"shards of {survey.id!r} can grow but not shrink: {in_use} are in use, and answers in the "
                f"last ones would not be found. Give at least {in_use}. Nothing was applied."
            )


def apply_survey(deployment: Deployment, survey: Survey) -> list[str]:
    """Store a survey and its subscriptions; say, line by line, what that changed."""
    directory, now = deployment.directory, deployment.now()
    stored = {each.id: each for each in directory.subscriptions(survey.id)}
    lines = changes(_definitions(directory).get(survey.id), survey)
    if lines:
        directory.put_survey(survey, now)
    for rule in survey.subscriptions:
        wanted, old = _subscription(survey, rule, now), stored.pop(rule.id, None)
        if old and old.scope == wanted.scope:
            wanted = replace(wanted, since=old.since)
        if old and old.schedule == wanted.schedule:
            wanted = replace(wanted, due_at=old.due_at)
        else:
            lines.append(f"next digest {rule.id}: {local_time(wanted.due_at, wanted.zone)}, to {wanted.email}")
        if wanted != old:
            directory.put_subscription(wanted)
    for gone in stored.values():
        directory.delete_subscription(gone)
    return lines


def _definitions(directory: Directory) -> dict[str, dict[str, Any]]:
    """What is applied, by survey, as plain values: one that another version applied may not be readable as a survey,
    and must be mended all the same."""
    return {str(item["sk"]): json.loads(item["definition"]) for item in directory.survey_items()}


def _subscription(survey: Survey, rule: SubscriptionRule, now: datetime) -> Subscription:
    person = survey.people[rule.to]
    subscription = Subscription(
        survey=survey.id,
        id=rule.id,
        name=person.name,
        email=person.email,
        scope=rule.scope,
        weekday=WEEKDAYS.index(rule.weekday),
        hour=rule.hour,
        time_zone=rule.time_zone or survey.time_zone,
        due_at=now,
        every=rule.every,
        day=rule.day,
        since=now,
    )
    return replace(subscription, due_at=subscription.next_due(now))


@app.command("list")
def list_surveys(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the surveys that are applied."""
    surveys = chosen(ctx).directory.surveys()
    if as_json:
        print_json([_summary(survey) for survey in surveys])
        return
    if not surveys:
        say("No survey is applied yet. Begin with: hearback survey apply surveys/*.yaml")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("survey", "title", "status", "locales", "dimensions", "time zone"):
        table.add_column(name)
    for survey in surveys:
        cells = (str(value) if not isinstance(value, list) else ", ".join(value) for value in _summary(survey).values())
        table.add_row(*map(escape, cells))
    print_table(table)


def _summary(survey: Survey) -> dict[str, Any]:
    return {
        "id": survey.id,
        "title": survey.say(survey.title, survey.locales[0]),
        "status": survey.status,
        "locales": survey.locales,
        "dimensions": list(survey.dimensions),
        "time_zone": survey.time_zone,
    }


@app.command()
def show(
    ctx: typer.Context,
    survey: Annotated[str, typer.Argument(metavar="ID", help="A survey that is applied.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Show a survey as it is applied."""
    definition = chosen(ctx).survey(survey).model_dump(mode="json", exclude_defaults=True)
    if as_json:
        print_json(definition)
    else:
        text = yaml.safe_dump(definition, allow_unicode=True, sort_keys=False, width=110)
        out.print(Syntax(text, "yaml", theme="ansi_dark", background_color="default", word_wrap=True))
