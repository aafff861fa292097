"""The `hearback` command: whatever a command meets ends in a message, not in a traceback."""

from typing import Any

import pytest

from hearback.aws.dynamodb import RequestRefused
from hearback.tally import add_request, tally_key
from ops.deployment import Deployment
from tests.conftest import Tables
from tests.unit.conftest import Hearback


def test_a_tally_that_somebody_took_below_zero_is_for_reconcile(hearback: Hearback, tables: Tables) -> None:
    tables.tally.update(add_request(*tally_key("shop", "all", "2026-03-01"), {"|s9": -1}))
    ended = hearback("report", "--survey", "shop")
    assert (ended.code, ended.out) == (2, "")
    assert "hearback reconcile" in ended.err


def test_what_dynamodb_will_never_take_is_told_in_its_own_words(
    hearback: Hearback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(deployment: Deployment, survey: str) -> Any:
        raise RequestRefused("Item size has exceeded the maximum allowed size")

    monkeypatch.setattr(Deployment, "survey", refuse)
    ended = hearback("report", "--survey", "shop")
    assert (ended.code, ended.out) == (2, "")
    assert "Item size has exceeded" in ended.err
