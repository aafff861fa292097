"""CSV files that people hand in: their columns, their rows by the number a spreadsheet shows, and rejects."""

import codecs
import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from ops.spreadsheet import shown
from ops.terminal import Stop

_LARGEST_CELL = 10_000_000
_NO_ANSWER = ("NA", "N/A", "null")


def silent_cells(given: Sequence[str] | None = None) -> frozenset[str]:
    """Cells that say nothing, case-folded: those that --na names, else NA, N/A and null; the empty one always."""
    return frozenset(["", *(text.strip().casefold() for text in given or _NO_ANSWER)])


class BadRow(ValueError):
    """The row cannot be taken. The message is the reason, for the rejects file."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As a spreadsheet shows it: the header is 1."""
    cells: Sequence[str]


@dataclass(frozen=True)
class CsvFile:
    path: Path
    digest: str
    """SHA-256 of the bytes, in hex: the same file is the same rows."""
    columns: Sequence[str]
    rows: Sequence[Row]
    """Without empty ones."""

    @classmethod
    def read(cls, path: Path, encoding: str = "utf-8") -> Self:
        """A file with a header line; commas, semicolons or tabs. Raises Stop, saying what to try."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Stop(f"{path} cannot be read: {error.strerror}") from error
        text = _decoded(path, data, encoding)
        header = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
        csv.field_size_limit(_LARGEST_CELL)
        try:
            numbered = [Row(number, cells) for number, cells in enumerate(reader, 1) if any(map(str.strip, cells))]
        except csv.Error as error:
            raise Stop(f"{path} is not CSV: line {reader.line_num}: {error}") from error
        if not numbered or numbered[0].number != 1:
            raise Stop(f"{path} has no header: its first line must name the columns")
        columns = [name.strip() for name in numbered[0].cells]
        return cls(path, hashlib.sha256(data).hexdigest(), columns, numbered[1:])

    def choose(self, wanted: Mapping[str, str]) -> "Columns":
        """The places of columns, by what they are for. Raises Stop, naming the columns there are."""
        for option, name in wanted.items():
            if self.columns.count(name) > 1:
                raise Stop(f"{self.path} has several columns {name!r} ({option}); rename all but one")
            if name not in self.columns:
                there = ", ".join(self.columns)
                raise Stop(f"{self.path} has no column {name!r} ({option}); its columns are: {there}")
        return Columns({option: self.columns.index(name) for option, name in wanted.items()}, len(self.columns))


@dataclass(frozen=True)
class Columns:
    """Where in a row the cells lie that one wants."""

    places: Mapping[str, int]
    count: int

    def of(self, row: Row, silent: frozenset[str]) -> dict[str, str]:
        """The wanted cells by option, trimmed; the silent ones (see silent_cells) are "". Raises BadRow."""
        if len(row.cells) > self.count:
            raise BadRow(f"{len(row.cells)} cells where the header has {self.count}; is a quote missing?")
        cells = {
            option: row.cells[place].strip() if place < len(row.cells) else "" for option, place in self.places.items()
        }
        return {option: "" if cell.casefold() in silent else cell for option, cell in cells.items()}


class Rejects:
    """A file of the rows that were not taken: as they were, with number and reason. Made with the first of them."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._columns = columns
        self._file: TextIO | None = None

    def add(self, row: Row, reason: str) -> None:
        """Raises Stop if the file cannot be written."""
        if self._file is None:
            try:
                self._file = self.path.open("w", encoding="utf-8", newline="")
            except OSError as error:
                raise Stop(f"{self.path} cannot be written: {error.strerror}") from error
            csv.writer(self._file).writerow(map(shown, ["row", "reason", *self._columns]))
        # in front, so that a row with too many cells does not push them aside
        csv.writer(self._file).writerow(map(shown, [str(row.number), reason, *row.cells]))
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file:
            self._file.close()


def _decoded(path: Path, data: bytes, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        " ".encode(name)  # refuses codecs that are not of text, such as base64
    except (LookupError, UnicodeError):
        raise Stop(f"no encoding of text is called {encoding!r}; try utf-8, cp1252, latin-1, utf-16") from None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not name.startswith("utf-16"):
        raise Stop(f"{path} begins like UTF-16; try --encoding utf-16")
    try:
        return data.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        other = "cp1252 (Windows, Excel), utf-16 or latin-1" if name == "utf-8" else "utf-8, cp1252 or utf-16"
        raise Stop(
            f"{path} is not {encoding}: byte 0x{data[error.start]:02x} on line {line}. Try --encoding {other}"
        ) from error
    except UnicodeError as error:  # utf-16 without its mark, and the like
        raise Stop(f"{path} is not {encoding}: {error}") from error
