"""`hearback report`: the score of a survey, with its uncertainty."""

from enum import StrEnum
from typing import Annotated

import typer

from ops import report_numbers, report_referrals
from ops.deployment import Deployment, chosen
from ops.report_csv import write
from ops.report_numbers import PREVIOUS, Asked
from ops.report_view import show
from ops.terminal import AsJson, Stop, print_json


class Per(StrEnum):
    day = "day"
    week = "week"
    month = "month"


def report(
    ctx: typer.Context,
    survey: Annotated[
        str, typer.Option(metavar="ID", help="The survey. With --referrals it may be left out.", show_default=False)
    ] = "",
    first: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="DAY",
            help="First day, yyyy-mm-dd.",
            show_default=f"of the first answer; four weeks before the last day with --against {PREVIOUS}",
        ),
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, included.", show_default="today")] = "",
    by: Annotated[str, typer.Option(metavar="DIMENSION", help="Also for each value of a dimension.")] = "",
    per: Annotated[Per | None, typer.Option(help="Also day by day, week by week (ISO) or month by month.")] = None,
    against: Annotated[
        str,
        typer.Option(metavar=f"{PREVIOUS}|DAY..DAY", help="Compare, and say whether the change is more than chance."),
    ] = "",
    referrals: Annotated[
        bool, typer.Option("--referrals", help="Instead: who referred whom, from the beginning, and what it was worth.")
    ] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV alone on stdout, for a spreadsheet.")] = False,
) -> None:
    """Show the score: NPS with its 95% interval, never without the number of answers."""
    deployment = chosen(ctx)
    if referrals:
        if first or last or by or per or against:
            raise Stop("--referrals counts from the beginning; it takes --survey, --json and --csv alone")
        _report_referrals(deployment, survey, as_json=as_json, as_csv=as_csv)
        return
    if not survey:
        raise Stop("name the survey: hearback report --survey ID")
    definition = deployment.survey(survey)
    asked = Asked(
        first and report_numbers.day(first, "--from"),
        last and report_numbers.day(last, "--to"),
        by,
        per.value if per else None,
        against,
    )
    numbers = report_numbers.read(deployment, definition, asked)
    if as_json:
        print_json(numbers)
    elif as_csv:
        write(numbers, by)
    else:
        show(numbers, definition, by)


def _report_referrals(deployment: Deployment, survey: str, *, as_json: bool, as_csv: bool) -> None:
    surveys = [deployment.survey(survey)] if survey else deployment.directory.surveys()
    numbers = report_referrals.read(deployment, surveys)
    if as_json:
        print_json(numbers[0] if survey else numbers)
    elif as_csv:
        report_referrals.write(numbers)
    else:
        report_referrals.show(numbers)
