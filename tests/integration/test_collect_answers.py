"""Answers as programs give them: tokens, submissions, amendments, other systems."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hearback.contact import Slot
from hearback.fact import FactId
from hearback.nps import category
from hearback.survey import Survey
from ops.erasure import Erasure
from ops.person import Person
from tests.conftest import NOW, Collect


def mint(collect: Collect, **wanted: object) -> str:
    return str(collect.request("POST", "/v1/surveys/shop/tokens", body=wanted).json["token"])


def test_a_token_carries_what_the_page_said_to_the_answer(collect: Collect) -> None:
    token = mint(collect, dimensions={"touchpoint": "delivery"}, locale="hi-IN", channel="page")

    answered = collect.submit(token, score=10)

    [response] = collect.stored()
    assert (response.dimensions, response.locale, response.channel) == ({"touchpoint": "delivery"}, "hi", "page")
    assert answered.json["question"] == "आपको सबसे अच्छा क्या लगा?"


def test_a_token_names_its_response_and_is_good_for_a_week(collect: Collect) -> None:
    minted = collect.request("POST", "/v1/surveys/shop/tokens", body={})

    assert minted.status == 201
    assert minted.json["expires_at"] == "2026-03-11T10:30:00+00:00"
    assert collect.submit(minted.json["token"], score=7).json["response"] == minted.json["response"]


@pytest.mark.parametrize("score", range(11))
def test_every_score_is_stored_and_answered_with_the_questions_of_its_category(
    collect: Collect, survey: Survey, score: int
) -> None:
    answered = collect.submit(collect.token(), score=score)

    assert answered.status == 201
    assert [response.score for response in collect.stored()] == [score]
    asked = survey.follow_up[category(score)]
    assert answered.json["question"] == survey.say(asked.reason, "en")
    assert [question["id"] for question in answered.json["questions"]] == [each.id for each in asked.questions]


def test_the_category_is_never_named_to_a_respondent(collect: Collect) -> None:
    for score in (0, 7, 10):
        said = collect.submit(collect.token(), score=score).text.lower()
        assert not any(word in said for word in ("promoter", "passive", "detractor", "category"))


def test_an_answer_sent_again_is_the_same_response_and_the_same_reply(collect: Collect) -> None:
    token = collect.token()
    first = collect.submit(token, score=6, comment="Slow.", answers={"topic": "staff"})
    collect.now += timedelta(days=2)  # a retry may come late: it changes nothing, so nothing refuses it

    again = collect.submit(token, score=6, comment="Slow.", answers={"topic": "staff"})

    assert (again.status, again.json) == (first.status, first.json)
    assert [response.version for response in collect.stored()] == [1]


def test_another_submission_with_the_same_token_is_an_amendment_with_history(collect: Collect) -> None:
    token = collect.token()
    collect.submit(token, score=6, comment="Slow.")

    answered = collect.submit(token, score=9)

    assert answered.json["version"] == 2
    [response] = collect.stored()
    assert (response.score, response.comment) == (9, "Slow.")
    assert [said["score"] for said in response.history] == [6]


def test_an_empty_text_takes_back_what_was_said_whichever_way_it_comes(collect: Collect) -> None:
    submitted, amended = collect.token(), collect.token()
    for token in (submitted, amended):
        collect.submit(token, score=3, comment="Slow.", answers={"topic": "staff", "wish": "More tills."})
    emptied: dict[str, object] = {"comment": " ", "answers": {"wish": ""}}

    collect.submit(submitted, score=3, **emptied)
    collect.request("PATCH", f"/v1/responses/{amended}", body=emptied)

    assert [(response.comment, response.answers) for response in collect.stored()] == [("", {"topic": "staff"})] * 2
    assert [said["comment"] for response in collect.stored() for said in response.history] == ["Slow."] * 2


def test_what_says_nothing_is_no_answer(collect: Collect) -> None:
    token = collect.token()
    for _ in range(2):
        collect.submit(token, score=3, comment="", answers={"wish": ""})

    assert [(response.version, response.answers) for response in collect.stored()] == [(1, {})]


def test_an_amendment_changes_only_what_it_names(collect: Collect) -> None:
    token = collect.token()
    collect.submit(token, score=3, comment="Slow.")

    answered = collect.request("PATCH", f"/v1/responses/{token}", body={"answers": {"wish": "More tills."}})

    assert (answered.status, answered.json["version"]) == (200, 2)
    [response] = collect.stored()
    assert (response.score, response.comment, response.answers) == (3, "Slow.", {"wish": "More tills."})


def test_the_local_day_is_the_surveys(collect: Collect) -> None:
    collect.now = NOW.replace(hour=18, minute=30)  # midnight in Kolkata

    collect.submit(collect.token(), score=8)

    assert [response.day for response in collect.stored()] == ["2026-03-05"]


def test_a_value_the_survey_declares_no_more_is_not_counted(collect: Collect) -> None:
    collect.submit(collect.token(dimensions={"store": "closed-branch", "touchpoint": "delivery"}), score=8)

    assert [response.dimensions for response in collect.stored()] == [{"touchpoint": "delivery"}]


def test_line_ends_and_stray_spaces_do_not_count_as_words(collect: Collect) -> None:
    collect.submit(collect.token(), score=8, comment="  one\r\ntwo  ")

    assert [response.comment for response in collect.stored()] == ["one\ntwo"]


def test_an_answer_is_changed_for_24_hours(collect: Collect) -> None:
    token = collect.token()
    collect.submit(token, score=6)
    collect.now += timedelta(hours=24)
    assert collect.request("PATCH", f"/v1/responses/{token}", body={"score": 7}).status == 200
    collect.now += timedelta(seconds=1)

    refused = collect.request("PATCH", f"/v1/responses/{token}", body={"score": 8})

    assert (refused.status, refused.json["type"]) == (409, "/problems/amendment-refused")
    assert [response.score for response in collect.stored()] == [7]


def test_an_answer_that_would_grow_too_large_is_refused_and_stays(collect: Collect) -> None:
    token = collect.token()
    collect.submit(token, score=6)
    [response] = collect.stored()
    said = {"version": 1, "until": NOW.isoformat(), "score": 6, "comment": "क" * 5000}
    history = (said,) * 26  # 390 of the 400 KB that DynamoDB holds an item
    collect.tables.feedback.put({"Item": replace(response, history=history).to_item()})

    refused = collect.request("PATCH", f"/v1/responses/{token}", body={"comment": "क" * 5000})

    assert (refused.status, refused.json["type"]) == (409, "/problems/amendment-refused")
    assert [stored.comment for stored in collect.stored()] == [""]


def record(collect: Collect, **said: object) -> str:
    answered = collect.request("POST", "/v1/machine/responses", body={"survey": "shop", "score": 9, **said})
    assert answered.status == 201, answered.text
    return str(answered.json["response"])


def test_who_answered_another_system_is_not_asked_again_within_the_quiet_period(
    collect: Collect, survey: Survey
) -> None:
    response = collect.tables.responses.response(FactId.parse(record(collect, email="ravi@example.com")))
    assert response is not None

    slot = Slot.asked(response.contact, survey.id)

    assert not collect.tables.people.take(slot, "an invitation", collect.now, survey.quiet)
    assert collect.tables.people.take(slot, "an invitation", collect.now + survey.quiet, survey.quiet)


def test_the_same_idempotency_key_is_the_same_response(collect: Collect) -> None:
    first = record(collect, idempotency_key="till-7/118")
    collect.now += timedelta(hours=1)

    assert record(collect, idempotency_key="till-7/118") == first
    assert record(collect, idempotency_key="till-7/118", answered_at="2026-03-04T10:00:00Z") == first
    assert record(collect, idempotency_key="till-7/119") != first
    assert len(collect.stored()) == 2


def test_a_retry_brings_back_nothing_of_a_person_who_was_erased(collect: Collect) -> None:
    said = {
        "survey": "shop",
        "score": 9,
        "email": "meera@example.com",
        "name": "Meera",
        "idempotency_key": "till-7/118",
    }
    collect.request("POST", "/v1/machine/responses", body=said)
    [response] = collect.stored()
    meera, tables = Person(frozenset({response.contact})), collect.tables
    Erasure(meera, tables.responses, tables.directory, tables.tally).erase(lambda _: None)

    retried = collect.request("POST", "/v1/machine/responses", body=said)

    assert (retried.status, retried.json["type"]) == (409, "/problems/amendment-refused")
    assert "erased" in retried.json["detail"]
    assert tables.people.contact(response.contact) is None
    assert tables.directory.get(Slot.asked(response.contact, "shop").key_item) is None


def test_a_recorded_answer_lies_in_the_month_it_was_given(collect: Collect) -> None:
    response = record(collect, idempotency_key="old", answered_at="2025-12-31T20:00:00Z")

    assert FactId.parse(response).month == "2025-12"
    assert [stored.day for stored in collect.stored()] == ["2026-01-01"]


def test_without_a_key_every_recorded_answer_is_a_new_one(collect: Collect) -> None:
    assert record(collect) != record(collect)


def test_another_systems_id_and_an_address_are_different_people(collect: Collect) -> None:
    record(collect, contact="meera@example.com")
    record(collect, email="Meera@Example.com", name="Meera")

    assert len({response.contact for response in collect.stored()}) == 2


def test_what_was_known_of_a_person_is_kept(collect: Collect) -> None:
    record(collect, email="meera@example.com", name="Meera", phone="+91 98100 00000")
    record(collect, email="MEERA@example.com ", locale="hi")

    contact = collect.tables.people.contact(collect.stored()[0].contact)
    assert contact is not None
    assert (contact.name, contact.phone, contact.locale) == ("Meera", "+91 98100 00000", "hi")
    assert len({response.contact for response in collect.stored()}) == 1


def test_another_system_may_name_any_declared_dimension_and_ask_for_no_follow_up(collect: Collect) -> None:
    record(collect, dimensions={"store": "delhi", "touchpoint": "delivery"}, follow_up=False)

    [response] = collect.stored()
    assert response.dimensions == {"store": "delhi", "touchpoint": "delivery"}
    assert not response.follow_up
