"""Columns that hold the values of a survey's dimensions: --dimension NAME=COL."""

from collections.abc import Collection, Mapping

from hearback.survey import Survey
from ops.csv_file import BadRow
from ops.terminal import Stop

_OPTION = "--dimension "


def dimension_columns(given: list[str] | None, survey: Survey) -> dict[str, str]:
    """Columns by option from NAME=COL. Raises Stop, naming the survey's dimensions."""
    found: dict[str, str] = {}
    for text in given or []:
        name, equals, column = text.partition("=")
        if not (name and equals and column):
            raise Stop(f"--dimension takes NAME=COL, such as store=Branch, not {text!r}")
        if name not in survey.dimensions:
            there = ", ".join(survey.dimensions) or "none"
            raise Stop(f"survey {survey.id!r} has no dimension {name!r}; it has: {there}")
        if _OPTION + name in found:
            raise Stop(f"--dimension names {name!r} twice")
        found[_OPTION + name] = column
    return found


def dimension_values(
    cells: Mapping[str, str], survey: Survey, silent: Collection[str] = frozenset([""])
) -> dict[str, str]:
    """The values in a row's cells, by dimension; those that say nothing are left out. Raises BadRow.

    A declared value is never silent: NA may be North America.
    """
    found: dict[str, str] = {}
    for option, cell in cells.items():
        if option.startswith(_OPTION):
            name = option.removeprefix(_OPTION)
            problem = survey.problem_with(name, cell)
            if not problem:
                found[name] = cell
            elif cell.casefold() not in silent:
                raise BadRow(problem)
    return found
