"""Whatever the terminal's width, nothing that a table lists is cut."""

from io import StringIO

import pytest
from rich import box
from rich.console import Console
from rich.table import Table

from ops import table as tables
from ops.table import print_table

RESPONSE = "shop.201KC2X3Y4Z5A6B7C8D9E0F1G2H"
REASON = "11 scores in 1 s, and a visit to the link that nobody can see"
VALUES = [RESPONSE, "Wed 04 Mar 10:00", "10", "not counted", REASON]


def listed() -> Table:
    table = Table(box=box.SIMPLE_HEAD, caption="as it stands")
    for name in ("response", "when", "score", "standing", "why"):
        table.add_column(name, no_wrap=name not in ("score", "why"), justify="right" if name == "score" else "left")
    table.add_row(*VALUES)
    table.add_row("shop.2", "", "9", "counted", "", style="dim")
    return table


def printed(monkeypatch: pytest.MonkeyPatch, width: int, *, terminal: bool) -> list[str]:
    file = StringIO()
    monkeypatch.setattr(tables, "out", Console(file=file, width=width, force_terminal=terminal, color_system=None))
    print_table(listed())
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [200, 100, 80, 40])
@pytest.mark.parametrize("terminal", [True, False])
def test_everything_is_there(monkeypatch: pytest.MonkeyPatch, width: int, terminal: bool) -> None:
    lines = printed(monkeypatch, width, terminal=terminal)

    words = " ".join(" ".join(lines).split())
    assert "…" not in words
    assert all(value in words for value in VALUES[:-1])
    assert [word for word in REASON.split() if word not in words] == []
    assert "as it stands" in words
    assert not terminal or max(map(len, lines)) <= width


def test_in_a_pipe_a_row_is_a_line_as_wide_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, 80, terminal=False)

    [row] = [line for line in lines if RESPONSE in line]
    assert row.strip().startswith(RESPONSE)
    assert row.endswith(REASON)


def test_a_column_of_words_wraps_before_a_row_becomes_a_paragraph(monkeypatch: pytest.MonkeyPatch) -> None:
    at_100, at_80 = (printed(monkeypatch, width, terminal=True) for width in (100, 80))

    assert [line.split() for line in at_100 if "response" in line] == [["response", "when", "score", "standing", "why"]]
    assert at_80[:2] == [RESPONSE, "  when Wed 04 Mar 10:00 · score 10 · standing not counted · why 11 scores in 1"]
    assert at_80[3:5] == ["shop.2", "  score 9 · standing counted"]
