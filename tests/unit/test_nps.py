"""Scores, intervals, differences and trends: published examples, and what is said of them."""

from datetime import date
from math import erfc, sqrt
from random import Random

import pytest

from hearback.nps import NO_ANSWERS, Change, Score, adjusted_wald, answers_needed, category, change, in_words, trend

MIRO = Score.of([2, 0, 2, 1, 6, 12, 17, 28, 67, 80, 226])
"""441 real answers, counted from the public repository saizhang1/NLP-text-analysis."""


def score(promoters: int, passives: int, detractors: int) -> Score:
    return Score.of([detractors, 0, 0, 0, 0, 0, 0, passives, 0, 0, promoters])


def answers(*scores: int) -> Score:
    return Score.of([scores.count(value) for value in range(11)])


def drawn(random: Random, n: int, promoters: float, passives: float) -> Score:
    """n answers of a population with these shares, 0 to 1."""
    categories = random.choices("+0-", (promoters, passives, 1 - promoters - passives), k=n)
    return score(categories.count("+"), categories.count("0"), categories.count("-"))


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter")]
)
def test_a_score_has_a_category(value: int, expected: str) -> None:
    assert category(value) == expected


@pytest.mark.parametrize("value", [-1, 11])
def test_a_number_off_the_scale_has_no_category(value: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 10"):
        category(value)


@pytest.mark.parametrize("counts", [[1] * 10, [1] * 12, [-1] + [1] * 10])
def test_a_score_is_eleven_counts_none_below_zero(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="eleven counts"):
        Score.of(counts)


def test_a_real_survey_gives_its_known_numbers() -> None:
    assert (MIRO.promoters, MIRO.passives, MIRO.detractors, MIRO.n) == (306, 95, 40, 441)
    assert MIRO.nps == pytest.approx(60.3, abs=0.05)
    assert MIRO.margin == pytest.approx(6.1, abs=0.05)
    assert MIRO.mean == pytest.approx(8.85, abs=0.005)


def test_the_precision_of_500_answers_is_as_published() -> None:
    """Market Strategies, "NPS Requires Much Larger Sample Sizes Than Alternatives": 40/40/20, n = 500, 20 +/- 6.6,
    from 13 to 27. Theirs is unadjusted, so it is wider by 3 parts in 500."""
    published = score(200, 200, 100)

    assert published.nps == 20
    assert published.margin == pytest.approx(6.6, abs=0.1)
    assert published.interval is not None
    assert published.interval.low == pytest.approx(20 - 6.6, abs=0.2)
    assert published.interval.high == pytest.approx(20 + 6.6, abs=0.2)


@pytest.mark.parametrize(("n", "margin"), [(1_000, 5), (100_000, 0.5)])
def test_the_rule_of_thumb_for_precision_holds(n: int, margin: float) -> None:
    """Cybaea, "Net Promoter Score confidence intervals": 1,000 answers are good for +/- 5, 100,000 for +/- 0.5."""
    typical = score(n * 45 // 100, n * 30 // 100, n * 25 // 100)

    assert typical.margin == pytest.approx(margin, rel=0.05)


def test_the_same_score_is_less_certain_where_answers_are_divided() -> None:
    """CodeBeats, "NPS score: quality over quantity": a call centre and shops, 28 answers and a score of 0 each."""
    call_centre = answers(*[10] * 5, *[9] * 9, *[2] * 5, *[1] * 4, *[0] * 5)
    shops = answers(*[9] * 8, *[8] * 10, *[7] * 2, *[6] * 8)

    assert call_centre.n == shops.n == 28
    assert call_centre.nps == shops.nps == 0
    assert call_centre.margin is not None
    assert shops.margin is not None
    assert call_centre.margin > 1.2 * shops.margin


def test_the_interval_is_the_formula_worked_by_hand() -> None:
    """10 promoters, 5 passives, 2 detractors: shares of 20 are 10.75 and 2.75, so 0.40 and 0.675 - 0.16 = 0.515."""
    interval = adjusted_wald(10, 5, 2)

    assert interval.low == pytest.approx(40 - 196.0 * (0.515 / 20) ** 0.5, abs=0.01)
    assert interval.high == pytest.approx(40 + 196.0 * (0.515 / 20) ** 0.5, abs=0.01)


def test_without_answers_there_is_no_number() -> None:
    assert (NO_ANSWERS.n, NO_ANSWERS.nps, NO_ANSWERS.mean, NO_ANSWERS.interval, NO_ANSWERS.margin) == (0, *[None] * 4)
    assert answers_needed(NO_ANSWERS) is None


def test_the_example_of_another_published_test_comes_out_alike() -> None:
    """R package sigtest of the NHS Business Services Authority, example of nps_moe_test: its unadjusted formula
    finds a fall of 14.7 points and z = 6.04, beyond the 2.58 that it asks for."""
    latest, oldest = score(123, 456, 789), score(321, 654, 987)

    found = change(oldest, latest)

    assert found is not None
    assert found.points == pytest.approx(-14.7, abs=0.05)
    assert erfc(6.1 / sqrt(2)) < found.p_value < erfc(5.9 / sqrt(2))


def test_a_change_is_the_formula_worked_by_hand() -> None:
    """From 0.40 with variance 0.515 over 20 to 0.625 with 0.371875 over 40: z = 0.225 / 0.18721 = 1.2019."""
    found = change(score(10, 5, 2), score(27, 8, 2))

    assert found is not None
    assert found.points == pytest.approx(100 * (25 / 37 - 8 / 17))
    assert found.p_value == pytest.approx(0.2294, abs=0.0001)


@pytest.mark.parametrize(
    ("before", "after", "minimum_n"),
    [(NO_ANSWERS, MIRO, 1), (MIRO, NO_ANSWERS, 1), (score(20, 5, 4), MIRO, 30), (MIRO, score(20, 5, 4), 30)],
)
def test_too_few_answers_on_either_side_are_not_compared(before: Score, after: Score, minimum_n: int) -> None:
    found = change(before, after, minimum_n)

    assert found is None
    assert in_words(found) == "Too few answers to compare."


def test_as_many_answers_as_the_minimum_are_compared() -> None:
    assert change(score(20, 5, 5), score(5, 5, 20), minimum_n=30) is not None


@pytest.mark.parametrize(
    ("points", "p_value", "said"),
    [
        (8.2, 0.0101, "Up 8 points, more than chance (p = 0.01)."),
        (-8.2, 0.0003, "Down 8 points, more than chance (p < 0.001)."),
        (-7.6, 0.34, "8 points lower, which chance alone would explain (p = 0.34)."),
        (1.4, 0.81, "1 point higher, which chance alone would explain (p = 0.81)."),
        (0.44, 0.024, "Up 0.4 points, more than chance (p = 0.024)."),
        (0.0, 1.0, "No difference (p = 1)."),
    ],
)
def test_a_difference_is_told_in_a_plain_sentence(points: float, p_value: float, said: str) -> None:
    assert in_words(Change(points, p_value)) == said


@pytest.mark.parametrize(("n_before", "n_after"), [(30, 30), (30, 300), (200, 200)])
def test_equal_scores_are_called_different_one_time_in_twenty(n_before: int, n_after: int) -> None:
    random = Random(2016)
    trials = 3_000

    alarms = 0
    for _ in range(trials):
        found = change(drawn(random, n_before, 0.5, 0.3), drawn(random, n_after, 0.5, 0.3))
        alarms += found is not None and found.significant

    assert alarms / trials == pytest.approx(0.05, abs=0.015)


def test_the_answers_needed_find_a_true_move_four_times_in_five() -> None:
    random = Random(80)
    n = answers_needed(score(3_500, 4_000, 2_500), points=20)
    assert n is not None
    trials = 2_000

    found = 0
    for _ in range(trials):
        seen = change(drawn(random, n, 0.35, 0.4), drawn(random, n, 0.25, 0.4))
        found += seen is not None and seen.significant

    assert found / trials == pytest.approx(0.8, abs=0.03)


def test_five_points_take_thousands_of_answers_in_each_group() -> None:
    """(1.96 + 0.84)**2 * 2 * 0.56 / 0.05**2 - 3, the published formula with the shares 40/40/20."""
    assert answers_needed(score(400_000, 400_000, 200_000)) == pytest.approx(2.8016**2 * 2 * 0.56 / 0.0025 - 3, abs=1)


def test_a_smaller_move_takes_more_answers() -> None:
    needed = [answers_needed(MIRO, points) for points in (20, 10, 5, 2.5)]

    assert needed == sorted(needed, key=lambda n: n or 0)
    assert len(set(needed)) == 4


def test_a_huge_move_takes_at_least_one_answer() -> None:
    assert answers_needed(score(1_000_000, 0, 0), points=200) == 1


@pytest.mark.parametrize("points", [0, -5])
def test_a_move_to_detect_is_more_than_nothing(points: float) -> None:
    with pytest.raises(ValueError, match="more than 0 points"):
        answers_needed(MIRO, points)


def test_a_trend_by_day_shows_days_without_answers() -> None:
    days = {"2026-02-28": score(1, 0, 0), "2026-03-02": score(0, 1, 0)}

    periods = trend(days, date(2026, 2, 27), date(2026, 3, 2), by="day")

    assert [(period.name, period.score.n) for period in periods] == [
        ("2026-02-27", 0),
        ("2026-02-28", 1),
        ("2026-03-01", 0),
        ("2026-03-02", 1),
    ]


def test_weeks_run_from_monday_to_sunday_across_the_year() -> None:
    days = {"2026-12-27": score(1, 0, 0), "2026-12-28": score(2, 0, 0), "2027-01-03": score(0, 0, 2)}

    periods = trend(days, date(2026, 12, 21), date(2027, 1, 10), by="week")

    assert [(period.name, period.first, period.last, period.score.nps) for period in periods] == [
        ("2026-W52", date(2026, 12, 21), date(2026, 12, 27), 100),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3), 0),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 10), None),
    ]


def test_months_at_the_ends_are_cut_to_the_range_asked_for() -> None:
    days = {f"2028-02-{day:02}": score(1, 0, 0) for day in range(1, 30)}

    periods = trend(days, date(2028, 1, 20), date(2028, 3, 5), by="month")

    assert [(period.name, period.first, period.last, period.score.n) for period in periods] == [
        ("2028-01", date(2028, 1, 20), date(2028, 1, 31), 0),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), 29),
        ("2028-03", date(2028, 3, 1), date(2028, 3, 5), 0),
    ]


def test_a_period_weighs_answers_not_days() -> None:
    days = {"2026-03-02": score(0, 0, 1), "2026-03-03": score(99, 0, 0)}

    [week] = trend(days, date(2026, 3, 2), date(2026, 3, 8), by="week")

    assert week.score.nps == 98


def test_a_range_that_ends_before_it_begins_has_no_periods() -> None:
    assert trend({}, date(2026, 3, 2), date(2026, 3, 1), by="day") == []
