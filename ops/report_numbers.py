"""The numbers of a report, read from the tallies: nothing but sums of counts and arithmetic on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hearback import nps, tally
from hearback.nps import Span
from hearback.survey import Survey
from hearback.tally import EMPTY, Tally
from ops.deployment import Deployment
from ops.terminal import Stop

_FIRST_DAY, _LAST_DAY = "1970-01-01", "2199-12-31"
PREVIOUS = "previous"
FOUR_WEEKS = timedelta(days=28)
"""What is compared with the stretch before when no first day is given: whole weeks, so that both have alike days."""
Numbers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for. Days are yyyy-mm-dd, both included; "" is as far as there are any."""

    first: str = ""
    last: str = ""
    by: str = ""
    """A dimension whose values are reported too."""
    per: Span | None = None
    """The calendar pieces that are reported too."""
    against: str = ""
    """What to compare with: `previous` for the stretch of the same length just before, or FIRST..LAST.

    Without a first day, `previous` looks at the last four weeks: there is nothing before the first answer.
    """


def read(deployment: Deployment, survey: Survey, asked: Asked) -> Numbers:
    """The numbers of a survey: NPS, margin and bounds in points, to one decimal; the mean to two.

    A dimension that the survey no longer has can still be asked for. `without` says how many answers have no
    value of the dimension, such as those from before it was declared or renamed. Raises Stop for a dimension that
    it never had, and for days that make no range.
    """
    last = asked.last or survey.day(deployment.now())
    begin = asked.first
    if not begin and asked.against == PREVIOUS:
        begin = (date.fromisoformat(last) - FOUR_WEEKS + timedelta(days=1)).isoformat()
    if begin > last:
        raise Stop(f"--from {begin} is after " + (f"--to {last}" if asked.last else f"today, {last}"))
    days = deployment.tallies.days(survey.id, begin or _FIRST_DAY, last)
    first = begin or min((day for day, counts in days.items() if _worth_showing(counts)), default=last)
    whole = sum(days.values(), EMPTY)
    numbers: Numbers = {"survey": survey.id, "from": first, "to": last, **numbers_of(whole)}
    values = deployment.tallies.total(survey.id, first, last, asked.by) if asked.by else {}
    if asked.by and asked.by not in survey.dimensions and not values:
        known = ", ".join(survey.dimensions) or "none"
        raise Stop(
            f"survey {survey.id!r} has no dimension {asked.by!r}, and no answers from when it had; it has: {known}"
        )
    if asked.by:
        shown = {value: values[value] for value in _in_order(survey, asked.by, values) if _worth_showing(values[value])}
        numbers["by"] = {value: numbers_of(counts) for value, counts in shown.items()}
        numbers["without"] = whole.score.n - sum(counts.score.n for counts in shown.values())
    if asked.per:
        scores = {day: counts.score for day, counts in days.items()}
        periods = nps.trend(scores, date.fromisoformat(first), date.fromisoformat(last), asked.per)
        numbers["per"] = [
            {"period": period.name, "from": str(period.first), "to": str(period.last), **score_numbers(period.score)}
            for period in periods
        ]
    if asked.against:
        _compare(deployment, survey, asked, numbers, whole, values)
    return numbers


def _worth_showing(counts: Tally) -> bool:
    """Whether anybody has answered or was invited: of those whom nobody answers the rate is what there is to see."""
    return bool(counts.score.n or counts[tally.INVITED])


def _compare(
    deployment: Deployment,
    survey: Survey,
    asked: Asked,
    numbers: Numbers,
    whole: Tally,
    values: Mapping[str, Tally],
) -> None:
    """Add how the whole, and each value, differ from the other stretch."""
    first, last = other_days(numbers["from"], numbers["to"], asked.against)
    before = deployment.tallies.whole(survey.id, first, last)
    numbers["against"] = {
        "from": first,
        "to": last,
        **score_numbers(before.score),
        "change": _change(before, whole, survey.minimum_n),
    }
    if asked.by:
        values_before = deployment.tallies.total(survey.id, first, last, asked.by)
        for value, of_value in numbers["by"].items():
            earlier = values_before.get(value, EMPTY)
            of_value["change"] = _change(earlier, values[value], survey.minimum_n)


def _change(before: Tally, after: Tally, minimum_n: int) -> Numbers:
    found = nps.change(before.score, after.score, minimum_n)
    return {
        "points": _rounded(found.points, 1) if found else None,
        "p_value": _rounded(found.p_value, 4) if found else None,
        "significant": bool(found and found.significant),
        "words": nps.in_words(found),
        "answers_needed": nps.answers_needed(after.score),
    }


def other_days(first: str, last: str, against: str) -> tuple[str, str]:
    """First and last day of what is compared with. Raises Stop."""
    if against == PREVIOUS:
        end = date.fromisoformat(first) - timedelta(days=1)
        length = date.fromisoformat(last) - date.fromisoformat(first)
        return (end - length).isoformat(), end.isoformat()
    start, dots, end_text = against.partition("..")
    if not dots:
        raise Stop(f"--against takes {PREVIOUS}, or two days such as 2025-01-01..2025-03-31, not {against!r}")
    other = day(start, "--against"), day(end_text, "--against")
    if other[0] > other[1]:
        raise Stop(f"--against {against} ends before it begins")
    return other


def numbers_of(counts: Tally) -> Numbers:
    """A tally's numbers; the derived ones are None without answers. Invitations, once there are any."""
    numbers = {**score_numbers(counts.score), "comments": counts[tally.COMMENTS]}
    if invited := counts[tally.INVITED]:
        answered = counts[tally.ANSWERED]
        numbers["invitations"] = {
            "invited": invited,
            "delivered": counts[tally.DELIVERED],
            "answered": answered,
            "response_rate": round(answered / invited, 4),
        }
    return numbers


def score_numbers(score: nps.Score) -> Numbers:
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
    }


def day(text: str, option: str) -> str:
    """A day as given on the command line, yyyy-mm-dd, from 1970 to 2199. Raises Stop."""
    try:
        given = date.fromisoformat(text).isoformat()
    except ValueError:
        given = ""
    if not _FIRST_DAY <= given <= _LAST_DAY:
        raise Stop(f"{option} takes a day such as 2025-03-31, from {_FIRST_DAY} to {_LAST_DAY}, not {text!r}")
    return given


def _in_order(survey: Survey, dimension: str, values: Mapping[str, Tally]) -> list[str]:
    """Declared values first, as declared; then those that are no longer."""
    known = survey.dimensions[dimension].values if dimension in survey.dimensions else ()
    declared = [value for value in known if value in values]
    return declared + sorted(values.keys() - set(declared))


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0  # no -0.0
