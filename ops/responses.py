"""`hearback responses`: which answers count and why, and overruling that."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from hearback.fact import UNDATED, BadFactId, FactId
from hearback.foreign import Skipped
from hearback.response import Response
from hearback.visit import Visit
from ops.deployment import Deployment, chosen
from ops.response_account import Account, Standing, months_back
from ops.table import print_table
from ops.terminal import AsJson, Stop, out, print_json, say, short_time

MOST = 10_000
"""Responses that a list looks through."""

app = typer.Typer(help="Which answers count, and why.", no_args_is_help=True)
ResponseId = Annotated[
    str, typer.Argument(metavar="ID", help="As hearback responses list shows it.", show_default=False)
]


@app.command("list")
def list_responses(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="The survey.", show_default=False)],
    excluded: Annotated[bool, typer.Option("--excluded", help="Only what is not counted.")] = False,
    provisional: Annotated[bool, typer.Option("--provisional", help="Only what waits for the settle time.")] = False,
    months: Annotated[int, typer.Option(min=1, max=120, help="Look at what was asked in this many months.")] = 3,
    as_json: AsJson = False,
) -> None:
    """List answers and mere visits, newest first, with why each counts or does not.

    Answers that were imported without a time are of the month of their import.
    """
    deployment = chosen(ctx)
    wanted: set[Standing] = set()
    if excluded:
        wanted.add("not counted")
    if provisional:
        wanted.add("provisional")
    unread, unseen = Skipped(), Skipped()
    accounts = _accounts(deployment, survey, months, unread, unseen)
    found = [each for each in accounts if each.standing in wanted or not wanted]
    if unread.count:
        say(f"[yellow]Answers that cannot be read and are left out: {unread.count:,}. See: hearback reconcile[/]")
    if unseen.count:
        say(f"[yellow]Links of which cannot be read what was observed: {unseen.count:,}[/]")
    if as_json:
        print_json([{name: each.plain()[name] for name in each.plain() if name != "steps"} for each in found])
        return
    if found:
        print_table(_table(found, deployment))
    say(f"{len(found):,} of the newest {months} months")


def _accounts(deployment: Deployment, survey: str, months: int, unread: Skipped, unseen: Skipped) -> list[Account]:
    """`unread` and `unseen` are told of the answers and the visits that cannot be read."""
    definition = deployment.survey(survey)
    span = months_back(deployment.now(), months)
    newest = deployment.feedback.newest(survey, definition.shards, [*span, UNDATED], MOST, skipped=unread)
    responses = {each.id: each for each in newest if each.id.month in span or f"{each.answered_at:%Y-%m}" in span}
    visits = {each.response: each for each in deployment.directory.visits(survey, definition.shards, span, unseen)}
    accounts = [Account(fact, responses.get(fact), visits.get(fact)) for fact in responses.keys() | visits.keys()]
    return sorted(accounts, key=lambda account: account.at, reverse=True)


def _table(accounts: list[Account], deployment: Deployment) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("response", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("score", justify="right")
    table.add_column("standing", no_wrap=True)
    table.add_column("why")
    for each in accounts:
        zone = deployment.survey(each.id.survey).zone
        score = "" if each.score is None else str(each.score)
        table.add_row(str(each.id), short_time(each.at, zone), score, each.standing, escape(each.reason))
    return table


@app.command()
def show(ctx: typer.Context, response: ResponseId, as_json: AsJson = False) -> None:
    """Show everything that was observed of an answer, what it meant, and the verdict."""
    deployment = chosen(ctx)
    account = _account(deployment, response)
    if as_json:
        print_json(account.plain())
        return
    zone = deployment.survey(account.id.survey).zone
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("when", "what", "score", "what it means"):
        table.add_column(name, no_wrap=name in ("when", "what"))
    for step in account.steps():
        score = "" if step.score is None else str(step.score)
        table.add_row(f"{step.at.astimezone(zone):%d %b %H:%M:%S}", step.happened, score, escape(step.meaning))
    print_table(table)
    out.print(f"{account.standing}: {escape(account.reason)}")
    if account.standing != "counted":
        say(f"To count it all the same: hearback responses include {account.id}")


@app.command()
def include(
    ctx: typer.Context,
    response: ResponseId,
    score: Annotated[
        int | None,
        typer.Option(min=0, max=10, help="Which of several that a visit opened or touched.", show_default=False),
    ] = None,
    follow_up: Annotated[bool, typer.Option("--follow-up", help="Run plays on it as well: mails, tasks.")] = False,
) -> None:
    """Count an answer that is not counted."""
    deployment = chosen(ctx)
    account = _account(deployment, response)
    counted = account.response
    if account.standing == "counted" and not (follow_up and counted and not counted.follow_up):
        raise Stop(f"response {response} is counted already")
    if counted is None and account.visit is not None:
        counted = _of_visit(deployment, account.visit, score)
        deployment.feedback.create(counted)
    elif counted and score not in (None, counted.score):
        raise Stop(
            f"response {response} gave the score {counted.score}; --score chooses among those a mere visit opened"
        )
    _revise(deployment, account.id, lambda stored: stored.include(follow_up=follow_up))
    told = f" with the score {counted.score}" if counted else ""
    out.print(f"Counted {response}{told}{' and followed up' if follow_up else ''}")


@app.command()
def exclude(
    ctx: typer.Context,
    response: ResponseId,
    reason: Annotated[str, typer.Option(help="Why, for whoever looks at it later.")] = "an operator excluded it",
) -> None:
    """Count an answer no longer. Its follow-up stays done, but a task that nobody has touched is withdrawn."""
    deployment = chosen(ctx)
    account = _account(deployment, response)
    if account.standing == "not counted":
        raise Stop(f"response {response} is not counted anyway: {account.reason}")
    if not 1 <= len(reason) <= 200:
        raise Stop("a reason has 1 to 200 characters")
    _revise(deployment, account.id, lambda stored: stored.exclude(reason))
    out.print(f"Excluded {response}: {escape(reason)}")


def _account(deployment: Deployment, response: str) -> Account:
    """Raises Stop if nothing is known of it."""
    try:
        fact = FactId.parse(response)
    except BadFactId as problem:
        raise Stop(f"{response!r} is not the id of a response: {problem}") from None
    account = Account(fact, deployment.feedback.response(fact), deployment.directory.visit(fact))
    if account.response is None and account.visit is None:
        raise Stop(f"nobody answered or opened {response}; list what there is: hearback responses list --survey ID")
    return account


def _of_visit(deployment: Deployment, visit: Visit, wanted: int | None) -> Response:
    """The answer that a mere visit would have been, not counted yet. Raises Stop if it does not show which score."""
    verdict = visit.verdict
    shown = sorted({each.score for each in visit.observations if each.score is not None})
    if not shown:
        raise Stop(f"no score was ever seen of {visit.response}, so there is nothing to count")
    if wanted is None and len(shown) > 1:
        listed = ", ".join(map(str, shown))
        raise Stop(f"{visit.response} shows the scores {listed}; say which one its person meant: --score {shown[-1]}")
    score = shown[0] if wanted is None else wanted
    if score not in shown:
        raise Stop(f"{visit.response} does not show the score {score}, only {', '.join(map(str, shown))}")
    survey = deployment.survey(visit.response.survey)
    invitation = deployment.feedback.invitation(visit.response)
    at = verdict.at or visit.observations[-1].at
    dimensions = survey.counted(visit.dimensions)
    return Response(
        id=visit.response,
        score=score,
        answered_at=at,
        day=survey.day(at),
        dimensions=dimensions,
        pages=survey.pages(dimensions),
        channel=visit.channel,
        contact=invitation.contact if invitation else "",
        locale=visit.locale,
        excluded=verdict.reason,
        provisional=True,
        expires_at=visit.expires_at,
    )


def _revise(deployment: Deployment, fact: FactId, change: Callable[[Response], Response]) -> None:
    """Raises Stop if it expired meanwhile, or its person was erased."""
    if not deployment.feedback.revise(fact, change):
        raise Stop(f"response {fact} expired, or its person was erased; it stays as it is counted")
