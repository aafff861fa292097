"""What speaks for a person, what speaks against one, and what says nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from hearback.judging import MEANINGS, Kind, Observation, Standing, judge, program_mark

START = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


def seen_at(seconds: float, kind: Kind, score: int | None = None, made: float | None = None) -> Observation:
    """An observation some seconds after the start, on a page made then or at `made`."""
    page = START + timedelta(seconds=seconds if made is None else made)
    return Observation(START + timedelta(seconds=seconds), kind, score, int(page.timestamp() * 1000))


def every_link(kind: Kind, begin: float = 0, span: float = 2) -> list[Observation]:
    return [seen_at(begin + score * span / 10, kind, score) for score in range(11)]


def touched(begin: float, score: int) -> list[Observation]:
    """Somebody opens a link, looks, and touches the page."""
    return [
        seen_at(begin, "opened", score),
        seen_at(begin + 0.4, "seen", score, begin),
        seen_at(begin + 3, "human", score, begin),
    ]


@pytest.mark.parametrize(
    ("traffic", "standing", "reason"),
    [
        ([seen_at(0, "opened", 9)], "nobody", "opened without a sign of a person"),
        ([seen_at(0, "opened", 9), seen_at(1, "seen", 9, 0)], "nobody", "the page was shown, and nobody touched it"),
        (every_link("opened"), "machine", "11 scores in 2 s"),
        (every_link("head"), "machine", "11 scores in 2 s"),
        (every_link("prefetched", span=0.1), "machine", "11 scores in 1 s"),
        (every_link("opened", span=300), "machine", "3 scores in 60 s"),
        ([seen_at(0, "head", 9)], "machine", MEANINGS["head"]),
        ([seen_at(0, "prefetched", 9)], "machine", MEANINGS["prefetched"]),
        ([seen_at(0, "opened", 9), seen_at(1, "trap")], "machine", MEANINGS["trap"]),
        ([seen_at(0, "opened", 9), seen_at(0.3, "rushed", 9, 0)], "machine", "a form sent 0.3 s after its page"),
        ([Observation(START, "rushed", 9)], "machine", "a form sent without its page"),
        ([seen_at(0, "opened", 9), seen_at(5, "snared", 9, 0)], "machine", MEANINGS["snared"]),
        ([seen_at(0, "opened"), seen_at(3, "human", None, 0)], "nobody", "opened without a sign of a person"),
        ([seen_at(0, "opened", 9), seen_at(4, "scripted", 9, 0)], "machine", MEANINGS["scripted"]),
        ([seen_at(0, "bare", 9), seen_at(2, "bare", 8), seen_at(4, "bare", 7)], "machine", "3 scores in 4 s"),
        (touched(0, 9), "person", "touched on a visible page"),
        ([], "nobody", "opened without a sign of a person"),
    ],
)
def test_traffic_is_judged_and_the_reason_named(traffic: list[Observation], standing: Standing, reason: str) -> None:
    verdict = judge(traffic)

    assert (verdict.standing, verdict.reason) == (standing, reason)


def test_two_scores_are_somebody_who_corrects_a_slip_and_the_last_touch_holds() -> None:
    verdict = judge([*touched(0, 6), *touched(8, 9)])

    assert (verdict.standing, verdict.score) == ("person", 9)
    assert verdict.at == START + timedelta(seconds=11)


def test_a_changed_mind_on_one_page_is_what_was_chosen_there_in_the_end() -> None:
    changes = [seen_at(seconds, "human", score, 0) for seconds, score in ((3, 9), (5, 6), (8, 3))]

    verdict = judge([seen_at(0, "opened", 9), *changes])

    assert (verdict.standing, verdict.score) == ("person", 3)


def test_a_person_is_not_lost_behind_a_scanner() -> None:
    assert judge([*every_link("opened"), seen_at(3, "head", 9), *touched(5, 9)]).standing == "person"


def test_a_person_is_not_lost_before_a_scanner() -> None:
    assert judge([*touched(0, 9), *every_link("opened", 5)]).standing == "person"


def test_a_touch_on_a_page_whose_hidden_link_was_followed_is_a_machines() -> None:
    assert judge([*touched(0, 9), seen_at(4, "trap", 9, 0)]).reason == MEANINGS["trap"]


def test_a_scanner_that_follows_a_hidden_link_beside_a_person_takes_nothing_from_them() -> None:
    assert judge([seen_at(1, "trap"), *touched(2, 9), seen_at(4, "trap")]).standing == "person"


def test_a_machine_that_touches_every_page_is_known_by_its_scores() -> None:
    traffic = [each for score in range(11) for each in touched(score * 4, score)]

    assert judge(traffic).reason == "11 scores in 40 s"


def test_a_machine_that_touches_and_then_sends_the_form_too_soon_is_a_machine() -> None:
    traffic = [seen_at(0, "opened", 9), seen_at(0.2, "human", 9, 0), seen_at(0.3, "rushed", 9, 0)]

    assert judge(traffic).reason == "a form sent 0.3 s after its page"


def test_a_clean_touch_holds_beside_a_page_that_is_a_machines() -> None:
    machine = [seen_at(0, "opened", 3), seen_at(0.2, "human", 3, 0), seen_at(0.3, "rushed", 3, 0)]

    verdict = judge([*machine, *touched(20, 9)])

    assert (verdict.standing, verdict.score) == ("person", 9)


def test_order_of_arrival_does_not_matter() -> None:
    traffic = [*touched(0, 6), *touched(8, 9)]

    assert judge(list(reversed(traffic))) == judge(traffic)


def test_every_observation_survives_being_stored() -> None:
    for kind in MEANINGS:
        for observed in (seen_at(1.25, kind, 0), seen_at(1.25, kind)):
            assert Observation.from_item(observed.to_item()) == observed


def test_a_hand_holds_on_a_page_whose_form_a_script_sent_before() -> None:
    assert (
        judge([seen_at(0, "opened", 9), seen_at(2, "scripted", 9, 0), seen_at(30, "human", 9, 0)]).standing == "person"
    )


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ([(0, 6), (20, 9)], ""),
        ([(0, 6), (20, 9), (40, 9)], ""),
        ([(0, 6), (20, 9), (61, 8)], ""),
        ([(0, 6), (20, 9), (60, 8)], "3 scores in 60 s"),
    ],
)
def test_forms_without_a_script_are_a_programs_once_three_scores_came_close_by(
    sent: list[tuple[float, int]], reason: str
) -> None:
    forms = [seen_at(seconds, "bare", score) for seconds, score in sent]

    assert program_mark(forms[-1], forms) == reason
