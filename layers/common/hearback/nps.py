"""The arithmetic of the Net Promoter Score: pure, from eleven counts to numbers that carry their uncertainty.

What is shown, why, and how well it holds is told in docs/statistics.md. Sources:

- Score: F. Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
- Interval: B. Rocks, "Interval Estimation for the Net Promoter Score", The American Statistician 70 (2016),
  365-372 (arXiv:1601.07235), the adjusted Wald method with 3/4, 3/2 and 3/4 added answers; J. Lewis and J. Sauro,
  "Confidence Intervals for Net Promoter Scores" (https://measuringu.com/nps-confidence-intervals/), and its
  trial on real surveys (https://measuringu.com/nps-three-confidence-intervals/).
- Difference: the same, "How to Statistically Compare Two Net Promoter Scores"
  (https://measuringu.com/nps-significance-test/).
- Answers needed: the same, "Sample Sizes for Comparing Net Promoter Scores"
  (https://measuringu.com/nps-sig-test-sample-size/).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Category = Literal["promoter", "passive", "detractor"]
CATEGORIES: tuple[Category, ...] = ("promoter", "passive", "detractor")
Z95 = 1.959963984540054
"""Two-sided 95% point of the standard normal distribution."""
Z80 = 0.8416212335729143
"""One-sided 80% point of the standard normal distribution: the power of `answers_needed`."""


def category(score: int) -> Category:
    """Promoter 9-10, passive 7-8, detractor 0-6. Raises ValueError outside 0-10."""
    if not 0 <= score <= 10:
        raise ValueError("a score is a whole number from 0 to 10")
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of a 95% interval in NPS points."""

    low: float
    high: float

    @property
    def margin(self) -> float:
        """Half the width. The interval is centred on the adjusted estimate, so print bounds, not score +/- margin."""
        return (self.high - self.low) / 2


def adjusted_wald(promoters: int, passives: int, detractors: int) -> Interval:
    """95% interval of the NPS by the adjusted Wald method; not clipped, so a bound may lie beyond -100 or 100.

    Add 3/4 to promoters, 3/4 to detractors and 3/2 to passives; then p and d are shares of n + 3, the
    variance is p + d - (p - d)**2 and the standard error sqrt(variance / (n + 3)).
    """
    estimate, variance, n = _adjusted(promoters, passives, detractors)
    half = Z95 * math.sqrt(variance / n)
    return Interval(100 * (estimate - half), 100 * (estimate + half))


def _adjusted(promoters: int, passives: int, detractors: int) -> tuple[float, float, int]:
    """Adjusted estimate (-1 to 1), variance of one answer, and the adjusted number of answers, n + 3."""
    n = promoters + passives + detractors + 3
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    return p - d, p + d - (p - d) ** 2, n


class BadCounts(ValueError):
    """No answers add up to these counts."""


@dataclass(frozen=True, slots=True)
class Score:
    """Eleven counts, the answers 0 to 10, and what follows from them."""

    counts: tuple[int, ...]

    @classmethod
    def of(cls, counts: Sequence[int]) -> "Score":
        if len(counts) != 11 or min(counts) < 0:
            raise BadCounts("a score is made of eleven counts, none below zero")
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
    """How a score differs from an earlier one or from another group's, and whether that is more than chance."""

    points: float
    """Of the scores as shown, not of the adjusted estimates, in NPS points."""
    p_value: float
    """How often chance alone would set two equal scores at least this far apart, 0 to 1."""

    @property
    def significant(self) -> bool:
        return self.p_value < 0.05


def change(before: Score, after: Score, minimum_n: int = 1) -> Change | None:
    """From one period to the next, or from one group to another; None if either has fewer than `minimum_n` answers.

    The two-sided z-test on two independent adjusted estimates: their difference over the root of the sum of
    their squared standard errors. It knows nothing of how often it is asked: of twenty equal groups compared
    pair by pair, one in twenty pairs will look different.
    """
    if before.nps is None or after.nps is None or min(before.n, after.n) < minimum_n:
        return None
    estimate_before, variance_before, n_before = _adjusted(before.promoters, before.passives, before.detractors)
    estimate_after, variance_after, n_after = _adjusted(after.promoters, after.passives, after.detractors)
    z = (estimate_after - estimate_before) / math.sqrt(variance_before / n_before + variance_after / n_after)
    return Change(after.nps - before.nps, math.erfc(abs(z) / math.sqrt(2)))


def in_words(found: Change | None) -> str:
    """One plain English sentence. It says "up" or "down" only of a change that the test calls one."""
    if found is None:
        return "Too few answers to compare."
    p = "p < 0.001" if found.p_value < 0.001 else f"p = {found.p_value:.2g}"
    size = round(abs(found.points), 0 if abs(found.points) >= 1 else 1)
    if not size:
        return f"No difference ({p})."
    points = f"{size:g} point" + ("s" if size != 1 else "")
    if found.significant:
        return f"{'Up' if found.points > 0 else 'Down'} {points}, more than chance ({p})."
    return f"{points} {'higher' if found.points > 0 else 'lower'}, which chance alone would explain ({p})."


def answers_needed(current: Score, points: float = 5.0) -> int | None:
    """Answers, in each of two periods or groups, that make a true move of `points` show up four times in five.

    That is 80% power for `change` at its 5% level, if answers vary then as they do now:
    n = 2 * variance * ((Z95 + Z80) / difference)**2 - 3, with the adjusted variance of the current shares.
    None without answers to judge the variance by. Raises ValueError unless `points` is above zero.
    """
    if points <= 0:
        raise ValueError("a move to detect is more than 0 points")
    if not current.n:
        return None
    _, variance, _ = _adjusted(current.promoters, current.passives, current.detractors)
    return max(1, math.ceil(2 * variance * (100 * (Z95 + Z80) / points) ** 2 - 3))


Span = Literal["day", "week", "month"]
"""Weeks are ISO weeks, Monday to Sunday, so that two reports cut the calendar alike whatever day they begin."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of a trend; the first and the last of a trend may be part of a week or month."""

    name: str
    """2026-03-09, 2026-W11 or 2026-03."""
    first: date
    last: date
    score: Score


def trend(days: Mapping[str, Score], first: date, last: date, by: Span) -> list[Period]:
    """The periods from `first` to `last`, both included, in order, those without answers too.

    `days` maps yyyy-mm-dd to that day's score; days outside the range are left out. Scores of periods are made
    from summed counts: an average of daily scores would let a day of one answer weigh as much as one of a thousand.
    """
    periods = []
    start = first
    while start <= last:
        end = min(_end(start, by), last)
        within = (start + timedelta(days=n) for n in range((end - start).days + 1))
        score = sum((days.get(day.isoformat(), NO_ANSWERS) for day in within), NO_ANSWERS)
        periods.append(Period(_name(start, by), start, end, score))
        start = end + timedelta(days=1)
    return periods


def _end(start: date, by: Span) -> date:
    if by == "day":
        return start
    if by == "week":
        return start + timedelta(days=6 - start.weekday())
    some_day_of_next_month = start.replace(day=28) + timedelta(days=4)
    return some_day_of_next_month.replace(day=1) - timedelta(days=1)


def _name(start: date, by: Span) -> str:
    if by == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    return start.isoformat() if by == "day" else start.isoformat()[:7]
