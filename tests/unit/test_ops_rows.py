"""Rows of other tools' exports: which can be read, which cannot, and why."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearback.fact import decode_ulid_time
from hearback.survey import Dimension, Survey
from ops.csv_file import BadRow, CsvFile, Rejects
from ops.csv_rows import Row
from ops.history import Answered, History, silent_cells, whole_score
from ops.terminal import Stop
from tests.conftest import NOW


def file_of(folder: Path, content: str | bytes, encoding: str = "utf-8") -> CsvFile:
    path = folder / "old.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvFile.read(path, encoding)


def history(file: CsvFile, survey: Survey, *, now: datetime = NOW, **columns: str) -> History:
    """How the file is read: `score` is the score, other columns are given by option."""
    options = {f"--{option}": column for option, column in columns.items()}
    return History(
        survey=survey,
        file=file,
        columns=file.choose({"--score": "score"} | options),
        silent=silent_cells(),
        contact_keys={"k1": "a key"},
        retention=timedelta(days=730),
        follow_up=False,
        now=now,
    )


def reason(folder: Path, survey: Survey, content: str, **columns: Any) -> str:
    """Why the file's last row is rejected."""
    file = file_of(folder, content)
    rows = history(file, survey, **columns)
    for row in file.rows[:-1]:
        rows.read(row)
    with pytest.raises(BadRow) as bad:
        rows.read(file.rows[-1])
    return str(bad.value)


def first(folder: Path, survey: Survey, content: str, *, now: datetime = NOW, **columns: str) -> Answered:
    file = file_of(folder, content)
    answered = history(file, survey, now=now, **columns).read(file.rows[0])
    assert answered is not None
    return answered


@pytest.mark.parametrize(("text", "score"), [("10", 10), ("0", 0), ("7.0", 7), ("7,00", 7)])
def test_a_whole_score_may_be_written_in_several_ways(text: str, score: int) -> None:
    assert whole_score(text) == score


@pytest.mark.parametrize("text", ["11", "-1", "9.5", "nine", "1e1", "९", "007", "10.01", "9.", "9 9"])
def test_any_other_score_is_rejected(text: str) -> None:
    with pytest.raises(BadRow, match="is not a whole score from 0 to 10"):
        whole_score(text)


@pytest.mark.parametrize("silent", ["", "NA", "n/a", " NULL "])
def test_a_silent_score_is_no_answer(tmp_path: Path, survey: Survey, silent: str) -> None:
    file = file_of(tmp_path, f"id,score\na,{silent}\n")
    assert history(file, survey, id="id").read(file.rows[0]) is None


