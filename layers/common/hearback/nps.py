"""The arithmetic of the Net Promoter Score: pure, from eleven counts to numbers that carry their uncertainty.

Score: F. Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
Interval: J. Sauro and B. Rocks (2016), adjusted Wald for NPS, found best at small n by MeasuringU
(https://measuringu.com/nps-confidence-intervals/).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Category = Literal["promoter", "passive", "detractor"]
CATEGORIES: tuple[Category, ...] = ("promoter", "passive", "detractor")
Z95 = 1.959963984540054
"""Two-sided 95% point of the standard normal distribution."""


def category(score: int) -> Category:
    """Promoter 9-10, passive 7-8, detractor 0-6. Raises ValueError outside 0-10."""
    if not 0 <= score <= 10:
        raise ValueError("a score is a whole number from 0 to 10")
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of a 95% interval in NPS points, -100 to 100."""

    low: float
    high: float

    @property
    def margin(self) -> float:
        """Half the width. The interval is centred on the adjusted estimate, so print bounds, not score +/- margin."""
        return (self.high - self.low) / 2


def adjusted_wald(promoters: int, passives: int, detractors: int) -> Interval:
    """95% interval of the NPS by the adjusted Wald method, unclipped half-width, bounds within -100 and 100.

    Add 3/4 to promoters, 3/4 to detractors and 3/2 to passives; then p and d are shares of n + 3, the
    variance is p + d - (p - d)**2 and the standard error sqrt(variance / (n + 3)).
    """
    estimate, error = _adjusted(promoters, passives, detractors)
    return Interval(100 * (estimate - Z95 * error), 100 * (estimate + Z95 * error))


def _adjusted(promoters: int, passives: int, detractors: int) -> tuple[float, float]:
    n = promoters + passives + detractors + 3
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    return p - d, math.sqrt((p + d - (p - d) ** 2) / n)


@dataclass(frozen=True, slots=True)
class Score:
    """Eleven counts, the answers 0 to 10, and what follows from them."""

    counts: tuple[int, ...]

    @classmethod
    def of(cls, counts: Sequence[int]) -> "Score":
        if len(counts) != 11 or min(counts) < 0:
            raise ValueError("a score is made of eleven counts, none below zero")
        return cls(tuple(counts))

    @property
    def detractors(self) -> int:
        return sum(self.counts[:7])

    @property
    def passives(self) -> int:
        return self.counts[7] + self.counts[8]

    @property
    def promoters(self) -> int:
        return self.counts[9] + self.counts[10]

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def nps(self) -> float | None:
        """Percentage of promoters less percentage of detractors, -100 to 100; None without answers."""
        return 100 * (self.promoters - self.detractors) / self.n if self.n else None

    @property
    def mean(self) -> float | None:
        return sum(score * count for score, count in enumerate(self.counts)) / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """95% bounds, clipped to what an NPS can be; None without answers."""
        if not self.n:
            return None
        raw = adjusted_wald(self.promoters, self.passives, self.detractors)
        return Interval(max(-100.0, raw.low), min(100.0, raw.high))

    @property
    def margin(self) -> float | None:
        """Half the width of the unclipped 95% interval; None without answers."""
        return adjusted_wald(self.promoters, self.passives, self.detractors).margin if self.n else None

    def __add__(self, other: "Score") -> "Score":
        return Score(tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)))


NO_ANSWERS = Score((0,) * 11)


@dataclass(frozen=True, slots=True)
class Change:
    """How a score differs from an earlier one, in NPS points, and whether that is more than chance."""

    points: float
    p_value: float

    @property
    def significant(self) -> bool:
        return self.p_value < 0.05


def change(before: Score, after: Score) -> Change | None:
    """The two-sided z-test on two independent adjusted estimates; None if either has no answers.

    The difference of the adjusted estimates over the root of the sum of their squared standard errors
    (MeasuringU, "How to statistically compare two Net Promoter Scores",
    https://measuringu.com/nps-statistical-comparison/).
    """
    if before.nps is None or after.nps is None:
        return None
    estimate_before, error_before = _adjusted(before.promoters, before.passives, before.detractors)
    estimate_after, error_after = _adjusted(after.promoters, after.passives, after.detractors)
    z = (estimate_after - estimate_before) / math.hypot(error_before, error_after)
    return Change(after.nps - before.nps, math.erfc(abs(z) / math.sqrt(2)))
