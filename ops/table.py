"""Tables in which nothing is cut: what is listed is looked for, or goes into the next command."""

from rich.console import RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ops.terminal import out

_LEAST = 16
"""Characters that a column of words is not made narrower than."""
_UNBOUNDED = 100_000


def print_table(table: Table) -> None:
    """Print a table with a header on stdout.

    In a pipe every row is one line, as wide as it takes. On a terminal that is too narrow for that, the columns that
    may wrap do; where even that is not enough, each row is a paragraph that begins with its first cell.
    """
    width = _natural(table)
    if not out.is_terminal or width <= out.width:
        table.width = width
        out.print(table, crop=False)
    elif _narrowed(table, width) <= out.width:
        for column in table.columns:
            column.overflow = "fold"
        out.print(table)
    else:
        for paragraph in _paragraphs(table):
            out.print(paragraph)
        if table.caption:
            out.print(table.caption)


def _natural(what: RenderableType) -> int:
    return Measurement.get(out, out.options.update(width=_UNBOUNDED), what).maximum


def _narrowed(table: Table, width: int) -> int:
    """How narrow wrapping can make a table of this natural width."""
    words = [max(map(_natural, (column.header, *column.cells))) for column in table.columns if not column.no_wrap]
    return width - sum(max(0, each - _LEAST) for each in words)


def _paragraphs(table: Table) -> list[RenderableType]:
    names = [_text(column.header) for column in table.columns]
    found: list[RenderableType] = []
    for row, cells in zip(table.rows, zip(*(column.cells for column in table.columns), strict=True), strict=True):
        first, *others = map(_text, cells)
        said = [
            Text.assemble((name.plain, "dim"), " ", cell) for name, cell in zip(names[1:], others, strict=True) if cell
        ]
        for text in (first, rest := Text(" · ").join(said)):
            text.stylize(row.style or "")
            text.overflow = "fold"
        found += [first, Padding(rest, (0, 0, 0, 2))]
    return found


def _text(cell: RenderableType) -> Text:
    return cell if isinstance(cell, Text) else out.render_str(str(cell))
