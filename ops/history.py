"""Rows of another tool's export, as responses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from hearback.contact import BadAddress, Contact, contact_key
from hearback.fact import FactId
from hearback.response import COMMENT_LENGTH, Response
from hearback.survey import Survey
from ops.csv_file import BadRow, Columns, CsvFile
from ops.csv_rows import Row
from ops.dimension_columns import dimension_values

_SCORE = re.compile(r"(10|[0-9])(?:[.,]0+)?", re.ASCII)
_NO_ANSWER = ("NA", "N/A", "null")
_AT_LEAST = timedelta(days=1)
_FIRST_ON_EARTH = timezone(timedelta(hours=14))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def silent_cells(given: Sequence[str] | None = None) -> frozenset[str]:
    """Cells that say nothing, case-folded: those that --na names, else NA, N/A and null; the empty one always."""
    return frozenset(["", *(text.strip().casefold() for text in given or _NO_ANSWER)])


@dataclass(frozen=True, slots=True)
class Answered:
    """A row that holds an answer, and the details of who gave it, where it tells them."""

    row: Row
    response: Response
    contact: Contact | None


@dataclass
class History:
    """What turns rows into responses. It remembers the ids of the answers it has read, so use one for each file."""

    survey: Survey
    file: CsvFile
    columns: Columns
    """By option: --score, --comment, --contact, --email, --at, --id and `--dimension NAME`."""
    silent: frozenset[str]
    """Cells that say nothing, as silent_cells makes them."""
    contact_keys: Mapping[str, str]
    retention: timedelta
    follow_up: bool
    now: datetime
    _seen: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row) -> Answered | None:
        """The answer in a row; None if its score says there was none. Raises BadRow."""
        written = self.columns.of(row)
        cells = {option: "" if cell.casefold() in self.silent else cell for option, cell in written.items()}
        identity = self._identity(row, cells)
        if not cells["--score"]:
            return None
        score = whole_score(cells["--score"])
        comment = cells.get("--comment", "")
        if len(comment) > COMMENT_LENGTH:
            raise BadRow(f"the comment has {len(comment):,} characters; at most {COMMENT_LENGTH:,} are kept")
        said_at, known_from = self._moment(cells.get("--at", ""))
        answered_at = min(said_at or self.now, self.now)
        dimensions = dimension_values(written, self.survey, self.silent)
        contact = self._contact(cells)
        if given := cells.get("--id"):  # a row that was not taken leaves its id to a better one
            self._seen[given] = row.number
        response = Response(
            id=FactId.of_row(self.survey.id, identity, known_from),
            score=score,
            answered_at=answered_at,
            day=self.survey.day(answered_at),
            comment=comment,
            dimensions=dimensions,
            pages=self.survey.pages(dimensions),
            channel="import",
            contact=contact.key if contact else "",
            follow_up=self.follow_up,
            # a time to come: DynamoDB never deletes what expired more than five years ago
            expires_at=int(max(answered_at + self.retention, self.now + _AT_LEAST).timestamp()),
        )
        return Answered(row, response, contact if contact and contact.email else None)

    def _identity(self, row: Row, cells: Mapping[str, str]) -> str:
        """What makes the row the same row in a later import."""
        if "--id" not in cells:
            return f"row:{self.file.digest}:{row.number}"
        given = cells["--id"]
        if not given:
            raise BadRow("has no id")
        if given in self._seen:
            raise BadRow(f"the id {given!r} is already on row {self._seen[given]}")
        return f"id:{given}"

    def _moment(self, text: str) -> tuple[datetime | None, datetime | None]:
        """The time a cell names, and the one that its row's id is made from. Of a day without a time, its noon.

        A time without a zone is the survey's. The id knows nothing of that zone, or a survey that moves to another
        one would take every row for a new answer. It must not lie after the answer either, because the answers of
        a period are looked for among the ids up to its end: so it is made from when that time came first on Earth.
        """
        if not text:
            return None, None
        whole_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII)
        try:
            given = datetime.fromisoformat(f"{text}T12:00" if whole_day else text)
            moment, known_from = (
                (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
                for zone in (self.survey.zone, _FIRST_ON_EARTH)
            )
        except (ValueError, OverflowError):
            raise BadRow(f"{text!r} is not a time such as 2025-03-31 or 2025-03-31T14:05:00+05:30") from None
        if moment > self.now and not (whole_day and text == self.survey.day(self.now)):
            raise BadRow(f"{text!r} is in the future")
        if moment < _EPOCH:
            raise BadRow(f"{text!r} is before 1970")
        return moment, max(known_from, _EPOCH)

    def _contact(self, cells: Mapping[str, str]) -> Contact | None:
        email, other = cells.get("--email", ""), cells.get("--contact", "")
        try:
            if email:
                return Contact(contact_key(email, self.contact_keys, address=True), email=email)
        except BadAddress:
            raise BadRow(f"{email!r} is not an e-mail address") from None
        return Contact(contact_key(other, self.contact_keys, address=False)) if other else None


def whole_score(text: str) -> int:
    """The score a cell holds: 0 to 10, also written 9.0. Raises BadRow."""
    found = _SCORE.fullmatch(text)
    if not found:
        raise BadRow(f"{text!r} is not a whole score from 0 to 10")
    return int(found[1])
