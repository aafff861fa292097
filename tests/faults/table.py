"""The fault matrix as a table: what went wrong, where, and what came of it."""

from collections import defaultdict
from collections.abc import Sequence

from tests.faults.audit import Outcome

_HEAD = (
    "fault",
    "where",
    "runs",
    "delivered again",
    "sent once",
    "in doubt, then resolved",
    "in doubt, then shown",
    "told again",
    "doubled",
    "lost",
)
NOTHING = ("nothing", "-")


def table(outcomes: Sequence[Outcome]) -> str:
    """A line for each fault and call. A run that suffered several faults stands in the line of the first."""
    lines: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        befell = outcome.story.befell
        lines[(befell[0][0].name, befell[0][1]) if befell else NOTHING].append(outcome)
    rows = [(*place, *_sums(some)) for place, some in sorted(lines.items())]
    rows.append(("all", "", *_sums(outcomes)))
    cells = [_HEAD, *[tuple(str(cell) for cell in row) for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    return "\n".join(_line(row, widths) for row in cells)


def _sums(outcomes: Sequence[Outcome]) -> tuple[int, ...]:
    return (
        len(outcomes),
        sum(outcome.delivered_again for outcome in outcomes),
        sum(outcome.sent for outcome in outcomes),
        sum(outcome.resolved for outcome in outcomes),
        sum(outcome.shown for outcome in outcomes),
        sum(outcome.told_again for outcome in outcomes),
        sum(len(outcome.doubled) for outcome in outcomes),
        sum(len(outcome.lost) for outcome in outcomes),
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    words, numbers = row[:2], row[2:]
    left = (cell.ljust(width) for cell, width in zip(words, widths[:2], strict=True))
    right = (cell.rjust(width) for cell, width in zip(numbers, widths[2:], strict=True))
    return "  ".join((*left, *right)).rstrip()
