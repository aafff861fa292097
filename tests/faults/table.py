"""The fault matrix as tables: what went wrong, where, and what came of it; and the same by what was to be done."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from tests.faults.audit import Outcome
from tests.faults.faults import STRUCK

_COUNTS = (
    "runs",
    "handled again",
    "sent once",
    "in doubt, then resolved",
    "in doubt, then shown",
    "told again",
    "doubled",
    "lost",
)
NOTHING = ("-", "nothing", "-")


def table(outcomes: Sequence[Outcome]) -> str:
    """A line for each function, fault and call. A run that suffered several stands in the line of the first."""
    return _table(("function", "fault", "where"), outcomes, _first_strike)


def table_of_kinds(outcomes: Sequence[Outcome]) -> str:
    """A line for each kind of run."""
    return _table(("what was to be done",), outcomes, lambda outcome: (outcome.story.run.kind,))


def _first_strike(outcome: Outcome) -> tuple[str, ...]:
    if not outcome.story.befell:
        return NOTHING
    strike = outcome.story.befell[0]
    return STRUCK[strike.function], strike.fault.name, strike.where


def _table(head: tuple[str, ...], outcomes: Sequence[Outcome], place_of: Callable[[Outcome], tuple[str, ...]]) -> str:
    lines: dict[tuple[str, ...], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        lines[place_of(outcome)].append(outcome)
    rows = [(*place, *_sums(some)) for place, some in sorted(lines.items())]
    rows.append(("all", *[""] * (len(head) - 1), *_sums(outcomes)))
    cells = [(*head, *_COUNTS), *[tuple(str(cell) for cell in row) for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(_line(row, widths, len(head)) for row in cells)


def _sums(outcomes: Sequence[Outcome]) -> tuple[int, ...]:
    return (
        len(outcomes),
        sum(outcome.handled_again for outcome in outcomes),
        sum(outcome.sent for outcome in outcomes),
        sum(outcome.resolved for outcome in outcomes),
        sum(outcome.shown for outcome in outcomes),
        sum(outcome.told_again for outcome in outcomes),
        sum(len(outcome.doubled) for outcome in outcomes),
        sum(len(outcome.lost) for outcome in outcomes),
    )


def _line(row: Sequence[str], widths: Sequence[int], words: int) -> str:
    left = (cell.ljust(width) for cell, width in zip(row[:words], widths[:words], strict=True))
    right = (cell.rjust(width) for cell, width in zip(row[words:], widths[words:], strict=True))
    return "  ".join((*left, *right)).rstrip()
