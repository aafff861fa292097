"""Counting is exact in every history."""

from tests.aws_faults import Fault
from tests.chaos.playing import play

SEED = 20260301


def test_counting_is_exact_in_five_hundred_histories() -> None:
    happened = play(500, SEED)

    missing = {fault.value for fault in Fault} - happened.keys()
    assert not missing, "these never went wrong, so nothing was proved about them"
    assert min(happened["race lost"], happened["handed back"]) >= 50
    assert happened["at once"] == 4
    changes = ("presumed", "promoted", "doubted", "exclude", "include", "erase", "invitation", "expired")
    assert min(happened[what] for what in changes) >= 5


def test_a_seed_plays_the_same_histories_again() -> None:
    assert play(10, SEED) == play(10, SEED)
