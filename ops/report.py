"""`hearback report`: the score of a survey, with its uncertainty."""

from enum import StrEnum
from typing import Annotated

import typer

from ops import report_numbers
from ops.deployment import chosen
from ops.report_csv import write
from ops.report_numbers import PREVIOUS, Asked
from ops.report_view import show
from ops.terminal import AsJson, print_json


class Per(StrEnum):
    day = "day"
    week = "week"
    month = "month"


def report(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="The survey.", show_default=False)],
    first: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First day, yyyy-mm-dd.", show_default="of the first answer")
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, included.", show_default="today")] = "",
    by: Annotated[str, typer.Option(metavar="DIMENSION", help="Also for each value of a dimension.")] = "",
    per: Annotated[Per | None, typer.Option(help="Also day by day, week by week (ISO) or month by month.")] = None,
    against: Annotated[
        str,
        typer.Option(metavar=f"{PREVIOUS}|DAY..DAY", help="Compare, and say whether the change is more than chance."),
    ] = "",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV alone on stdout, for a spreadsheet.")] = False,
) -> None:
    """Show the score: NPS with its 95% interval, never without the number of answers."""
    deployment = chosen(ctx)
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
