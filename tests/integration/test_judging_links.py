"""A mail's link as machines and people use it: what is written down, what becomes an answer, what is counted."""

import json
import re
from datetime import timedelta

import pytest

from collect.page_stamp import PageStamp
from collect.wiring import wiring
from hearback.fact import FactId
from hearback.judging import READING, TOGETHER, Kind
from hearback.response import Response
from hearback.visit import ROOM, ROOM_FOR_PEOPLE, Visit
from tests.conftest import Answered, Collect

BLINK = timedelta(milliseconds=200)


def stamp_of(page: Answered) -> str:
    found = re.search(r'name="page" value="([^"]+)"', page.text)
    assert found
    return found[1]


def open_link(collect: Collect, token: str, score: int, **headers: str) -> Answered:
    return collect.request("GET", f"/a/{token}", query=f"score={score}", headers=headers)


def signal(collect: Collect, token: str, kind: str, page: Answered, **said: int) -> Answered:
    headers = {"content-type": "text/plain;charset=UTF-8"}
    body = json.dumps({"kind": kind, "page": stamp_of(page), **said})
    return collect.request("POST", f"/v1/responses/{token}/signals", body=body, headers=headers)


def touch(collect: Collect, token: str, score: int) -> Answered:
    """Somebody opens a link, looks, and touches the page."""
    page = open_link(collect, token, score)
    assert signal(collect, token, "seen", page).status == 204
    collect.now += READING
    assert signal(collect, token, "human", page).status == 204
    return page


def visit_of(collect: Collect, token: str) -> Visit | None:
    return collect.tables.people.visit(fact_of(token, collect))


def fact_of(token: str, collect: Collect) -> FactId:
    from collect.answers import opened

    return opened(wiring(), token, collect.now).response


def observed(collect: Collect, token: str) -> list[Kind]:
    visit = visit_of(collect, token)
    return [each.kind for each in visit.observations] if visit else []


def only(responses: list[Response]) -> Response:
    [response] = responses
    return response


def test_opening_every_link_is_written_down_and_answers_nothing(collect: Collect) -> None:
    token = collect.token()

    for score in range(11):
        open_link(collect, token, score)
        collect.now += BLINK

    visit = visit_of(collect, token)
    assert visit
    assert (visit.verdict.standing, visit.verdict.reason) == ("machine", "11 scores in 2 s")
    assert collect.stored() == []


def test_a_forged_token_leaves_no_trace(collect: Collect) -> None:
    collect.request("GET", "/a/forged.k1.token", query="score=9")
    collect.request("GET", "/s/shop")

    kinds = {item["pk"]["S"].partition("#")[0] for item in scan(collect)}
    assert "VISIT" not in kinds


def scan(collect: Collect) -> list[dict[str, dict[str, str]]]:
    directory = collect.tables.directory
    found: list[dict[str, dict[str, str]]] = directory.client.scan(TableName=directory.name)["Items"]  # type: ignore[assignment]
    return found


@pytest.mark.parametrize(
    ("headers", "kind"),
    [({"purpose": "prefetch"}, "prefetched"), ({"sec-purpose": "prefetch;prerender"}, "prefetched"), ({}, "opened")],
)
def test_a_fetch_ahead_of_time_is_told_from_an_opening(collect: Collect, headers: dict[str, str], kind: str) -> None:
    token = collect.token()

    open_link(collect, token, 9, **headers)

    assert observed(collect, token) == [kind]


def test_a_head_and_the_hidden_link_are_marks_of_a_machine(collect: Collect) -> None:
    token = collect.token()

    collect.request("HEAD", f"/a/{token}", query="score=9")
    trap = collect.request("GET", f"/a/{token}", query="more=1")

    assert trap.status == 200
    assert observed(collect, token) == ["head", "trap"]


def test_whoever_follows_the_hidden_link_of_a_page_is_no_person_on_that_page(collect: Collect) -> None:
    token = collect.token()
    page = touch(collect, token, 9)

    collect.request("GET", f"/a/{token}", query=f"more={stamp_of(page)}")
    touched_by_machine = only(collect.stored()).excluded
    collect.now += READING
    touch(collect, token, 8)

    assert touched_by_machine == "a program followed the link that no person sees"
    assert [(each.score, each.excluded) for each in collect.stored()] == [(8, "")]


def test_a_touch_presumes_an_answer_that_counts_for_nothing_yet(collect: Collect) -> None:
    token = collect.token(contact="c0ffee", dimensions={"store": "pune"})

    touch(collect, token, 9)

    response = only(collect.stored())
    assert (response.score, response.provisional, response.version) == (9, True, 1)
    assert (response.contact, response.dimensions) == ("c0ffee", {"store": "pune"})
    assert response.contribution().counters == ()