@pytest.mark.parametrize(
    ("cell", "option", "words"),
    [
        ("2027-01-01", "at", "is in the future"),
        ("2026-03-04T16:01", "at", "is in the future"),  # in Kolkata it is 16:00
        ("yesterday", "at", "is not a time such as"),
        ("1969-12-31", "at", "is before 1970"),
        ("not-an-address", "email", "is not an e-mail address"),
        ("mumbai", "dimension store", "'mumbai' is not a declared value of 'store'"),
        ("x" * 5001, "comment", "5,001 characters; at most 5,000"),
        ("a,b,c", "comment", "4 cells where the header has 2"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(
    tmp_path: Path, survey: Survey, cell: str, option: str, words: str
) -> None:
    assert words in reason(tmp_path, survey, f"score,cell\n9,{cell}\n", **{option: "cell"})


def test_a_declared_value_is_that_value_also_where_its_letters_mean_no_answer_elsewhere(
    tmp_path: Path, survey: Survey
) -> None:
    regions = {"region": Dimension(values=["NA", "EU"])}
    there: Any = survey.model_copy(update={"dimensions": regions})
    options: dict[str, Any] = {"comment": "why", "dimension region": "where"}
    rows = [
        first(tmp_path, there, f"score,why,where\n9,{why},{where}\n", **options)
        for why, where in (("NA", "NA"), ("fine", "N/A"), ("fine", ""))
    ]
    assert [each.response.dimensions for each in rows] == [{"region": "NA"}, {}, {}]
    assert [each.response.comment for each in rows] == ["", "fine", "fine"]


def test_an_id_given_twice_is_rejected_the_second_time(tmp_path: Path, survey: Survey) -> None:
    assert reason(tmp_path, survey, "id,score\na,9\nb,9\na,3\n", id="id") == "the id 'a' is already on row 2"


def test_a_row_without_an_id_is_rejected_where_ids_are_wanted(tmp_path: Path, survey: Survey) -> None:
    assert reason(tmp_path, survey, "id,score\n,9\n", id="id") == "has no id"


def test_a_row_is_known_again_by_its_id_or_else_by_its_file_and_place(tmp_path: Path, survey: Survey) -> None:
    by_id = [first(tmp_path, survey, f"id,score\na,{score}\n", id="id").response.id for score in (3, 9)]
    by_place = [first(tmp_path, survey, f"score\n{score}\n").response.id for score in (3, 9, 3)]
    assert by_id[0] == by_id[1]
    assert by_place[0] == by_place[2] != by_place[1]


def test_a_row_without_a_time_was_answered_now(tmp_path: Path, survey: Survey) -> None:
    response = first(tmp_path, survey, "score,when\n9,\n", at="when").response
    assert (response.answered_at, response.id.month) == (NOW, "1970-01")


@pytest.mark.parametrize(
    ("cell", "answered_at", "day"),
    [
        ("2026-03-01", datetime(2026, 3, 1, 6, 30, tzinfo=UTC), "2026-03-01"),  # noon in Kolkata
        ("2026-03-01T01:00", datetime(2026, 2, 28, 19, 30, tzinfo=UTC), "2026-03-01"),
        ("2026-03-01T23:00:00Z", datetime(2026, 3, 1, 23, 0, tzinfo=UTC), "2026-03-02"),
        ("2025-11-03 18:40:00+01:00", datetime(2025, 11, 3, 17, 40, tzinfo=UTC), "2025-11-03"),
    ],
)
def test_a_time_without_a_zone_is_the_surveys(
    tmp_path: Path, survey: Survey, cell: str, answered_at: datetime, day: str
) -> None:
    response = first(tmp_path, survey, f"score,when\n9,{cell}\n", at="when").response
    assert (response.answered_at, response.day) == (answered_at, day)


@pytest.mark.parametrize("cell", ["2026-03-01T00:30", "2026-02-28T23:59:59", "2026-03-01", "1970-01-02T00:00"])
def test_a_row_stays_the_same_when_its_survey_moves_to_another_time_zone(
    tmp_path: Path, survey: Survey, cell: str
) -> None:
    zones = ("Asia/Kolkata", "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago")
    there: list[Any] = [survey.model_copy(update={"time_zone": zone}) for zone in zones]
    content = f"id,score,when\na,9,{cell}\n"
    rows = [first(tmp_path, each, content, id="id", at="when").response for each in there]
    assert len({each.id for each in rows}) == 1
    assert len({each.answered_at for each in rows}) == len(zones)
    for each in rows:  # the digest's comments are read from the months of a period up to its last moment
        begun = datetime.fromtimestamp(decode_ulid_time(each.id.ulid) / 1000, UTC)
        assert timedelta(0) <= each.answered_at - begun <= timedelta(hours=26)


def test_a_row_that_tells_its_zone_is_known_by_its_moment(tmp_path: Path, survey: Survey) -> None:
    response = first(tmp_path, survey, "score,when\n9,2026-03-01T00:30+05:30\n", at="when").response
    assert decode_ulid_time(response.id.ulid) == response.answered_at.timestamp() * 1000


def test_today_is_not_in_the_future_although_its_noon_may_be(tmp_path: Path, survey: Survey) -> None:
    morning = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # half past seven in Kolkata
    before, later = (
        first(tmp_path, survey, "score,when\n9,2026-03-04\n", at="when", now=now).response for now in (morning, NOW)
    )
    assert before.answered_at == morning
    assert before.id == later.id


def test_old_words_are_deleted_at_their_own_time_and_never_too_late_for_dynamodb_to_see(
    tmp_path: Path, survey: Survey
) -> None:
    deleted = [
        datetime.fromtimestamp(
            first(tmp_path, survey, f"score,when\n9,{day}\n", at="when").response.expires_at, UTC
        ).date()
        for day in ("2026-03-01", "2010-01-01")
    ]
    assert [day.isoformat() for day in deleted] == ["2028-02-29", "2026-03-05"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("score,why\n9,café\n".encode("cp1252"), "cp1252"),
        ("score,why\n9,café\n".encode("utf-16"), "utf-16"),
        ("score,why\n9,café\n".encode("utf-8-sig"), "utf-8"),
        ("score;why\n9;café\n".encode(), "utf-8"),
        ("score\twhy\r\n9\tcafé\r\n".encode(), "utf-8"),
    ],
)
def test_exports_of_other_tools_can_be_read(tmp_path: Path, content: bytes, encoding: str) -> None:
    file = file_of(tmp_path, content, encoding)
    assert file.columns == ["score", "why"]
    assert [row.cells for row in file.rows] == [["9", "café"]]


def test_empty_lines_are_skipped_and_still_counted_as_rows_of_the_sheet(tmp_path: Path) -> None:
    file = file_of(tmp_path, 'score,why\n9,"two\nlines"\n\n , \n3,x\n')
    assert [row.number for row in file.rows] == [2, 5]


@pytest.mark.parametrize(
    ("content", "encoding", "words"),
    [
        ("score,why\n9,café\n".encode("latin-1"), "utf-8", "byte 0xe9 on line 2. Try --encoding cp1252"),
        ("score\n9\n".encode("utf-16"), "utf-8", "try --encoding utf-16"),
        (b"score\n9\n", "klingon", "no encoding of text is called 'klingon'"),
        (b"score\n9\n", "base64", "no encoding of text is called 'base64'"),
        (b"score\n9\n", "rot13", "no encoding of text is called 'rot13'"),
        (b"score\n9\n", "undefined", "no encoding of text is called 'undefined'"),
        (b"", "utf-8", "no header"),
        (b"\nscore\n9\n", "utf-8", "no header"),
        (b'"score,why\n9,x\n', "utf-8", "no header that can be read: line 1: a quote is not closed"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_try(tmp_path: Path, content: bytes, encoding: str, words: str) -> None:
    with pytest.raises(Stop) as stop:
        file_of(tmp_path, content, encoding)
    assert words in str(stop.value)


@pytest.mark.parametrize(
    ("header", "words"),
    [("NPS,why", "no column 'score' (--score); its columns are: NPS, why"), ("score,score", "several columns 'score'")],
)
def test_a_column_that_cannot_be_found_is_told_with_those_there_are(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(Stop) as stop:
        file_of(tmp_path, f"{header}\n9,x\n").choose({"--score": "score"})
    assert words in str(stop.value)


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", " =1+1", "\t=1"])
def test_rejects_hold_the_row_as_it_was_with_formulas_made_harmless_and_are_read_as_what_they_were(
    tmp_path: Path, cell: str
) -> None:
    file = file_of(tmp_path, "=score,why\n11,x\n")
    with Rejects(tmp_path / "rejects.csv", file) as rejects:
        rejects.add(Row(2, ["11", cell]), "because")
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as written:
        assert list(csv.reader(written)) == [["row", "reason", "'=score", "why"], ["2", "because", "11", f"'{cell}"]]
    read = CsvFile.read(tmp_path / "rejects.csv")
    assert (read.columns, [row.cells for row in read.rows]) == (["=score", "why"], [["11", cell]])


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_rejects_are_encoded_as_their_file_was(tmp_path: Path, encoding: str) -> None:
    file = file_of(tmp_path, "row,reason,why\n1,x,café\n".encode(encoding), encoding)
    with Rejects(tmp_path / "rejects.csv", file) as rejects:
        rejects.add(file.rows[0], "'x' is not a declared value of 'दुकान'")
    read = CsvFile.read(tmp_path / "rejects.csv", encoding)
    assert (read.columns, [row.cells for row in read.rows]) == (["why"], [["café"]])


@pytest.mark.parametrize(("stale", "stays"), [("row,reason,score\n2,because,11\n", False), ("my,own\n1,2\n", True)])
def test_without_rejects_there_is_no_rejects_file_and_none_of_an_earlier_run(
    tmp_path: Path, stale: str, *, stays: bool
) -> None:
    file = file_of(tmp_path, "score\n9\n")
    for _ in range(2):
        with Rejects(tmp_path / "rejects.csv", file):
            pass
        assert not (tmp_path / "rejects.csv").exists()
    (tmp_path / "rejects.csv").write_text(stale, encoding="utf-8")
    with Rejects(tmp_path / "rejects.csv", file):
        pass
    assert (tmp_path / "rejects.csv").exists() == stays
