"""`hearback reconcile`: its exit code says what was proved."""

import json
from functools import partial
from pathlib import Path

import pytest

from aggregate.counting import Pace, count
from aggregate.facts import ledger_of
from hearback.fact import FactId
from hearback.response import Response
from ops import reconcile
from ops.bookmark import Bookmark
from ops.reconciliation import Reconciliation
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

DAY = "2026-03-04"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the bookmark of a run lies."""
    monkeypatch.chdir(tmp_path)


def answer(tables: Tables) -> None:
    """Store one and count it."""
    given = Response(FactId.mint("shop", 4, NOW), 9, NOW, DAY, expires_at=2**31)
    tables.responses.create(given)
    count(tables.tally, [ledger_of(given.to_item())], Pace(lambda: 60.0, lambda seconds: None, lambda: 0.5))


def test_all_is_counted(hearback: Hearback, tables: Tables) -> None:
    answer(tables)
    ended = hearback("reconcile", "--survey", "shop")
    assert (ended.code, ended.out) == (0, "1 fact is counted as it is, every tally is the sum of its ledgers.\n")


def test_a_survey_that_there_is_not_is_not_found_to_be_counted(hearback: Hearback) -> None:
    ended = hearback("reconcile", "--survey", "shpo", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert "there are: shop" in ended.err


def test_days_that_were_counted_on_all_the_while_are_neither_proved_nor_wrong(
    hearback: Hearback, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(tables)
    whole = {"Key": {"pk": "shop#all", "sk": f"{DAY}#0"}, "UpdateExpression": "ADD #c :v"}
    tables.tally.update({**whole, "ExpressionAttributeNames": {"#c": "|s9"}, "ExpressionAttributeValues": {":v": 40}})
    busy = partial(Reconciliation, sleep=lambda seconds: answer(tables))
    monkeypatch.setattr(reconcile, "Reconciliation", busy)

    ended = hearback("reconcile")

    assert ended.code == reconcile.NOT_JUDGED
    assert "every tally that could be judged is the sum of its ledgers" in ended.out
    assert f"The tallies of shop on {DAY} were counted on all the while" in ended.err


@pytest.mark.parametrize("come", ["{}", "[]", '"x"', '{"starts": {"x": null}}', "null"])
def test_what_reconcile_did_not_write_is_no_bookmark(hearback: Hearback, tables: Tables, come: str) -> None:
    answer(tables)
    bookmark = Bookmark(reconcile.BOOKMARKS, {"table": tables.feedback.name, "survey": "", "fix": False})
    bookmark.keep(lambda: json.loads(come))
    ended = hearback("reconcile", "--resume")
    assert (ended.code, ended.out) == (2, "")
    assert "Leave out --resume to begin again" in ended.err


def test_a_folder_that_cannot_be_made_is_told(hearback: Hearback, tables: Tables) -> None:
    answer(tables)
    Path(".hearback").write_text("in the way", encoding="utf-8")
    ended = hearback("reconcile")
    assert (ended.code, ended.out) == (2, "")
    assert "cannot note in .hearback" in ended.err
