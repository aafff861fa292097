"""CSV as people and tools really write it: no row disappears in another one's comment."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.csv_rows import rows_of

cells = st.text(st.sampled_from('ab,;\t"\n\r 9é\u2028'), max_size=6)
tables = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1))


def read(text: str) -> list[list[str]]:
    """The cells of the rows that can be trusted."""
    return [list(row.cells) for row in rows_of(text) if not row.broken]


def broken(text: str) -> list[tuple[int, str]]:
    return [(row.number, row.broken) for row in rows_of(text) if row.broken]


@given(tables, st.sampled_from(",;\t"), st.booleans())
def test_whatever_is_written_by_the_rules_is_read_as_it_was(
    table: list[list[str]], delimiter: str, quoted: bool
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(["id" for _ in table[0]])
    writer.writerows(table)
    assert read(f"sep={delimiter}\r\n{written.getvalue()}")[1:] == table


UNCLOSED = 'id,score,why\nQ1,9,x\nQ2,8,"unclosed\nQ3,7,fine\nQ4,0,"awful"\nQ5,5,"two\nlines"\n'


def test_an_open_quote_costs_its_own_row_and_none_below_it() -> None:
    assert read(UNCLOSED)[1:] == [
        ["Q1", "9", "x"],
        ["Q3", "7", "fine"],
        ["Q4", "0", "awful"],
        ["Q5", "5", "two\nlines"],
    ]
    [(number, reason)] = broken(UNCLOSED)
    assert number == 3
    assert reason.startswith("line 3: a quote is not closed")
    assert [row.number for row in rows_of(UNCLOSED)] == [1, 2, 3, 4, 5, 6]
    assert next(row.cells for row in rows_of(UNCLOSED) if row.broken) == ["Q2", "8", "unclosed"]


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ('id,why\na,"open to the end\nb,fine\n', ["b"], [2]),
        ('id,why\na,fine\nb,"open on the last line', ["a"], [3]),
        ('"id","why"\n"a","open\n"b","fine"\n"c","fine"\n', ["b", "c"], [2]),
        ('id,why\na,"he said "no" and left"\nb,fine\n', ["b"], [2]),
        ('id,why\na,"open\nb,"open\nc,"open\nd,fine\n', ["d"], [2, 3, 4]),
        ('id,why\n\na,"open\n\nb,fine\n', ["b"], [3]),
        ('sep=;\nid;why\na;"open\nb;fine\n', ["b"], [2]),
    ],
    ids=["to the end", "last line", "all quoted", "not doubled", "several", "empty lines", "after sep="],
)
def test_a_row_with_broken_quotes_is_told_and_the_others_are_read(text: str, good: list[str], bad: list[int]) -> None:
    assert [cells[0] for cells in read(text)[1:] if cells] == good
    assert [number for number, _ in broken(text)] == bad


def test_the_rest_of_a_comment_whose_quotes_are_broken_is_no_row() -> None:
    text = 'score,why\n3,"he said "no",\n9\n\nand left"\n8,fine\n9\n'
    assert [cells for cells in read(text)[1:] if cells] == [["8", "fine"], ["9"]]
    assert [number for number, _ in broken(text)] == [2, 3, 5]
    assert broken(text)[1][1] == "line 3: 1 cells where the header has 2, below a row whose quotes are broken"


@pytest.mark.parametrize("comment", ["a\nb", 'he said "no"', '"', ',"\n', "", "a\n\nb", "5' 11\""])
def test_comments_of_several_lines_and_with_quotes_are_whole(comment: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([["id", "why"], ["a", comment], ["b", "fine"]])
    assert read(written.getvalue())[1:] == [["a", comment], ["b", "fine"]]


@given(st.lists(st.text(st.sampled_from('ab \n"'), max_size=5), min_size=2, max_size=6), st.data())
def test_a_row_that_loses_its_closing_quote_takes_no_other_row_with_it(
    comments: list[str], data: st.DataObject
) -> None:
    lost = data.draw(st.integers(0, len(comments) - 1))
    written = ["id,why"]
    for number, comment in enumerate(comments):
        row = io.StringIO()
        csv.writer(row, quoting=csv.QUOTE_ALL, lineterminator="").writerow([f"Q{number}", comment])
        written.append(row.getvalue().removesuffix('"') if number == lost else row.getvalue())
    text = "\n".join(written)
    assert [cells for cells in read(text)[1:] if cells] == [
        [f"Q{number}", comment] for number, comment in enumerate(comments) if number != lost
    ]
    assert broken(text)[0][0] == lost + 2


@pytest.mark.parametrize(
    "text",
    [
        'id;"How likely, on a scale from 0, not at all, to 10, are you to recommend us?";why\na;9;x, y, z, a, b\n',
        "id;How likely, on a scale from 0, not at all, to 10, are you;why\na;9;x\nb;7;y, z\n",
        'sep=;\r\nid;"a, b, c, d";why\r\na;9;x\r\n',
        '"sep=|"\nid|a,b,c,d|why\na|9|x\n',
        '"How likely, ""really"", are you?\nHonestly";id;why\n9;a;x\n',
        "id\tscore, of ten, you know\twhy\na\t9\tx\n",
        "id,score;of ten,why\na,9,x; y\n",
        'score,id,"5"" screen; or bigger; or less"\n9,a,x\n',
        "id,score,why\n",
    ],
)
def test_the_delimiter_is_that_of_the_table_whatever_the_questions_say(text: str) -> None:
    assert {len(cells) for cells in read(text)} == {3}
    assert next(row.number for row in rows_of(text)) == 1


def test_one_column_needs_no_delimiter() -> None:
    assert read("score\n9\n3\n") == [["score"], ["9"], ["3"]]
    assert read("") == []
