"""The stack's example site signs its visitors as the documentation tells servers to."""

from datetime import UTC, datetime, timedelta

import pytest

from collect.identity import verify
from collect.problems import Problem
from local.example import signed_identity

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
KEYS = {"k9": "old", "k10": "new"}


def test_its_identities_are_taken_for_ten_minutes() -> None:
    signed = signed_identity("mira@shop.example", KEYS, NOW)

    assert verify(signed, {"k10": "new"}, NOW).email == "mira@shop.example"
    with pytest.raises(Problem):
        verify(signed, KEYS, NOW + timedelta(minutes=10))
