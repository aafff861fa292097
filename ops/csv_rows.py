"""The rows of a CSV text (RFC 4180): its delimiter is found out, rows whose quotes are broken are told apart."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DELIMITERS = ",;\t"
_NAMED = re.compile(r'"?sep=([^"\r\n])"?[\r\n]*', re.IGNORECASE)
"""The first line by which Excel tells the delimiter, and is told."""
_QUOTED = re.compile(rf'(?<![^{_DELIMITERS}\r\n])"[^"]*(?:""[^"]*)*"')
_SAMPLE = 50
"""Lines that the delimiter is judged by."""
_NO_LIMIT = 2**31 - 1
_BROKEN = 'a quote is not closed, or one inside quotes is not written twice ("")'


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As a spreadsheet shows it: the header is 1."""
    cells: Sequence[str]
    broken: str = ""
    """Why the cells cannot be what was meant; empty where they can."""


def rows_of(text: str) -> Iterator[Row]:
    """Every row, empty ones too.

    A quote that is left open takes in the lines below it, up to the next quote or the end of the text. Such a row
    is broken, and reading goes on with the line below its first, so that no row disappears in another one's
    comment. Among the lines it took in, and down to the next row with as many cells as the header, those with more
    or fewer are no rows: they may be the rest of its comment, and a comment may well say 9.
    """
    csv.field_size_limit(_NO_LIMIT)  # the text is in memory; what is too long for a comment is told by its row
    lines = list(io.StringIO(text, newline=""))
    named = _NAMED.fullmatch(lines[0]) if lines else None
    delimiter = named[1] if named else _likeliest_delimiter(lines)
    width = taken_in = 0
    below_broken = False
    for number, (first, after, cells) in enumerate(_records(lines, 1 if named else 0, delimiter), 1):
        width = width or len(cells or ())
        if cells is None:
            taken_in, below_broken = max(taken_in, after), True
            guessed = next(csv.reader([lines[first].rstrip("\r\n")], delimiter=delimiter))
            yield Row(number, guessed, f"line {first + 1}: {_BROKEN}")
        elif below_broken and cells and len(cells) != width:
            count = f"{len(cells)} cells where the header has {width}"
            yield Row(number, cells, f"line {first + 1}: {count}, below a row whose quotes are broken")
        else:
            below_broken = below_broken and (not cells or first < taken_in)
            yield Row(number, cells)


def _records(lines: Sequence[str], start: int, delimiter: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """(its first line, the line after its last, its cells or None if its quotes are broken) of each record."""
    at = start
    while at < len(lines):
        begin = at
        reader = csv.reader(map(lines.__getitem__, range(begin, len(lines))), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield at, begin + reader.line_num, cells
                at = begin + reader.line_num
        except csv.Error:
            yield at, begin + reader.line_num, None
            at += 1


def _likeliest_delimiter(lines: Sequence[str]) -> str:
    """The one in the header by which most rows have as many cells. Texts in quotes, such as questions, say nothing."""
    sample = lines[:_SAMPLE]
    header = next(iter(_QUOTED.sub("", "".join(sample)).splitlines()), "")

    def likelihood(delimiter: str) -> tuple[bool, int, int]:
        width = header.count(delimiter) + 1
        alike = sum(len(cells) == width for cells in csv.reader(sample, delimiter=delimiter))
        return width > 1, alike, width

    return max(_DELIMITERS, key=likelihood)
