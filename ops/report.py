"""`hearback report`: the score of a survey, with its uncertainty."""

from datetime import date
from typing import Annotated, Any

import typer

from hearback import tally
from hearback.survey import Survey
from hearback.tally import EMPTY, Tally
from ops.deployment import Deployment, chosen
from ops.report_view import show
from ops.terminal import AsJson, Stop, print_json

_FIRST_DAY = "0001-01-01"


def report(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="The survey.", show_default=False)],
    first: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First day, yyyy-mm-dd.", show_default="of the first answer")
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, included.", show_default="today")] = "",
    by: Annotated[str, typer.Option(metavar="DIMENSION", help="Also for each value of a dimension.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the score: NPS with its 95% interval, never without the number of answers."""
    deployment = chosen(ctx)
    definition = deployment.survey(survey)
    numbers = read(deployment, definition, _day(first, "--from"), _day(last, "--to"), by)
    if as_json:
        print_json(numbers)
    else:
        show(numbers, definition, by)


def read(deployment: Deployment, survey: Survey, first: str, last: str, by: str = "") -> dict[str, Any]:
    """The numbers of a survey between two local days, both included; "" is as far as there are any.

    NPS, margin and bounds are in points, to one decimal; the mean to two. Raises Stop for a dimension
    that the survey does not have.
    """
    if by and by not in survey.dimensions:
        raise Stop(f"survey {survey.id!r} has no dimension {by!r}; it has: {', '.join(survey.dimensions) or 'none'}")
    last = last or survey.day(deployment.now())
    days = deployment.tallies.days(survey.id, first or _FIRST_DAY, last)
    first = first or min((day for day, counts in days.items() if counts.score.n), default=last)
    if first > last:
        raise Stop(f"--from {first} is after --to {last}")
    numbers = {"survey": survey.id, "from": first, "to": last, **numbers_of(sum(days.values(), EMPTY))}
    if by:
        counted = deployment.tallies.total(survey.id, first, last, by)
        declared = [value for value in survey.dimensions[by].values if value in counted]
        no_longer = sorted(counted.keys() - set(declared))
        values = {value: counted[value] for value in declared + no_longer if counted[value].score.n}
        numbers["by"] = {value: numbers_of(counts) for value, counts in values.items()}
    return numbers


def numbers_of(counts: Tally) -> dict[str, Any]:
    """A tally's numbers; the derived ones are None without answers."""
    score = counts.score
    interval = score.interval
    return {
        "responses": score.n,
        "promoters": score.promoters,
        "passives": score.passives,
        "detractors": score.detractors,
        "nps": _rounded(score.nps, 1),
        "margin": _rounded(score.margin, 1),
        "interval": [_rounded(interval.low, 1), _rounded(interval.high, 1)] if interval else None,
        "mean": _rounded(score.mean, 2),
        "scores": list(score.counts),
        "comments": counts[tally.COMMENTS],
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0  # no -0.0


def _day(text: str, option: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Stop(f"{option} takes a day such as 2025-03-31, not {text!r}") from None
