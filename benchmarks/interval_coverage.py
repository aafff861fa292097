"""How often the 95% interval of `hearback.nps` holds the true score: `python -m benchmarks.interval_coverage`.

Nothing is sampled. For given true shares every outcome of n answers that has a chance worth counting is
weighed with its trinomial probability and asked whether its interval holds the truth, so the printed
coverage is exact to 0.01 points and the same on every run. docs/statistics.md explains the table.
"""

import math
from collections.abc import Iterator

from hearback.nps import adjusted_wald

SIZES = (5, 10, 20, 30, 50, 100, 200, 500, 1000, 2000)
INSIDE = (
    (90, 5, 5), (80, 10, 10), (70, 20, 10), (60, 30, 10), (60, 20, 20), (50, 45, 5), (50, 30, 20), (50, 5, 45),
    (40, 40, 20), (40, 20, 40), (30, 65, 5), (30, 50, 20), (30, 20, 50), (20, 60, 20), (20, 20, 60), (10, 85, 5),
    (10, 45, 45), (10, 10, 80), (10, 5, 85),
)  # fmt: skip
"""True shares of promoters, passives and detractors in percent; of these docs/statistics.md makes a promise."""
OUTSIDE = (
    (100, 0, 0), (99, 1, 0), (98, 1, 1), (95, 5, 0), (95, 0, 5), (94, 3, 3), (90, 9, 1), (80, 19, 1), (80, 0, 20),
    (50, 49, 1), (50, 0, 50), (30, 70, 0), (5, 90, 5), (2, 96, 2), (1, 98, 1), (0, 95, 5), (1, 1, 98), (0, 100, 0),
)  # fmt: skip
LOWEST, HIGHEST = 93.0, 97.0
"""Coverage in percent, 95 within 2 points; cells beyond are marked."""


def coverage(n: int, promoter_share: float, detractor_share: float) -> float:
    """Probability, 0 to 1, that the interval of n answers holds the true score. Shares are 0 to 1, together at most 1.

    At most 0.0001 of the probability is left out, as if it missed. Bounds are widened by 1e-9 points, so that
    an interval that ends exactly on the truth holds it whatever the last bit of a float says.
    """
    truth = 100 * (promoter_share - detractor_share)
    of_the_rest = min(1.0, detractor_share / (1 - promoter_share)) if promoter_share < 1 else 0.0
    held = 0.0
    for promoters, chance in _likely(n, promoter_share):
        for detractors, chance_then in _likely(n - promoters, of_the_rest):
            interval = adjusted_wald(promoters, n - promoters - detractors, detractors)
            if interval.low - 1e-9 <= truth <= interval.high + 1e-9:
                held += chance * chance_then
    return held


def _likely(n: int, share: float) -> Iterator[tuple[int, float]]:
    """Counts that a binomial has, with their probabilities, as far as 4.5 standard deviations and 5 from the mean."""
    if share in (0.0, 1.0):
        yield (n if share else 0), 1.0
        return
    reach = 4.5 * math.sqrt(n * share * (1 - share)) + 5
    for count in range(max(0, math.floor(n * share - reach)), min(n, math.ceil(n * share + reach)) + 1):
        ways = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
        yield count, math.exp(ways + count * math.log(share) + (n - count) * math.log1p(-share))


def table(shares: tuple[tuple[int, int, int], ...]) -> str:
    """Coverage in percent, a row for each triple of shares, a column for each n."""
    lines = ["promoters/passives/detractors" + "".join(f"{f'n={n}':>9}" for n in SIZES)]
    for promoters, passives, detractors in shares:
        cells = (100 * coverage(n, promoters / 100, detractors / 100) for n in SIZES)
        name = f"{promoters}/{passives}/{detractors}"
        lines.append(f"{name:>29}" + "".join(f"{cell:8.1f}{_mark(cell)}" for cell in cells).rstrip())
    return "\n".join(lines)


def _mark(percent: float) -> str:
    return "!" if percent < LOWEST else "+" if percent > HIGHEST else " "


def main() -> None:
    print("How often a 95% interval holds the true score, in percent (! below 93, + above 97)\n")
    print("Promoters at least 10%, passives and detractors at least 5%\n")
    print(table(INSIDE))
    print("\nOther shares, for which nothing is promised\n")
    print(table(OUTSIDE))


if __name__ == "__main__":
    main()