def test_a_signal_sent_again_changes_nothing(collect: Collect) -> None:
    token = collect.token()
    page = touch(collect, token, 9)

    signal(collect, token, "human", page)

    assert only(collect.stored()).version == 1


def test_a_presumed_answer_follows_the_last_link_touched(collect: Collect) -> None:
    token = collect.token()
    touch(collect, token, 6)

    touch(collect, token, 9)

    response = only(collect.stored())
    assert (response.score, response.provisional, response.version) == (9, True, 2)


def test_a_presumed_answer_follows_what_was_chosen_on_the_page(collect: Collect) -> None:
    token = collect.token()
    page = touch(collect, token, 9)
    collect.now += BLINK

    assert signal(collect, token, "human", page, score=3).status == 204

    response = only(collect.stored())
    assert (response.score, response.category, response.provisional) == (3, "detractor", True)


@pytest.mark.parametrize("confirm", ["form", "request"])
def test_a_confirmed_answer_replaces_a_presumed_one(collect: Collect, confirm: str) -> None:
    token = collect.token()
    touch(collect, token, 9)

    collect.confirm(token, 8) if confirm == "form" else collect.submit(token, score=8)

    response = only(collect.stored())
    assert (response.score, response.provisional, response.confirmed_by, response.version) == (8, False, confirm, 2)
    assert response.contribution().counters == ("s8",)
    assert response.history == ()


def test_a_touch_never_changes_a_confirmed_answer(collect: Collect) -> None:
    token = collect.token()
    collect.confirm(token, 8)

    touch(collect, token, 2)

    assert [(each.score, each.version) for each in collect.stored()] == [(8, 1)]


def test_a_form_sooner_than_a_person_reads_is_asked_for_once_more(collect: Collect) -> None:
    token = collect.token()
    page = open_link(collect, token, 9)
    collect.now += READING - timedelta(milliseconds=1)

    again = collect.form(f"/a/{token}", f"step=score&score=9&page={stamp_of(page)}")

    assert again.status == 422
    assert "once more" in again.text
    assert 'value="9" required checked' in again.text
    assert collect.stored() == []
    assert observed(collect, token) == ["opened", "rushed"]
    collect.now += READING
    assert collect.form(f"/a/{token}", f"step=score&score=9&page={stamp_of(again)}").status == 200
    assert only(collect.stored()).contribution().counters == ("s9",)


def test_the_page_holds_a_quick_hands_form_until_it_is_believed(collect: Collect) -> None:
    script = open_link(collect, collect.token(), 9).text
    held = re.search(r"READING = (\d+);", script)

    assert held
    assert READING < timedelta(milliseconds=int(held[1])) < 1.2 * READING


@pytest.mark.parametrize("page", ["", "0-9-x", "1772620200000-9-AAAAAAAAAAAAAAAA", "é", "-", "--"])
def test_a_form_without_its_page_is_not_believed(collect: Collect, page: str) -> None:
    token = collect.token()

    assert collect.form(f"/a/{token}", f"step=score&score=9&page={page}").status == 422

    assert observed(collect, token) == ["rushed"]
    assert collect.stored() == []


def test_a_stamp_holds_for_its_token_alone(collect: Collect) -> None:
    mine, other = collect.token(), collect.token()

    collect.form(f"/a/{mine}", f"step=score&score=9&page={collect.stamp(other)}")

    assert collect.stored() == []


def test_a_stamp_outlives_the_rotation_of_keys() -> None:
    stamp = PageStamp(1772620200000, 9)
    token = "payload.k1.signature"
    text = stamp.sign(token, {"k1": "old"})

    assert PageStamp.verify(text, token, {"k1": "old", "k2": "new"}) == stamp
    assert PageStamp.verify(text, token, {"k2": "new"}) is None


def test_a_field_that_no_person_sees_catches_programs_that_fill_in_all(collect: Collect) -> None:
    token = collect.token()

    collect.form(f"/a/{token}", f"step=score&score=9&page={collect.stamp(token)}&more=x")

    assert observed(collect, token) == ["snared"]
    assert collect.stored() == []


def test_a_machines_form_never_changes_a_persons_answer(collect: Collect) -> None:
    token = collect.token()
    collect.confirm(token, 9)
    page = open_link(collect, token, 0)

    collect.form(f"/a/{token}", f"step=score&score=0&page={stamp_of(page)}")

    assert [(each.score, each.version) for each in collect.stored()] == [(9, 1)]


