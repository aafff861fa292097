"""Which plays follow an answer, and why the others do not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback import plays
from hearback.nps import category
from hearback.play import NEXT_STEPS, WATCHING, TaskPlay
from hearback.plays import Situation
from hearback.survey import Survey

PEOPLE = {name: {"name": name.title(), "email": f"{name}@shop.example"} for name in ("asha", "bina", "mara")}
CALLED = {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha"}
TOLD = {"id": "tell", "when": {"score_to": 8}, "what": "mail", "template": "alert", "who": "owner"}
CARE = [
    {"dimensions": {"store": ["pune"]}, "owner": "bina", "manager": "mara"},
    {"owner": "asha", "manager": "mara"},
]
DETRACTOR = Situation(score=3, dimensions={"store": "pune"}, comment=True, known=True)
SLIPPED = replace(DETRACTOR, score=7, before=9)


def survey(*given_plays: dict[str, Any], **more: Any) -> Survey:
    return Survey.model_validate(
        {
            "id": "shop",
            "title": "Your visit",
            "question": "How likely?",
            "brand": {"name": "Chai"},
            "dimensions": {"store": {"values": ["pune", "delhi"]}, "region": {"values": ["West"]}},
            "people": PEOPLE,
            "plays": list(given_plays),
            **more,
        }
    )


def mail(play: str = "m", **when: Any) -> dict[str, Any]:
    return {"id": play, "when": when, "what": "mail", "template": "thanks"}


def running(survey: Survey, situation: Situation) -> list[str]:
    return [play.id for play in plays.choose(survey, situation)]


def against(survey: Survey, situation: Situation, play: str) -> list[str]:
    [choice] = [choice for choice in plays.consider(survey, situation) if choice.play.id == play]
    return list(choice.against)


@pytest.mark.parametrize(
    ("when", "situation", "reason"),
    [
        ({"category": "promoter"}, {}, "category is detractor, not promoter"),
        ({"score_from": 4, "score_to": 6}, {}, "score is 3, not 4 to 6"),
        ({"score_from": 10}, {}, "score is 3, not 10"),
        ({"dimensions": {"store": ["delhi"]}}, {}, "store is pune, not delhi"),
        ({"dimensions": {"region": ["West"]}}, {}, "region is not said, not West"),
        ({"comment": False}, {}, "it has a comment"),
        ({"comment": True}, {"comment": False}, "it has no comment"),
        ({"answer": "repeat"}, {}, "it is a first answer"),
        ({"answer": "first"}, {"before": 3}, "it is not the first answer"),
        ({"change": "slip"}, {"before": 6}, "it is no slip since the last answer"),
        ({"change": "climb"}, {}, "it is no climb since the last answer"),
        ({"days_since_play": 30}, {"days_since_play": 29.9}, "a play reached this person 29 days ago, not 30"),
        ({}, {"known": False}, "the answer names nobody"),
    ],
)
def test_a_play_that_does_not_follow_says_what_is_against_it(
    when: dict[str, Any], situation: dict[str, Any], reason: str
) -> None:
    assert against(survey(mail(**when)), replace(DETRACTOR, **situation), "m") == [reason]


@pytest.mark.parametrize(
    ("when", "situation"),
    [
        ({}, {}),
        ({"category": "detractor", "score_to": 3}, {}),
        ({"dimensions": {"store": ["delhi", "pune"]}}, {}),
        ({"comment": True}, {}),
        ({"answer": "first"}, {}),
        ({"answer": "repeat"}, {"before": 3}),
        ({"change": "slip"}, {"before": 8}),
        ({"change": "climb"}, {"before": 3, "score": 7}),
        ({"days_since_play": 30}, {}),
        ({"days_since_play": 30}, {"days_since_play": 30.0}),
    ],
)
def test_a_play_follows_if_all_it_says_holds(when: dict[str, Any], situation: dict[str, Any]) -> None:
    assert running(survey(mail(**when)), replace(DETRACTOR, **situation))[:1] == ["m"]


def test_everything_against_a_play_is_said() -> None:
    said = against(survey(mail(category="promoter", comment=False)), DETRACTOR, "m")
    assert said == ["category is detractor, not promoter", "it has a comment"]


def test_only_the_first_next_step_is_offered() -> None:
    def step(name: str) -> dict[str, Any]:
        link = {"text": "Tell others", "label": "Write", "url": "https://reviews.example"}
        return {"id": name, "when": {}, "what": "review", **link}

    asked = survey(step("one"), step("two"))
    assert against(asked, DETRACTOR, "two") == ["another next step comes first: one"]
    found = plays.next_step(asked, DETRACTOR)
    assert found is not None
    assert found.id == "one"


@pytest.mark.parametrize(
    ("first", "situation", "offered"),
    [
        ({}, {}, "one"),
        ({"score_to": 2}, {}, "two"),
        ({"answer": "first"}, {}, None),
        ({"change": "slip"}, {}, None),
        ({"days_since_play": 0}, {}, None),
        ({"change": "slip", "score_to": 2}, {}, "two"),
        ({}, {"known": False}, "two"),
    ],
)
def test_where_the_past_is_not_known_a_step_that_asks_of_it_is_not_offered_and_none_takes_its_place(
    first: dict[str, Any], situation: dict[str, Any], offered: str | None
) -> None:
    link = {"text": "Tell others", "label": "Write"}
    one = {"id": "one", "when": first, "what": "referral", **link}
    two = {"id": "two", "when": {}, "what": "review", "url": "https://reviews.example", **link}

    found = plays.next_step_at_once(
        survey(one, two, referral={"target": "https://shop.example"}), replace(DETRACTOR, **situation)
    )

    assert (found.id if found else None) == offered


def test_a_stranger_gives_a_task_only_if_the_play_wants_that() -> None:
    stranger = replace(DETRACTOR, known=False)
    assert running(survey(CALLED), stranger) == []
    assert running(survey(CALLED | {"anonymous": True}), stranger) == ["call"]


def test_an_event_and_an_alert_need_no_name() -> None:
    event = {"id": "e", "when": {}, "what": "event", "event": "upgrade"}
    assert running(survey(event, TOLD, care=CARE), replace(DETRACTOR, known=False)) == ["e", "tell"]


class TestWatching:
    @pytest.mark.parametrize(("before", "score"), [(9, 8), (10, 0), (7, 6)])
    def test_a_slip_gives_a_task_where_no_play_does(self, before: int, score: int) -> None:
        asked = survey(care=CARE)
        assert running(asked, replace(SLIPPED, before=before, score=score)) == [WATCHING]

    @pytest.mark.parametrize(("before", "score"), [(None, 0), (9, 10), (8, 7), (6, 0), (3, 9)])
    def test_what_is_no_slip_gives_none(self, before: int | None, score: int) -> None:
        assert running(survey(care=CARE), replace(SLIPPED, before=before, score=score)) == []

    def test_its_owner_takes_care_of_the_answer(self) -> None:
        asked = survey(CALLED, care=CARE)
        [play] = plays.choose(asked, SLIPPED)
        assert plays.reader(play, asked, SLIPPED.dimensions) == "bina"
        assert plays.reader(play, asked, {"store": "delhi"}) == "asha"

    def test_without_care_its_owner_gets_the_other_tasks_and_as_much_time(self) -> None:
        [play] = plays.choose(survey(CALLED | {"due_hours": 5}), SLIPPED)
        assert isinstance(play, TaskPlay)
        assert (play.owner, play.due_hours) == ("asha", 5)

    def test_with_nobody_to_call_it_is_not_there(self) -> None:
        assert plays.consider(survey(), SLIPPED) == []

    def test_a_slip_into_a_play_s_task_gives_one_task(self) -> None:
        slipped = replace(SLIPPED, score=2)
        assert running(survey(CALLED), slipped) == ["call"]
        assert against(survey(CALLED), slipped, WATCHING) == ["another play gives a task at once: call"]

    @pytest.mark.parametrize("later", [{"delay_hours": 48}, {"cap_days": 30}])
    def test_a_task_that_may_come_late_or_not_at_all_does_not_stand_for_it(self, later: dict[str, int]) -> None:
        assert running(survey(CALLED | later), replace(SLIPPED, score=2)) == ["call", WATCHING]

    def test_a_survey_may_look_away(self) -> None:
        assert running(survey(care=CARE, watch={"slips": False}), SLIPPED) == []


class TestAlerts:
    def test_somebody_is_told_once_of_one_answer(self) -> None:
        asked = survey(TOLD, CALLED | {"owner": "bina"}, care=CARE)
        assert running(asked, DETRACTOR) == ["call"]
        assert against(asked, DETRACTOR, "tell") == ["the notice of the task tells them: call"]

    @pytest.mark.parametrize("changed", [{"who": "manager"}, {"delay_hours": 24}])
    def test_somebody_else_is_told_and_so_is_who_wants_it_later(self, changed: dict[str, Any]) -> None:
        asked = survey(TOLD | changed, CALLED | {"owner": "bina"}, care=CARE)
        assert running(asked, DETRACTOR) == ["tell", "call"]

    def test_an_alert_goes_to_who_takes_care_of_the_answer(self) -> None:
        asked = survey(TOLD, TOLD | {"id": "lead", "who": "manager"}, care=CARE)
        elsewhere = {"store": "delhi"}
        readers = [
            plays.reader(play, asked, where) for play in asked.plays for where in (DETRACTOR.dimensions, elsewhere)
        ]
        assert readers == ["bina", "asha", "mara", "mara"]


scores = st.integers(0, 10)
situations = st.builds(
    Situation,
    score=scores,
    dimensions=st.sampled_from([{}, {"store": "pune"}, {"store": "delhi"}]),
    comment=st.booleans(),
    known=st.just(True),
    before=st.none() | scores,
    days_since_play=st.none() | st.floats(0, 400),
)
EVERYTHING = survey(
    CALLED,
    TOLD,
    mail("thank", category="promoter"),
    mail("late", days_since_play=90),
    {"id": "r", "when": {}, "what": "review", "text": "t", "label": "l", "url": "https://a.example"},
    {"id": "c", "when": {"comment": True}, "what": "coupon", "coupon": "ten", "text": "t"},
    care=CARE,
    coupons={"ten": {"text": "10%"}},
)


@given(situations)
def test_whatever_the_answer(situation: Situation) -> None:
    """A play either runs or says why not; one next step at most; who slipped has one task at once, no more."""
    considered = plays.consider(EVERYTHING, situation)
    chosen = plays.choose(EVERYTHING, situation)
    assert [choice.play for choice in considered if not choice.against] == chosen
    step = plays.next_step(EVERYTHING, situation)
    assert [play for play in chosen if isinstance(play, NEXT_STEPS)] == ([step] if step else [])
    slipped = situation.change == "slip"
    tasks = [play for play in chosen if isinstance(play, TaskPlay)]
    assert len(tasks) == (slipped or category(situation.score) == "detractor")
    told = [plays.reader(play, EVERYTHING, situation.dimensions) for play in chosen if play.id == "tell"]
    assert not {plays.reader(play, EVERYTHING, situation.dimensions) for play in tasks} & set(told)


@given(scores, scores)
def test_a_slip_one_way_is_a_climb_the_other(one: int, other: int) -> None:
    opposite = {"slip": "climb", "climb": "slip", None: None}
    assert plays.change(one, other) == opposite[plays.change(other, one)]
