"""Laws that hold for every survey."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hearback.nps import NO_ANSWERS, Score, Span, adjusted_wald, answers_needed, change, trend

count = st.integers(0, 5_000)
counts = st.lists(count, min_size=11, max_size=11).map(Score.of)
answered = counts.filter(lambda score: score.n >= 2)
"""Two answers and more: with one, adding three made-up ones outweighs it."""
moments = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def categories(promoters: int, passives: int, detractors: int) -> Score:
    return Score.of([0, 0, detractors, 0, 0, 0, 0, passives, 0, promoters, 0])


def swapped(score: Score) -> Score:
    """Promoters for detractors."""
    return categories(score.detractors, score.passives, score.promoters)


@given(answered)
def test_swapping_promoters_and_detractors_mirrors_every_number(score: Score) -> None:
    mirrored = swapped(score)

    assert score.nps is not None
    assert mirrored.nps == pytest.approx(-score.nps)
    assert score.interval is not None
    assert mirrored.interval is not None
    assert mirrored.interval.low == pytest.approx(-score.interval.high)
    assert mirrored.interval.high == pytest.approx(-score.interval.low)
    assert answers_needed(mirrored) == answers_needed(score)


@given(answered)
def test_the_interval_holds_the_score_and_nothing_impossible(score: Score) -> None:
    assert score.interval is not None
    assert score.nps is not None
    assert -100 <= score.interval.low <= score.nps <= score.interval.high <= 100


@given(count, count, count)
def test_the_variance_is_that_of_answers_worth_plus_one_nought_and_minus_one(
    promoters: int, passives: int, detractors: int
) -> None:
    """The definition, as in "How can I calculate margin of error in a NPS result?" on Cross Validated."""
    p, z, d = promoters + 0.75, passives + 1.5, detractors + 0.75
    n = p + z + d
    mean = (p - d) / n
    variance = ((1 - mean) ** 2 * p + (0 - mean) ** 2 * z + (-1 - mean) ** 2 * d) / n

    interval = adjusted_wald(promoters, passives, detractors)

    assert interval.margin == pytest.approx(100 * 1.96 * (variance / n) ** 0.5, rel=1e-4)
    assert (interval.low + interval.high) / 2 == pytest.approx(100 * mean, abs=1e-9)


@given(answered, st.integers(2, 20))
def test_more_answers_with_the_same_shares_narrow_the_interval(score: Score, times: int) -> None:
    more = Score.of([times * each for each in score.counts])

    assert score.margin is not None
    assert more.margin is not None
    assert more.nps == pytest.approx(score.nps)
    assert more.margin < score.margin


@given(counts, counts, counts)
def test_scores_add_up_in_any_order(one: Score, two: Score, three: Score) -> None:
    assert (one + two) + three == one + (three + two)
    assert one + NO_ANSWERS == one


@given(answered, answered)
def test_a_change_reads_the_same_from_either_side(before: Score, after: Score) -> None:
    there, back = change(before, after), change(after, before)

    assert there is not None
    assert back is not None
    assert back.points == pytest.approx(-there.points)
    assert back.p_value == pytest.approx(there.p_value)
    assert 0 <= there.p_value <= 1


@given(answered)
def test_a_score_does_not_differ_from_itself(score: Score) -> None:
    found = change(score, score)

    assert found is not None
    assert (found.points, found.p_value) == (0, 1)


small = st.builds(categories, *[st.integers(0, 30)] * 3).filter(lambda score: score.n >= 2)


@given(small, answered)
def test_a_significant_change_has_the_direction_that_the_scores_show(before: Score, after: Score) -> None:
    """The test compares adjusted estimates, which lie nearer to 0 than the scores that people see."""
    found = change(before, after)
    assert found is not None
    assume(found.significant)

    one, other = (adjusted_wald(score.promoters, score.passives, score.detractors) for score in (before, after))
    assert (found.points > 0) == (other.low + other.high > one.low + one.high)


@given(answered, answered)
def test_intervals_apart_mean_a_significant_change(before: Score, after: Score) -> None:
    a, b = (adjusted_wald(score.promoters, score.passives, score.detractors) for score in (before, after))
    assume(a.high < b.low or b.high < a.low)

    found = change(before, after)

    assert found is not None
    assert found.significant


@given(
    st.dictionaries(moments, counts, max_size=20),
    moments,
    st.integers(0, 800),
    st.sampled_from(["day", "week", "month"]),
)
def test_periods_cover_the_range_without_gap_or_overlap_and_lose_no_answer(
    by_date: dict[date, Score], first: date, length: int, by: Span
) -> None:
    last = first + timedelta(days=length)
    days = {day.isoformat(): score for day, score in by_date.items()}

    periods = trend(days, first, last, by)

    assert (periods[0].first, periods[-1].last) == (first, last)
    assert all(one.last + timedelta(days=1) == two.first for one, two in pairwise(periods))
    assert len({period.name for period in periods}) == len(periods)
    inside = sum((score for day, score in by_date.items() if first <= day <= last), NO_ANSWERS)
    assert sum((period.score for period in periods), NO_ANSWERS) == inside