def test_a_presumed_answer_that_turns_out_a_machines_is_labelled(collect: Collect) -> None:
    token = collect.token()
    page = touch(collect, token, 9)

    collect.form(f"/a/{token}", f"step=score&score=9&page={stamp_of(page)}&more=x")

    response = only(collect.stored())
    assert "no person sees" in response.excluded
    assert response.contribution().counters == ()


def test_whoever_confirms_after_machines_is_counted(collect: Collect) -> None:
    token = collect.token()
    page = touch(collect, token, 9)
    collect.form(f"/a/{token}", f"step=score&score=9&page={stamp_of(page)}&more=x")
    for score in range(11):
        open_link(collect, token, score)

    collect.confirm(token, 10)

    response = only(collect.stored())
    assert (response.score, response.excluded, response.provisional) == (10, "", False)
    assert response.contribution().counters == ("s10",)


def test_what_an_operator_excluded_stays_excluded_when_it_is_changed(collect: Collect) -> None:
    token = collect.token()
    collect.confirm(token, 9)
    collect.tables.responses.revise(fact_of(token, collect), lambda stored: stored.exclude("a test of ours"))

    collect.confirm(token, 3)

    assert only(collect.stored()).excluded == "a test of ours"


@pytest.mark.parametrize("again", ["touch", "form", "bare"])
def test_what_an_operator_excluded_before_it_counted_stays_excluded(collect: Collect, again: str) -> None:
    token = collect.token()
    touch(collect, token, 9)
    collect.tables.responses.revise(fact_of(token, collect), lambda stored: stored.exclude("a test of ours"))

    if again == "touch":
        touch(collect, token, 3)
    else:
        send_form(collect, token, 3, "moved" if again == "form" else "")

    response = only(collect.stored())
    assert (response.excluded, response.contribution().counters) == ("a test of ours", ())


def send_form(collect: Collect, token: str, score: int, hand: str = "", page: Answered | None = None) -> Answered:
    """Open a link, wait as long as reading takes, and send its form; `hand` is what a script wrote into it."""
    page = page or open_link(collect, token, score)
    collect.now += READING
    return collect.form(f"/a/{token}", f"step=score&score={score}&page={stamp_of(page)}&hand={hand}")


def test_a_form_that_a_script_sends_in_its_own_time_is_not_believed_and_says_so(collect: Collect) -> None:
    token = collect.token()

    again = send_form(collect, token, 10, "none")

    visit = visit_of(collect, token)
    assert visit
    assert (again.status, collect.stored()) == (422, [])
    assert (visit.verdict.standing, visit.verdict.reason) == (
        "machine",
        "the form was sent by a script that no hand moved",
    )
    assert send_form(collect, token, 10, "moved", again).status == 200
    assert only(collect.stored()).confirmed_by == "form"


def test_a_form_that_says_nothing_of_a_hand_is_not_believed_where_its_page_ran_a_script(collect: Collect) -> None:
    token = collect.token()
    page = open_link(collect, token, 9)
    signal(collect, token, "seen", page)

    assert send_form(collect, token, 9, page=page).status == 422

    assert collect.stored() == []


def test_a_form_that_says_nothing_of_a_hand_is_believed_where_its_page_told_of_one(collect: Collect) -> None:
    token = collect.token()
    page = touch(collect, token, 9)

    send_form(collect, token, 9, page=page)

    assert only(collect.stored()).confirmed_by == "form"


def test_whoever_runs_no_script_may_correct_a_slip(collect: Collect) -> None:
    token = collect.token()

    for score in (6, 9):
        assert send_form(collect, token, score).status == 200

    response = only(collect.stored())
    assert (response.score, response.version, response.confirmed_by) == (9, 2, "bare")
    assert response.contribution().counters == ("s9",)


def test_a_program_without_scripts_that_sends_one_form_after_the_other_votes_for_nothing(collect: Collect) -> None:
    token = collect.token()

    sent = [send_form(collect, token, score).status for score in range(11)]

    response = only(collect.stored())
    assert sent == [200, 200, *[422] * 9]
    assert (response.excluded, response.contribution().counters) == ("3 scores in 3 s", ())


