"""A report for a spreadsheet: a line for the whole, for each value of a dimension, for each period."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from ops.spreadsheet import shown
from ops.terminal import out

_NUMBERS = ("responses", "promoters", "passives", "detractors", "nps", "low", "high", "mean")
_SCORES = tuple(f"score_{score}" for score in range(11))
_REST = ("comments", "invited", "delivered", "answered", "change", "p_value")
COLUMNS = ("survey", "from", "to", "dimension", "value", *_NUMBERS, *_SCORES, *_REST)


def write(numbers: Mapping[str, Any], by: str) -> None:
    """Print the lines on stdout. Words that a spreadsheet would run as a formula are made to be shown."""
    writer = csv.DictWriter(out.file, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_lines(numbers, by))


def _lines(numbers: Mapping[str, Any], by: str) -> Iterator[dict[str, Any]]:
    place = {"survey": numbers["survey"], "from": numbers["from"], "to": numbers["to"]}
    change = numbers.get("against", {}).get("change", {})
    yield place | _cells(numbers) | {"change": change.get("points"), "p_value": change.get("p_value")}
    for value, of_value in numbers.get("by", {}).items():
        change = of_value.get("change", {})
        cells = {
            "dimension": by,
            "value": shown(value),
            "change": change.get("points"),
            "p_value": change.get("p_value"),
        }
        yield place | _cells(of_value) | cells
    for period in numbers.get("per", []):
        yield place | _cells(period) | {"from": period["from"], "to": period["to"]}


def _cells(numbers: Mapping[str, Any]) -> dict[str, Any]:
    low, high = numbers["interval"] or (None, None)
    invitations = numbers.get("invitations", {})
    return {
        **{name: numbers[name] for name in ("responses", "promoters", "passives", "detractors", "nps", "mean")},
        "low": low,
        "high": high,
        **dict(zip(_SCORES, numbers["scores"], strict=True)),
        "comments": numbers.get("comments"),
        **{name: invitations.get(name) for name in ("invited", "delivered", "answered")},
    }
