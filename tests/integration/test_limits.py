"""Stuffing: what one address and one token can do within an hour, and what an operator sees of the rest."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.response import Answer, ChangedTooOften, Response
from hearback.survey import Limits, Survey
from ops import doctor
from ops.deployment import Deployment
from tests.conftest import NOW, REGION, Answered, Collect
from tests.integration.test_collect_pages import fill, heading
from tests.integration.test_judging_links import signal

OFFICE = "203.0.113.7"


@pytest.fixture
def survey(survey: Survey) -> Survey:
    """A shop's, which takes three uninvited answers from an address and two changes of an answer an hour."""
    return survey.model_copy(update={"limits": Limits(answers_from_one_address=3, changes_of_one_answer=2)})


def come_from(collect: Collect, address: str) -> None:
    """From here on requests come from this address."""
    made = collect.event

    def event(*arguments: Any, **parts: Any) -> dict[str, Any]:
        request: dict[str, Any] = made(*arguments, **parts)
        request["requestContext"]["http"]["sourceIp"] = address
        return request

    collect.event = event


def widget_answer(collect: Collect, score: int = 10) -> Answered:
    return collect.submit(collect.token(channel="widget"), score=score)


def items(collect: Collect) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = collect.tables.directory.client.scan(TableName="DirectoryTable")["Items"]
    return found


def watched(collect: Collect) -> list[dict[str, Any]]:
    return [item for item in items(collect) if item["pk"]["S"].startswith("VISIT#")]


@pytest.fixture
def full(collect: Collect) -> Collect:
    """An hour whose three answers from the office are given."""
    assert [widget_answer(collect).status for _ in range(3)] == [201, 201, 201]
    return collect


def test_a_fourth_answer_of_an_hour_is_refused_and_says_when_to_come_back(full: Collect) -> None:
    refused = widget_answer(full)

    assert (refused.status, refused.json["type"]) == (429, "/problems/too-many")
    assert refused.headers["retry-after"] == str(30 * 60)  # it is half past
    assert len(full.stored()) == 3


