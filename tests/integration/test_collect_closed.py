"""A survey that was closed: nobody new is asked, and whoever answered is served as before."""

from datetime import timedelta

import pytest

from collect.wiring import wiring
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.survey import Survey
from hearback.task import Task
from tests.conftest import NOW, Answered, Collect
from tests.integration.test_collect_pages import fill, heading
from tests.integration.test_judging_links import signal


def close(collect: Collect) -> None:
    collect.tables.people.put_survey(collect.survey.model_copy(update={"status": "closed"}), NOW)
    wiring.cache_clear()  # which keeps surveys for a while


@pytest.fixture
def token(collect: Collect) -> str:
    """Of an answer that was given before the survey was closed."""
    token = collect.token()
    assert collect.submit(token, score=3).status == 201
    close(collect)
    return token


def patch(collect: Collect, token: str, **said: object) -> Answered:
    return collect.request("PATCH", f"/v1/responses/{token}", body=said)


def test_words_typed_after_a_counted_score_are_taken(collect: Collect, token: str) -> None:
    assert patch(collect, token, comment="The queue.").status == 200
    assert collect.submit(token, score=3, answers={"topic": "staff"}).status == 201

    [response] = collect.stored()
    assert (response.comment, response.answers) == ("The queue.", {"topic": "staff"})


def test_the_page_goes_on_with_its_questions(collect: Collect, survey: Survey) -> None:
    page = fill(collect, collect.request("GET", "/s/shop"), score="3")
    close(collect)

    for said in ("The+queue.", "staff", "More+tills."):
        page = fill(collect, page, said=said)

    assert (page.status, heading(page)) == (200, "Thank you!")
    [response] = collect.stored()
    assert (response.comment, response.answers) == ("The queue.", {"topic": "staff", "wish": "More tills."})


def test_a_score_is_corrected_from_the_link_for_a_day(collect: Collect, token: str) -> None:
    assert collect.request("GET", f"/a/{token}", query="score=9").status == 200
    assert collect.confirm(token, 9).status == 200
    assert [response.score for response in collect.stored()] == [9]


def test_a_later_visit_is_thanked(collect: Collect, token: str) -> None:
    collect.now += timedelta(hours=24, seconds=1)

    visits = [collect.request("GET", f"/a/{token}", query="score=9"), collect.confirm(token, 9)]

    assert [(page.status, heading(page)) for page in visits] == [(200, "Thank you!")] * 2
    assert patch(collect, token, comment="late").json["type"] == "/problems/amendment-refused"


def test_who_had_touched_the_page_may_still_send_its_form(collect: Collect) -> None:
    token = collect.token()
    page = collect.request("GET", f"/a/{token}", query="score=9")
    assert signal(collect, token, "human", page).status == 204
    close(collect)

    assert fill(collect, page, score="9", hand="moved").status == 200
    assert [(response.score, response.provisional) for response in collect.stored()] == [(9, False)]


def test_a_first_answer_is_refused_however_it_comes(collect: Collect) -> None:
    token = collect.token()
    page = collect.request("GET", f"/a/{token}", query="score=9")
    close(collect)

    refused = [
        collect.submit(token, score=9),
        patch(collect, token, comment="Hello"),
        signal(collect, token, "human", page),
        collect.confirm(token, 9),
        collect.request("GET", f"/a/{token}"),
    ]

    assert [answered.status for answered in refused] == [410] * 5
    assert collect.stored() == []


def test_the_apologys_link_asks_for_a_call_while_its_task_is_open(collect: Collect) -> None:
    answer = FactId.mint("shop", 4, NOW)
    ravi = Contact("r" * 32, "ravi@example.com")
    collect.tables.people.merge_contact(ravi)
    task = Task("t1", "shop", "asha", NOW, NOW + timedelta(days=1), frozenset({str(answer)}), ravi.key)
    collect.tables.tasks.open_or_join(task, str(answer))
    token = collect.token(contact=ravi.key, subject=str(answer))
    close(collect)

    page = collect.request("GET", f"/c/{token}")
    assert page.status == 200
    assert "We will call you." in fill(collect, page, phone="020+5555+0101").text


def test_an_open_survey_reads_nothing_more_for_it(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    token = collect.token()
    collect.submit(token, score=3)
    read: list[FactId] = []
    monkeypatch.setattr("hearback.aws.feedback.Feedback.response", lambda _, fact: read.append(fact))

    collect.submit(token, score=4)

    assert read == []
