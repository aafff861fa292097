"""CSV files that people hand in: their columns, their rows by the number a spreadsheet shows, and rejects."""

import codecs
import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from ops.csv_rows import Row, rows_of
from ops.spreadsheet import as_written, shown
from ops.terminal import Stop

_IN_FRONT = ["row", "reason"]
"""Columns of a rejects file before those of the file that it came from."""


class BadRow(ValueError):
    """The row cannot be taken. The message is the reason, for the rejects file."""


@dataclass(frozen=True)
class CsvFile:
    path: Path
    encoding: str
    digest: str
    """SHA-256 of the bytes, in hex: the same file is the same rows."""
    columns: Sequence[str]
    rows: Sequence[Row]
    """Without empty ones."""

    @classmethod
    def read(cls, path: Path, encoding: str = "utf-8") -> Self:
        """A file with a header line; commas, semicolons or tabs. Raises Stop, saying what to try.

        A rejects file is read as the rows that it holds.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Stop(f"{path} cannot be read: {error.strerror}") from error
        rows = [row for row in rows_of(_decoded(path, data, encoding)) if any(map(str.strip, row.cells))]
        if not rows or rows[0].number != 1:
            raise Stop(f"{path} has no header: its first line must name the columns")
        header = rows.pop(0)
        if header.broken:
            raise Stop(f"{path} has no header that can be read: {header.broken}")
        if [name.strip() for name in header.cells[:2]] == _IN_FRONT:
            header, *rows = (replace(row, cells=list(map(as_written, row.cells[2:]))) for row in (header, *rows))
        columns = [name.strip() for name in header.cells]
        return cls(path, encoding, hashlib.sha256(data).hexdigest(), columns, rows)

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

    def of(self, row: Row) -> dict[str, str]:
        """The wanted cells by option, trimmed; those that the row has not are "". Raises BadRow."""
        if row.broken:
            raise BadRow(row.broken)
        if len(row.cells) > self.count:
            raise BadRow(f"{len(row.cells)} cells where the header has {self.count}; is a quote missing?")
        return {
            option: row.cells[place].strip() if place < len(row.cells) else "" for option, place in self.places.items()
        }


class Rejects:
    """A file of the rows that were not taken: as they were, with number and reason, to be corrected and read again.

    Made with the first of them; without any, that of an earlier run is removed.
    """

    def __init__(self, path: Path, file: CsvFile) -> None:
        self.path = path
        self.count = 0
        self._like = file
        self._file: TextIO | None = None

    def add(self, row: Row, reason: str) -> None:
        """Raises Stop if the file cannot be written."""
        if self._file is None:
            try:
                # as the file was, for the same --encoding; a reason may hold letters that it has not
                self._file = self.path.open("w", encoding=self._like.encoding, errors="backslashreplace", newline="")
            except OSError as error:
                raise Stop(f"{self.path} cannot be written: {error.strerror}") from error
            csv.writer(self._file).writerow(map(shown, [*_IN_FRONT, *self._like.columns]))
        # in front, so that a row with too many cells does not push them aside
        csv.writer(self._file).writerow(map(shown, [str(row.number), reason, *row.cells]))
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file:
            self._file.close()
        elif error is None and self._is_stale():
            self.path.unlink()

    def _is_stale(self) -> bool:
        """Whether a rejects file lies there, and not something else that the path was not meant to name."""
        if not self.path.is_file():
            return False
        with self.path.open(encoding=self._like.encoding, errors="replace") as there:
            return there.readline().startswith(",".join(_IN_FRONT))


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
