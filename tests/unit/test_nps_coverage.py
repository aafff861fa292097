"""What docs/statistics.md promises of the 95% interval, by exact enumeration of what a survey may bring."""

from math import factorial
from pathlib import Path

import pytest

from benchmarks.interval_coverage import INSIDE, OUTSIDE, coverage, table
from hearback.nps import adjusted_wald

TWENTIETHS = [
    (promoters / 20, detractors / 20)
    for promoters in range(2, 19)
    for detractors in range(1, promoters + 1)
    if promoters + detractors <= 19
]
"""All true shares in steps of 5% with promoters from 10%, detractors from 5% and passives from 5%, as far as they are
not the mirror image of others: exchanging promoters and detractors mirrors the interval (test_nps_laws)."""


def dominated(promoters: float, detractors: float) -> bool:
    """Whether one category has so much that the other two together have less than 22%."""
    return max(promoters, detractors, 1 - promoters - detractors) > 0.78


def test_the_enumeration_weighs_every_outcome_as_the_trinomial_distribution_does() -> None:
    n, p, d = 9, 0.5, 0.3
    held = 0.0
    for promoters in range(n + 1):
        for detractors in range(n + 1 - promoters):
            passives = n - promoters - detractors
            ways = factorial(n) / factorial(promoters) / factorial(detractors) / factorial(passives)
            interval = adjusted_wald(promoters, passives, detractors)
            if interval.low <= 100 * (p - d) <= interval.high:
                held += ways * p**promoters * d**detractors * (1 - p - d) ** passives

    assert coverage(n, p, d) == pytest.approx(held, abs=1e-9)


@pytest.mark.parametrize("n", [*range(30, 51), 60, 75, 100, 150])
def test_from_30_answers_the_interval_holds_the_truth_as_often_as_promised(n: int) -> None:
    for promoters, detractors in TWENTIETHS:
        wide = n < 50 and dominated(promoters, detractors)

        assert 0.93 <= coverage(n, promoters, detractors) <= (0.98 if wide else 0.97), (promoters, detractors)


@pytest.mark.parametrize("n", [200, 500, 1_000, 2_000])
def test_with_hundreds_of_answers_it_is_within_a_point_of_95_percent(n: int) -> None:
    for promoters, _, detractors in INSIDE:
        assert 0.94 <= coverage(n, promoters / 100, detractors / 100) <= 0.96, (promoters, detractors)


def test_below_30_answers_it_may_hold_the_truth_less_often() -> None:
    assert min(coverage(5, promoters, detractors) for promoters, detractors in TWENTIETHS) < 0.93


def test_the_tables_in_the_docs_are_what_the_benchmark_prints() -> None:
    docs = Path(__file__).parents[2].joinpath("docs", "statistics.md").read_text(encoding="utf-8")

    assert table(INSIDE) in docs
    assert table(OUTSIDE) in docs