def test_a_hand_wins_over_what_a_program_sent_before_and_brings_none_of_its_words(collect: Collect) -> None:
    token = collect.token()
    send_form(collect, token, 0)
    collect.request("PATCH", f"/v1/responses/{token}", body={"comment": "https://example.com"})
    for score in range(1, 11):
        send_form(collect, token, score)

    send_form(collect, token, 8, "moved")

    response = only(collect.stored())
    assert (response.score, response.comment, response.history, response.excluded) == (8, "", (), "")
    assert (response.confirmed_by, response.contribution().counters) == ("form", ("s8",))


def test_a_touch_wins_over_what_a_program_sent_before(collect: Collect) -> None:
    token = collect.token()
    for score in range(11):
        send_form(collect, token, score)

    touch(collect, token, 8)

    response = only(collect.stored())
    assert (response.score, response.provisional, response.excluded, response.confirmed_by) == (8, True, "", "")


def test_a_person_without_scripts_is_believed_a_minute_after_a_program(collect: Collect) -> None:
    token = collect.token()
    for score in range(11):
        send_form(collect, token, score)
    collect.now += TOGETHER

    assert send_form(collect, token, 8).status == 200

    assert only(collect.stored()).contribution().counters == ("s8",)


@pytest.mark.parametrize("confirm", ["form", "request"])
def test_forms_without_a_hand_change_nothing_that_a_person_confirmed(collect: Collect, confirm: str) -> None:
    token = collect.token()
    collect.confirm(token, 9) if confirm == "form" else collect.submit(token, score=9)

    shown = [send_form(collect, token, score) for score in (0, 1, 2, 3)]

    response = only(collect.stored())
    assert "can no longer be changed here" in shown[0].text
    assert (response.score, response.version, response.confirmed_by) == (9, 1, confirm)


def test_forms_without_a_hand_change_nothing_that_a_person_touched(collect: Collect) -> None:
    token = collect.token()
    touch(collect, token, 9)

    for score in (0, 1, 2, 3):
        send_form(collect, token, score)

    response = only(collect.stored())
    assert (response.score, response.provisional, response.excluded) == (9, True, "")


def test_a_hand_makes_firm_what_a_form_without_one_said(collect: Collect) -> None:
    token = collect.token()
    send_form(collect, token, 9)
    send_form(collect, token, 9, "moved")

    for score in (0, 1, 2):
        send_form(collect, token, score)

    response = only(collect.stored())
    assert (response.score, response.version, response.confirmed_by, response.history) == (9, 2, "form", ())


def test_whoever_comes_from_no_mail_and_runs_no_script_leaves_nothing_but_an_answer(collect: Collect) -> None:
    token = collect.token(channel="page")

    assert collect.form(f"/a/{token}", f"step=score&score=9&page={collect.stamp(token)}").status == 200

    assert (only(collect.stored()).score, visit_of(collect, token)) == (9, None)


def test_words_are_taken_only_of_a_confirmed_answer(collect: Collect) -> None:
    token = collect.token()
    touch(collect, token, 9)

    answered = collect.request("PATCH", f"/v1/responses/{token}", body={"comment": "Lovely."})

    assert (answered.status, answered.json["type"]) == (404, "/problems/nothing-to-amend")


def test_scanners_cannot_fill_the_room_that_people_need(collect: Collect) -> None:
    token = collect.token()
    for score in range(ROOM):
        signal(collect, token, "seen", open_link(collect, token, score % 11))

    touch(collect, token, 9)

    assert len(observed(collect, token)) == ROOM + 1 <= ROOM_FOR_PEOPLE["human"]
    assert only(collect.stored()).provisional


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"kind":"human","page":"forged"}', 422),
        ('{"kind":"human"}', 422),
        ('{"kind":"human","page":"forged","score":11}', 422),
        ('{"kind":"counted","page":"x"}', 422),
        ("not json", 400),
        ('{"kind":"human","page":"' + "x" * 200 + '"}', 422),
    ],
)
def test_a_signal_that_no_page_of_ours_sends_is_refused(collect: Collect, body: str, status: int) -> None:
    token = collect.token()
    headers = {"content-type": "text/plain"}

    answered = collect.request("POST", f"/v1/responses/{token}/signals", body=body, headers=headers)

    assert answered.status == status
    assert observed(collect, token) == []


def test_a_link_with_a_score_looks_for_signs_of_a_person_and_a_survey_page_need_not(collect: Collect) -> None:
    assert "/signals" in open_link(collect, collect.token(), 9).text
    assert "/signals" not in collect.request("GET", "/s/shop").text


def test_the_first_view_of_a_link_fits_the_first_round_trip(collect: Collect) -> None:
    page = open_link(collect, collect.token(), 9, **{"accept-encoding": "gzip"})

    assert len(page.raw) < 14 * 1024
