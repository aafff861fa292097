"""Facts and ledgers that somebody spoiled, on the running stack: none stops the others, each can be seen and mended."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from hearback.aws.dynamodb import Table
from hearback.fact import FactId
from hearback.response import Response
from hearback.tally import Ledger
from local.stack import Stack
from tests.e2e.conftest import Command
from tests.e2e.test_loop import settle

SPOILED: dict[str, Any] = {"expires_at": "soon", "images": {b"\0"}, "numbers": {1, Decimal("0.5")}, "number": 10**100}


def answer(hearback: Command, folder: Path, names: str, score: int) -> None:
    """Import an answer of each of some people."""
    with (folder / f"{names}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["email", "score"], *([f"{name}@example.com", score] for name in names)])
    columns = ("--email", "email", "--score", "score")
    hearback("import", str(folder / f"{names}.csv"), "--survey", "store", *columns)


def listed(hearback: Command) -> dict[FactId, str]:
    found = hearback.json("responses", "list", "--survey", "store")
    return {FactId.parse(each["response"]): each["standing"] for each in found}


def held(hearback: Command, queue: str) -> int:
    return len(hearback.json("redrive", "--dry-run")[queue])


def test_what_somebody_spoiled_stops_nothing_and_is_named_until_it_is_mended(
    stack: Stack, hearback: Command, tmp_path: Path
) -> None:
    feedback, tallies = (
        Table(stack.client("dynamodb"), stack.outputs[name]) for name in ("FeedbackTable", "TallyTable")
    )
    answer(hearback, tmp_path, "abcd", 9)
    settle(stack)
    unreadable, noted, foreign, _ = listed(hearback)
    for fact, edited in ((unreadable, {"version": Decimal("0.5")}), (noted, {"note": {1, 2}})):
        key = Ledger.key_item(Ledger.key_of("R", fact))
        tallies.put({"Item": (tallies.get(key) or {}) | edited})
        hearback("responses", "exclude", str(fact))  # a second version
    stored = feedback.get(foreign.key("R")) or {}
    feedback.put({"Item": stored | SPOILED})
    answer(hearback, tmp_path, "ef", 10)
    settle(stack)

    assert hearback.json("report", "--survey", "store")["scores"][9:] == [3, 2]  # all but the noted one
    assert (held(hearback, "aggregate"), held(hearback, "followup")) == (2, 0)
    assert sorted(listed(hearback).values()) == ["counted"] * 3 + ["not counted"] * 2
    hearback("digest", "preview", "store", "weekly", "--to", f"{stack.now():%Y-%m-%d}")

    ledger = Ledger.key_of("R", unreadable)
    told = {
        each["where"]: each["detail"] for each in json.loads(hearback("reconcile", "--json", code=1))["differences"]
    }
    assert told[f"response {foreign}"] == "a foreign shape: ValueError"
    assert f"delete item {ledger}" in told[f"response {unreadable}"]
    hearback("redrive", code=1)
    assert held(hearback, "aggregate") == 2

    tallies.delete({"Key": Ledger.key_item(ledger)})
    feedback.put({"Item": Response.from_item(stored).exclude("mended").to_item()})
    hearback("redrive")
    hearback("reconcile", "--fix")
    assert hearback.json("reconcile")["differences"] == []
    assert hearback.json("report", "--survey", "store")["scores"][9:] == [1, 2]
