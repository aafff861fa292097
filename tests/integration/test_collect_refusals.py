"""Bad input from programs: a precise 4xx, nothing stored, nothing leaked."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collect import api
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.survey import Survey
from tests.conftest import NOW, Answered, Collect

SUBMIT = "/v1/surveys/shop/responses"


@pytest.fixture(autouse=True)
def nothing_is_stored(collect: Collect) -> Iterator[None]:
    yield
    assert collect.stored() == []


def check(answered: Answered, status: int, kind: str) -> dict[str, Any]:
    assert (answered.status, answered.headers["content-type"]) == (status, "application/problem+json")
    problem = answered.json
    assert (problem["status"], problem["type"]) == (status, f"/problems/{kind}")
    assert problem["title"]
    assert problem["detail"].endswith(".")
    return problem


@pytest.mark.parametrize("score", ["9", 9.5, 9.0, True, -1, 11, 10**30, None, [9], "nine"])
def test_a_score_is_a_whole_number_from_0_to_10_and_nothing_like_it(collect: Collect, score: object) -> None:
    problem = check(collect.submit(collect.token(), score=score), 422, "score-out-of-range")

    assert problem["errors"][0]["pointer"] == "#/score"


def test_a_submission_without_score_is_refused(collect: Collect) -> None:
    check(collect.submit(collect.token(), comment="Hello"), 422, "score-out-of-range")


def test_a_comment_over_5000_characters_is_refused_and_one_of_5000_is_not(collect: Collect) -> None:
    problem = check(collect.submit(collect.token(), score=9, comment="क" * 5001), 422, "comment-too-long")
    assert problem["detail"] == "#/comment: a comment has at most 5000 characters, this one has 5001."

    check(collect.submit("forged", score=9, comment="क" * 5000), 400, "token-refused")


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"colour": "red"}, "unknown-question"),
        ({"topic": "weather"}, "unknown-question"),
        ({"topic": ""}, "unknown-question"),
        ({"wish": "x" * 1001}, "invalid-body"),
        ({"wish": 3}, "invalid-body"),
        ({"<b>": "x"}, "invalid-body"),
        ({f"q{number}": "x" for number in range(21)}, "invalid-body"),
    ],
)
def test_answers_are_to_questions_of_the_survey(collect: Collect, answers: dict[str, object], kind: str) -> None:
    check(collect.submit(collect.token(), score=3, answers=answers), 422, kind)


def test_a_field_that_no_route_knows_is_named(collect: Collect) -> None:
    problem = check(collect.submit(collect.token(), score=9, e_mail="meera@example.com"), 422, "invalid-body")

    assert problem["errors"] == [{"pointer": "#/e_mail", "detail": "this is not one of the fields"}]


@pytest.mark.parametrize("body", ["", "{", "{'score': 9}", "\x00", '{"score": 9}}', "[" * 5000, '{"token":"\\ud800"}'])
def test_malformed_json_is_refused(collect: Collect, body: str) -> None:
    answered = collect.request("POST", SUBMIT, body=body, headers={"content-type": "application/json"})

    check(answered, 400, "malformed")


@pytest.mark.parametrize("body", ["[]", "9", "null", '"text"'])
def test_json_that_is_no_object_is_refused(collect: Collect, body: str) -> None:
    answered = collect.request("POST", SUBMIT, body=body, headers={"content-type": "application/json"})

    check(answered, 422, "invalid-body")


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_content_type_is_refused(collect: Collect, content_type: str) -> None:
    answered = collect.request("POST", SUBMIT, body='{"score":9}', headers={"content-type": content_type})

    check(answered, 415, "content-type")


def test_json_is_json_with_a_charset_too(collect: Collect) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}

    check(collect.request("POST", SUBMIT, body='{"token":"x","score":9}', headers=headers), 400, "token-refused")


@pytest.mark.parametrize("base64", [False, True])
def test_a_body_over_32_kb_is_refused_and_one_of_32_kb_is_read(
    collect: Collect, monkeypatch: pytest.MonkeyPatch, base64: bool
) -> None:
    def send(size: int) -> Answered:
        event = collect.event("POST", SUBMIT, body=b"x" * size)  # this content type is sent in base64
        event["headers"]["content-type"] = "application/json"
        if not base64:
            event |= {"body": "x" * size, "isBase64Encoded": False}
        return collect.handle(event)

    check(send(32 * 1024 + 1), 413, "body-too-large")
    check(send(10_000_000), 413, "body-too-large")
    check(send(32 * 1024), 400, "malformed")


def test_a_body_that_is_not_the_base64_it_claims_to_be_is_refused(collect: Collect) -> None:
    event = collect.event("POST", SUBMIT, body="abcde", headers={"content-type": "application/json"})

    check(collect.handle(event | {"isBase64Encoded": True}), 400, "malformed")


@pytest.mark.parametrize("unknown", ["nowhere", "<script>", "SHOP", "x" * 3000, "a#b", "संख्या"])
def test_an_unknown_survey_is_not_found_and_not_repeated(collect: Collect, unknown: str) -> None:
    answered = collect.request("POST", f"/v1/surveys/{unknown}/tokens", body={})

    check(answered, 404, "unknown-survey")
    assert unknown not in answered.text


def test_a_closed_survey_takes_nothing(collect: Collect, survey: Survey) -> None:
    token = collect.token()
    collect.tables.people.put_survey(survey.model_copy(update={"status": "closed"}), NOW)

    check(collect.request("POST", "/v1/surveys/shop/tokens", body={}), 410, "survey-closed")
    check(collect.submit(token, score=9), 410, "survey-closed")
    check(collect.request("PATCH", f"/v1/responses/{token}", body={"score": 9}), 410, "survey-closed")
    body = {"survey": "shop", "score": 9, "idempotency_key": "k", "email": "meera@example.com"}
    check(collect.request("POST", "/v1/machine/responses", body=body), 410, "survey-closed")


@pytest.mark.parametrize(
    ("dimensions", "says"),
    [
        ({"touchpoint": "returns"}, "'returns' is not a declared value of 'touchpoint'"),
        ({"store": "pune"}, "'store' is not public"),
        ({"colour": "red"}, "not a dimension of this survey, which has touchpoint"),
    ],
)
def test_a_page_names_only_declared_values_of_public_dimensions(
    collect: Collect, dimensions: dict[str, str], says: str
) -> None:
    answered = collect.request("POST", "/v1/surveys/shop/tokens", body={"dimensions": dimensions})

    assert says in check(answered, 422, "dimension-refused")["detail"]


def test_a_submission_names_no_dimension_at_all(collect: Collect) -> None:
    check(collect.submit(collect.token(), score=9, dimensions={"touchpoint": "delivery"}), 422, "invalid-body")


def test_another_system_names_only_declared_values(collect: Collect) -> None:
    body = {"survey": "shop", "score": 9, "dimensions": {"store": "mumbai"}}

    check(collect.request("POST", "/v1/machine/responses", body=body), 422, "dimension-refused")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"answered_at": "2026-03-04T10:31:01Z"}, "#/answered_at"),
        ({"answered_at": "1999-12-31T23:59:59Z"}, "#/answered_at"),
        ({"answered_at": "2026-03-04T10:00:00"}, "#/answered_at"),
        ({"answered_at": 1772620200}, "#/answered_at"),
        ({"answered_at": "yesterday"}, "#/answered_at"),
        ({"idempotency_key": ""}, "#/idempotency_key"),
        ({"email": "meera@example.com", "contact": "4711"}, "#"),
        ({"name": "Meera"}, "#"),
        ({"follow_up": "no"}, "#/follow_up"),
        ({"survey": "Shop"}, "#/survey"),
    ],
)
def test_what_another_system_says_of_an_answer_is_checked(
    collect: Collect, said: dict[str, object], pointer: str
) -> None:
    body = {"survey": "shop", "score": 9, **said}

    problem = check(collect.request("POST", "/v1/machine/responses", body=body), 422, "invalid-body")

    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_an_address_that_cannot_be_one_is_refused_and_not_repeated(collect: Collect) -> None:
    body = {"survey": "shop", "score": 9, "email": "meera at example"}

    answered = collect.request("POST", "/v1/machine/responses", body=body)

    check(answered, 422, "invalid-body")
    assert "meera" not in answered.text


def test_an_expired_token_is_gone(collect: Collect) -> None:
    token = collect.token(expires_at=NOW)

    check(collect.submit(token, score=9), 410, "token-expired")
    check(collect.request("PATCH", f"/v1/responses/{token}", body={"score": 9}), 410, "token-expired")


def test_a_token_for_something_else_is_refused(collect: Collect, survey: Survey) -> None:
    other = survey.model_copy(update={"id": "other"})
    collect.tables.people.put_survey(other, NOW)

    unsubscribe = collect.token(purpose="unsubscribe", subject="c0ffee")
    elsewhere = collect.request("POST", "/v1/surveys/other/tokens", body={}).json["token"]

    check(collect.submit(unsubscribe, score=9), 400, "token-refused")
    check(collect.submit(elsewhere, score=9), 400, "token-refused")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_a_token_makes_another_one(collect: Collect, data: st.DataObject) -> None:
    token = collect.token(subject="shop.001KJW6BE20E9H22SBW7XSCEMQ0")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(
        (st.characters(codec="utf-8") | st.sampled_from(["", "AA"])).filter(lambda text: text != token[at])
    )
    forged = token[:at] + other + token[at + 1 :]

    assert collect.submit(forged, score=9).status in (400, 422)


def test_only_a_stored_answer_can_be_changed(collect: Collect) -> None:
    check(collect.request("PATCH", f"/v1/responses/{collect.token()}", body={"score": 9}), 404, "nothing-to-amend")


def test_an_amendment_says_something(collect: Collect) -> None:
    silent: list[dict[str, object]] = [{}, {"score": None}, {"answers": {}}]
    for body in silent:
        check(collect.request("PATCH", f"/v1/responses/{collect.token()}", body=body), 422, "invalid-body")


def test_a_database_that_throttles_is_busy_not_broken(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    def throttled(*_: object) -> None:
        raise TemporarilyUnavailable("ThrottlingException")

    monkeypatch.setattr("hearback.aws.feedback.Feedback.submit", throttled)

    answered = collect.submit(collect.token(), score=9)

    check(answered, 503, "busy")
    assert answered.headers["retry-after"] == "3"


def test_a_fault_of_ours_ends_the_invocation_so_that_its_alarm_rings(
    collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hearback.aws.feedback.Feedback.submit", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        collect.submit(collect.token(), score=9)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.dictionaries(
        st.sampled_from(["token", "score", "comment", "answers", "dimensions", "locale", "channel", "survey", "email"])
        | st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_no_body_without_a_token_of_ours_stores_or_breaks_anything(collect: Collect, body: dict[str, Any]) -> None:
    text, headers = json.dumps(body), {"content-type": "application/json"}

    for path in (SUBMIT, "/v1/machine/responses"):
        body_text = text if path == SUBMIT else json.dumps({**body, "survey": "nowhere"})
        assert 400 <= collect.request("POST", path, body=body_text, headers=headers).status < 500


def test_logs_hold_ids_and_nothing_that_anybody_said(collect: Collect, caplog: pytest.LogCaptureFixture) -> None:
    token = collect.token(expires_at=NOW - timedelta(days=1))
    caplog.set_level(logging.INFO)
    collect.submit(token, score=9, comment="secret words")
    body = {"survey": "nowhere", "score": 9, "email": "meera@example.com", "name": "Meera"}
    collect.request("POST", "/v1/machine/responses", body=body)
    collect.request("GET", f"/a/{token}", query="score=9")

    logged = "\n".join(api.logger.handlers[0].format(record) for record in caplog.records)

    assert logged.count('"message":"answered"') == 3
    assert '"correlation_id":"JKJaXmPLvHcESHA="' in logged
    assert '"problem":"token-expired"' in logged
    assert not any(said in logged for said in (token, "secret words", "eera", "nowhere"))
