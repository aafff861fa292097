"""`hearback plays explain`: what would follow an answer and why the rest would not; what did follow one."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearback.aws.claims import Claims
from hearback.aws.coupons import Coupons
from hearback.claim import Claim, State, play_effect
from hearback.contact import Suppression
from hearback.coupon import GrantedCoupon
from hearback.fact import FactId
from hearback.response import Response
from hearback.survey import Survey
from hearback.waiting import WaitingPlay
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback

STORE = str(Path(__file__).parents[2] / "surveys" / "store.yaml")
OF_STORE = ("--file", STORE)


def explained(hearback: Hearback, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = hearback("plays", "explain", *options, "--json").json
    return found


def follows(found: dict[str, Any]) -> list[str]:
    return [play["play"] for play in found["plays"] if play["runs"]]


def by_id(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {play["play"]: play for play in found["plays"]}


@pytest.fixture
def response(tables: Tables) -> Response:
    made = Response(FactId.mint("shop", 4, NOW), 9, NOW, "2026-03-04", contact="c" * 32, expires_at=2**31)
    tables.responses.create(made)
    return made


def claim(tables: Tables, response: Response, play: str, state: State, note: str = "") -> None:
    claims, made = Claims(tables.directory), Claim(play_effect(str(response.id), play))
    claims.take(made, NOW)
    claims.settle(made.digest, state, NOW, note)


def test_each_play_follows_or_says_what_is_against_it(hearback: Hearback) -> None:
    found = explained(hearback, "--survey", "shop", "--score", "3")
    assert follows(found) == ["apologise", "call"]
    assert by_id(found)["thank"]["against"] == ["category is detractor, not promoter"]
    assert found["answer"]["category"] == "detractor"


def test_an_answer_may_be_told_in_every_way_that_a_play_looks_at(hearback: Hearback) -> None:
    options = ("--dimension", "region=West", "--no-comment", "--before", "10", "--days-since-play", "12")
    found = explained(hearback, *OF_STORE, "--score", "8", *options)
    assert (found["answer"]["change"], found["answer"]["comment"]) == ("slip", False)
    assert {"ask-passives-why", "watch-slips"} <= set(follows(found))
    assert by_id(found)["second-thought"]["against"] == ["a play reached this person 12 days ago, not 30"]
    assert by_id(found)["watch-slips"]["who"] == "Rohan Deshpande"


def test_it_says_when_in_business_hours(hearback: Hearback, now: datetime) -> None:
    plays = by_id(explained(hearback, *OF_STORE, "--score", "2", "--dimension", "region=West"))
    assert plays["call-detractors"]["due_at"] == "2026-03-05T10:30:00+00:00"  # 4 of 10 hours left today, in Kolkata
    late = by_id(explained(hearback, *OF_STORE, "--score", "7", "--no-comment"))["second-thought"]
    assert late["at"] == (now + timedelta(hours=48)).isoformat()


def test_a_survey_s_file_is_explained_before_it_is_applied(hearback: Hearback, tmp_path: Path) -> None:
    assert "early-access" in follows(explained(hearback, *OF_STORE, "--score", "10", "--before", "9"))
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: Bad\n", encoding="utf-8")
    ended = hearback("plays", "explain", "--file", str(bad), "--score", "3")
    assert ended.code == 2
    assert "bad.yaml:1: id:" in ended.err


def test_a_table_is_for_people(hearback: Hearback) -> None:
    ended = hearback("plays", "explain", *OF_STORE, "--score", "2", "--before", "9", "--dimension", "region=East")
    assert "store: 2, detractor, 9 before: a slip (region East)" in ended.out
    assert "Anirban Sen" in ended.out
    assert "another play gives a task at once: call-detractors" in ended.out
    assert "At most one follow-up mail to a person within 7 days" in ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "with which --score"),
        (("--survey", "shop"), "with which --score"),
        (("--survey", "shop", "--file", STORE, "--score", "3"), "--survey ID or --file FILE"),
        (("--survey", "gone", "--score", "3"), "there are: shop"),
        (("--survey", "shop", "--score", "3", "--dimension", "store"), "takes NAME=VALUE"),
        (("--survey", "shop", "--score", "3", "--dimension", "store=goa"), "'goa' is not a declared value"),
        (("--survey", "shop", "--score", "3", "--anonymous", "--before", "9"), "nothing came before it"),
        (("--response", "nonsense"), "is not the id of an answer"),
        (("--response", "shop.001HX0000000000000000000000"), "there is no answer"),
        (("--response", "shop.0", "--score", "3"), "no other option"),
    ],
)
def test_what_cannot_be_explained_is_refused(hearback: Hearback, options: tuple[str, ...], words: str) -> None:
    ended = hearback("plays", "explain", *options, "--json")
    assert ended.code == 2
    assert words in " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("done", "done (0100-id)"),
        ("capped", "a cap forbade it"),
        ("doubtful", "in doubt"),
        ("refused", "refused (0100-id)"),
    ],
)
def test_of_a_stored_answer_it_says_what_was_done(
    hearback: Hearback, tables: Tables, response: Response, state: State, words: str
) -> None:
    claim(tables, response, "thank", state, "0100-id")
    done = by_id(explained(hearback, "--response", str(response.id)))
    assert words in done["thank"]["done"]
    assert done["ask-why"]["done"] is None
    assert words in hearback("plays", "explain", "--response", str(response.id)).out


def test_a_next_step_says_what_became_of_the_mail_that_brings_it(
    hearback: Hearback, tables: Tables, response: Response
) -> None:
    def done() -> str:
        return str(by_id(explained(hearback, "--response", str(response.id)))["review"]["done"])

    assert done() == "no mail brought it"

    claim(tables, response, "thank", "done")

    assert done() == "with thank, Wed 04 Mar 16:00: done"


def test_a_coupon_is_known_by_its_grant(hearback: Hearback, tables: Tables, survey: Survey, response: Response) -> None:
    gift = {"id": "gift", "when": {"category": "promoter"}, "what": "coupon", "coupon": "tenth", "text": "Take it."}
    thank = {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"}
    changed = {"coupons": {"tenth": {"text": "10% off"}}, "plays": [thank, gift]}
    giving = Survey.model_validate(survey.model_dump(exclude_defaults=True) | changed)
    tables.people.put_survey(giving, NOW)
    claim(tables, response, "thank", "done")

    def done() -> str:
        return str(by_id(explained(hearback, "--response", str(response.id)))["gift"]["done"])

    assert done() == "none was granted"

    wanted = GrantedCoupon.of(giving, "tenth", response.contact, f"{response.id}/gift", NOW)
    Coupons(tables.directory, os.urandom).grant(wanted)

    assert done() == "with thank, Wed 04 Mar 16:00: done"


def test_a_play_that_waits_says_until_when(hearback: Hearback, tables: Tables, response: Response) -> None:
    waiting = WaitingPlay(response.id, "thank", NOW + timedelta(hours=48), response.version)
    tables.people.let_wait(waiting)
    assert by_id(explained(hearback, "--response", str(response.id)))["thank"]["done"] == "waits until Fri 06 Mar 16:00"

    tables.people.end_wait(waiting)
    assert by_id(explained(hearback, "--response", str(response.id)))["thank"]["done"] is None


def test_what_was_done_is_told_even_if_the_play_would_not_follow_any_more(
    hearback: Hearback, tables: Tables, response: Response
) -> None:
    claim(tables, response, "apologise", "done")
    assert "not any more: category is promoter" in hearback("plays", "explain", "--response", str(response.id)).out


def test_a_stored_answer_knows_the_one_before(hearback: Hearback, tables: Tables, response: Response) -> None:
    at = NOW - timedelta(days=3)
    tables.responses.create(replace(response, id=FactId.mint("shop", 4, at), answered_at=at, score=3))
    answer = explained(hearback, "--response", str(response.id))["answer"]
    assert (answer["before"], answer["change"]) == (3, "climb")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"excluded": "11 scores in 2 s"}, "it does not count (11 scores in 2 s)"),
        ({"provisional": True}, "it waits to be confirmed"),
        ({"follow_up": False}, "imported as history"),
        ({"follow_up": False, "confirmed_by": "operator"}, "an operator counted it"),
        ({}, "no address of theirs is known"),
    ],
)
def test_it_says_why_nothing_follows_an_answer_at_all(
    hearback: Hearback, tables: Tables, response: Response, changed: dict[str, Any], words: str
) -> None:
    tables.feedback.put({"Item": replace(response, **changed).to_item()})
    assert words in explained(hearback, "--response", str(response.id))["rules"][0]


def test_it_says_that_a_person_is_not_mailed(hearback: Hearback, tables: Tables, response: Response) -> None:
    tables.people.suppress(Suppression(response.contact, "unsubscribe", NOW))
    assert "Its person is not mailed" in explained(hearback, "--response", str(response.id))["rules"][0]


def test_a_survey_without_a_mail_cap_says_so(hearback: Hearback, tables: Tables, survey: Survey) -> None:
    tables.people.put_survey(survey.model_copy(update={"mail_cap_days": 0}), NOW)
    assert "for every answer" in explained(hearback, "--survey", "shop", "--score", "3")["rules"][0]


def test_it_tells_of_quiet_hours_where_a_survey_has_them(hearback: Hearback, tables: Tables, survey: Survey) -> None:
    quiet = Survey.model_validate(survey.model_dump(exclude_defaults=True) | {"quiet_hours": "21:00-08:00"})
    tables.people.put_survey(quiet, NOW)
    assert "waits for the morning" in explained(hearback, "--survey", "shop", "--score", "3")["rules"][-1]