def test_a_person_reads_it_on_a_page(full: Collect) -> None:
    page = full.confirm(full.token(channel="page"), 9)

    assert (page.status, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert page.headers["retry-after"] == "1800"
    assert "Please try again in an hour." in page.text
    assert len(full.stored()) == 3


def test_signs_of_a_person_are_no_way_round_it(full: Collect) -> None:
    token = full.token(channel="page")
    page = full.request("GET", f"/a/{token}", query="score=9")

    assert signal(full, token, "seen", page).status == 204
    assert signal(full, token, "human", page).status == 429
    assert len(full.stored()) == 3


def test_the_next_hour_is_a_new_one(full: Collect) -> None:
    full.now += timedelta(minutes=30)

    assert widget_answer(full).status == 201


def test_somebody_elsewhere_answers_meanwhile(full: Collect) -> None:
    come_from(full, "198.51.100.1")

    assert widget_answer(full).status == 201


def test_all_addresses_of_one_ipv6_network_are_one_client(collect: Collect) -> None:
    statuses = []
    for ending in range(4):
        come_from(collect, f"2001:db8:1:2::{ending}")
        statuses.append(widget_answer(collect).status)
    come_from(collect, "2001:db8:1:3::1")

    assert statuses == [201, 201, 201, 429]
    assert widget_answer(collect).status == 201


@pytest.mark.parametrize("parts", [{"channel": "mail"}, {"channel": "widget", "contact": "c0ffee"}])
def test_invited_and_vouched_for_people_of_one_office_all_answer(full: Collect, parts: dict[str, str]) -> None:
    answered = [full.submit(full.token(**parts), score=8).status for _ in range(5)]

    assert answered == [201] * 5


def test_one_answer_counts_once_however_many_requests_it_takes(collect: Collect) -> None:
    for _ in range(3):
        token = collect.token(channel="widget")
        said: tuple[dict[str, Any], ...] = (
            {},
            {"comment": "Slow."},
            {"comment": "Slow.", "answers": {"topic": "staff"}},
            {"comment": "Slow!"},
        )
        assert [collect.submit(token, score=3, **each).status for each in said] == [201, 201, 201, 429]  # by changes

    assert widget_answer(collect).json["detail"].startswith("Nothing was stored: this address")
    assert [response.answers for response in collect.stored()] == [{"topic": "staff"}] * 3


def test_who_has_answered_corrects_the_score_on_the_page_when_the_hour_is_full(collect: Collect) -> None:
    token = collect.token(channel="page")
    collect.confirm(token, 3)
    for _ in range(2):
        widget_answer(collect)
    page = collect.request("GET", f"/a/{token}", query="score=3")

    assert [signal(collect, token, "human", page).status for _ in range(5)] == [204] * 5
    assert fill(collect, page, score="9", hand="moved").status == 200
    assert sorted(response.score for response in collect.stored()) == [9, 10, 10]


def test_a_touch_pays_for_the_answer_that_it_becomes(collect: Collect) -> None:
    for _ in range(3):
        token = collect.token(channel="page")
        page = collect.request("GET", f"/a/{token}", query="score=9")
        assert signal(collect, token, "human", page).status == 204
        assert fill(collect, page, score="9", hand="moved").status == 200

    assert widget_answer(collect).status == 429


def test_looking_at_the_page_counts_for_nothing(collect: Collect) -> None:
    before = items(collect)

    assert {collect.request("GET", "/s/shop").status for _ in range(9)} == {200}
    assert items(collect) == before


def test_no_more_links_are_watched_than_one_address_may_answer(collect: Collect) -> None:
    for _ in range(5):
        token = collect.token(channel="page")
        page = collect.request("GET", f"/a/{token}", query="score=9")
        assert (page.status, signal(collect, token, "seen", page).status) == (200, 204)
        rushed = collect.form(f"/a/{collect.token(channel='page')}", "step=score&score=9")
        assert (rushed.status, heading(rushed)) == (422, heading(page))

    assert len(watched(collect)) == 3


def test_who_touches_the_page_of_a_link_too_many_is_taken_at_their_hand(collect: Collect) -> None:
    for _ in range(4):
        token = collect.token(channel="page")
        page = collect.request("GET", f"/a/{token}", query="score=9")

    assert signal(collect, token, "human", page).status == 204
    assert [(response.score, response.provisional) for response in collect.stored()] == [(9, True)]


def test_an_invited_link_is_watched_however_many_there_are(collect: Collect) -> None:
    for _ in range(5):
        collect.request("GET", f"/a/{collect.token()}", query="score=9")

    assert len(watched(collect)) == 5


def test_an_address_is_kept_as_an_hmac_for_the_rest_of_the_hour(full: Collect) -> None:
    [counted] = [item for item in items(full) if item["pk"]["S"].startswith("ADDRESS#shop#")]

    assert OFFICE not in json.dumps(items(full))
    assert counted["answers"] == {"N": "3"}
    assert counted["expires_at"] == {"N": str(int((NOW + timedelta(minutes=30)).timestamp()))}


def test_the_hmac_of_an_hour_tells_nothing_of_the_next(full: Collect) -> None:
    full.now += timedelta(hours=1)
    widget_answer(full)

    assert len({item["pk"]["S"] for item in items(full) if item["pk"]["S"].startswith("ADDRESS#")}) == 2


def test_an_answer_changes_twice_an_hour_and_then_waits(collect: Collect) -> None:
    token = collect.token()
    collect.submit(token, score=1)
    changes = []
    for score in (2, 3, 4):
        collect.now += timedelta(minutes=10)
        changes.append(collect.request("PATCH", f"/v1/responses/{token}", body={"score": score}))

    assert [change.status for change in changes] == [200, 200, 429]
    assert changes[2].json["type"] == "/problems/too-many-changes"
    assert changes[2].headers["retry-after"] == str(40 * 60)  # the first change was at 10:40, it is 11:00
    assert collect.stored()[0].score == 3

    collect.now += timedelta(minutes=40)
    assert collect.request("PATCH", f"/v1/responses/{token}", body={"score": 4}).status == 200


def test_who_changes_too_much_reads_that_it_was_they(collect: Collect) -> None:
    token = collect.token()
    for score in (1, 2, 3):
        collect.confirm(token, score)

    page = collect.confirm(token, 4)

    assert (page.status, heading(page)) == (429, "You have changed this many times")
    assert page.headers["retry-after"] == "3600"


def test_a_retry_is_no_change(collect: Collect) -> None:
    token = collect.token()

    assert {collect.submit(token, score=7).status for _ in range(9)} == {201}


def test_what_is_refused_is_a_metric_in_the_log(full: Collect, capsys: pytest.CaptureFixture[str]) -> None:
    widget_answer(full)

    [line] = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    metric = json.loads(line)
    assert (metric["Survey"], metric["Limit"], metric["Refused"]) == ("shop", "address", 1)
    [directive] = metric["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "Refused", "Unit": "Count"}]
    assert all(name in metric for dimensions in directive["Dimensions"] for name in dimensions)
    assert OFFICE not in line


def test_what_is_refused_is_counted_by_day(full: Collect) -> None:
    for _ in range(2):
        widget_answer(full)

    [refusals] = full.tables.people.refusals("shop")
    assert (refusals.day, refusals.counts) == ("2026-03-04", {"address": 2})


def test_a_refusal_stands_when_it_cannot_be_counted(full: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    from collect.wiring import wiring

    table = wiring().directory.table
    update = type(table).update

    def throttled(self: Any, request: Any) -> Any:
        if request["Key"]["pk"].startswith("REFUSED#"):
            raise TemporarilyUnavailable("ThrottlingException")
        return update(self, request)

    monkeypatch.setattr(type(table), "update", throttled)

    assert widget_answer(full).status == 429


class TestTheOperator:
    @pytest.fixture
    def deployment(self, collect: Collect, monkeypatch: pytest.MonkeyPatch) -> Deployment:
        monkeypatch.setattr(Deployment, "directory", property(lambda _: collect.tables.people))
        return Deployment({}, boto3.Session(region_name=REGION))

    def test_reads_what_was_refused_and_which_limit_it_was(self, full: Collect, deployment: Deployment) -> None:
        widget_answer(full)

        [finding] = doctor.limits(deployment)

        assert (finding.verdict, finding.found) == ("warn", "shop has refused 1 since 2026-03-04")
        assert "limits.answers_from_one_address" in finding.do

    def test_reads_that_nothing_was(self, full: Collect, deployment: Deployment) -> None:
        [finding] = doctor.limits(deployment)

        assert finding.verdict == "ok"


def test_changes_are_counted_over_the_last_hour_whenever_it_began() -> None:
    given = Response.from_item(
        {
            "pk": "R#shop#2026-03#0",
            "sk": "01KJ0000000000000000000000",
            "score": 1,
            "answered_at": NOW.isoformat(),
            "day": "2026-03-04",
            "version": 1,
            "channel": "widget",
            "expires_at": 0,
        }
    )
    for minute in (0, 50):
        given = given.amended(Answer(score=minute // 10 + 2), NOW + timedelta(minutes=minute), 2)

    with pytest.raises(ChangedTooOften) as refused:
        given.amended(Answer(score=9), NOW + timedelta(minutes=55), 2)

    assert refused.value.wait == timedelta(minutes=5)
    assert given.amended(Answer(score=9), NOW + timedelta(minutes=60), 2).score == 9
