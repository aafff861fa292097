"""Please call me, from the page that thanks whom nobody knows: where the answer gives a task, and nowhere else."""

import base64
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from collect.call_offer import SETTLED
from collect.wiring import wiring
from hearback.aws.call_wishes import CallWishes
from hearback.call_wish import CallWish
from hearback.judging import READING
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Callback, Closing, Task
from hearback.task_news import MOST_WISHES
from tests.conftest import NOW, Answered, Collect

CALL = {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha", "anonymous": True}
REVIEW = {
    "id": "review",
    "when": {},
    "what": "review",
    "text": "Tell others",
    "label": "Write a review",
    "url": "https://reviews.example/shop",
}
OFFER = "May we call you about it?"
OVER = "Nobody is to call about this answer any more."


def follow(collect: Collect, *plays: Mapping[str, Any]) -> None:
    said = collect.survey.model_dump(exclude_defaults=True) | {"plays": list(plays)}
    wiring.cache_clear()  # a survey is remembered for a minute
    collect.survey = Survey.model_validate(said)
    collect.tables.people.put_survey(collect.survey, NOW)


@pytest.fixture
def stranger(collect: Collect) -> Collect:
    follow(collect, CALL, REVIEW)
    return collect


def thanked(collect: Collect, score: int = 2, **token: Any) -> Answered:
    """The last page of somebody who opened the survey's own page, or a link of this kind."""
    given = {"channel": "page", **token}
    text = collect.token(**given)
    assert collect.confirm(text, score).status == 200
    questions = {"promoter": "", "passive": "", "detractor": "wish"}
    category = "promoter" if score > 8 else "passive" if score > 6 else "detractor"
    skipped = urlencode({"step": "question", "score": score, "question": questions[category], "skip": "yes"})
    return collect.form(f"/a/{text}", skipped)


def path_on(page: Answered) -> str:
    found = re.search(r'action="(/c/[^"?]*)', page.text)
    assert found
    return found[1]


def send(collect: Collect, path: str, **said: str) -> Answered:
    stamp = collect.stamp(path.removeprefix("/c/"), age=timedelta())
    collect.now += READING
    return collect.form(path, urlencode({"page": stamp, **said}))


def wish(collect: Collect) -> CallWish | None:
    [response] = collect.stored()
    return CallWishes(collect.tables.tasks).waiting(Task.id_for(str(response.id)))


def opened(collect: Collect) -> Task:
    """The task that the only answer has given meanwhile."""
    [response] = collect.stored()
    due = collect.now + timedelta(days=1)
    task = Task(Task.id_for(str(response.id)), "shop", "asha", collect.now, due, frozenset({str(response.id)}))
    return collect.tables.tasks.open_or_join(task, str(response.id))


class TestTheOffer:
    def test_comes_with_the_thanks_instead_of_a_next_step(self, stranger: Collect) -> None:
        page = thanked(stranger)

        assert OFFER in page.text
        assert "Your phone number" in page.text
        assert "Write a review" not in page.text

    @pytest.mark.parametrize(
        "call",
        [
            {**CALL, "anonymous": False},
            {**CALL, "when": {"score_to": 1}},
            {**CALL, "delay_hours": 1},
        ],
        ids=["only of people we know", "for other scores", "later"],
    )
    def test_is_made_only_where_somebody_gets_a_task_at_once(self, collect: Collect, call: Mapping[str, Any]) -> None:
        follow(collect, call)
        page = thanked(collect)

        assert OFFER not in page.text
        token = re.search(r'href="/a/([^"?]*)', page.text)
        assert token
        assert OVER in collect.request("GET", f"/c/{token[1]}").text
        assert OVER in send(collect, f"/c/{token[1]}", phone="020 5555 0101").text
        assert wish(collect) is None

    def test_is_not_made_to_whom_we_know(self, stranger: Collect) -> None:
        assert OFFER not in thanked(stranger, channel="mail", contact="r" * 32).text

    def test_is_not_made_to_who_is_content(self, stranger: Collect) -> None:
        page = thanked(stranger, score=9)

        assert OFFER not in page.text
        assert "Write a review" in page.text


class TestTheWish:
    def test_waits_for_the_task_that_the_answer_will_give(self, stranger: Collect) -> None:
        done = send(stranger, path_on(thanked(stranger)), phone="+91 98765 43210", when="after  six")

        assert (done.status, "We will call you." in done.text) == (200, True)
        waiting = wish(stranger)
        assert waiting is not None
        assert (waiting.callback.phone, waiting.callback.when) == ("+91 98765 43210", "after six")

    def test_goes_to_the_task_that_has_come_meanwhile_and_waits_no_more(self, stranger: Collect) -> None:
        path = path_on(thanked(stranger))
        task = opened(stranger)

        assert "We will call you." in send(stranger, path, phone="020 5555 0101").text

        stands = stranger.tables.tasks.get(task.id)
        assert stands is not None
        assert stands.callback is not None
        assert stands.callback.phone == "020 5555 0101"
        assert wish(stranger) is None

    def test_goes_to_a_task_that_comes_while_it_is_written(self, stranger: Collect) -> None:
        thanked(stranger)
        task = opened(stranger)
        callback = Callback("020 5555 0101", "", stranger.now)

        CallWishes(stranger.tables.tasks).leave(task.id, callback)

        stands = stranger.tables.tasks.get(task.id)
        assert stands is not None
        assert stands.callback == callback
        assert wish(stranger) is None

    def test_can_be_changed_a_few_times_and_saying_the_same_again_is_no_change(self, stranger: Collect) -> None:
        path = path_on(thanked(stranger))
        for number in range(MOST_WISHES):
            for _ in range(2):
                assert "We will call you." in send(stranger, path, phone=f"020 5555 010{number}").text

        refused = send(stranger, path, phone="0900 555 0199")

        assert "cannot be changed here any more" in refused.text
        waiting = wish(stranger)
        assert waiting is not None
        assert waiting.callback.phone == f"020 5555 010{MOST_WISHES - 1}"

    @pytest.mark.parametrize("said", [{"phone": "call me"}, {"more": "x"}, {"page": "invented"}])
    def test_what_is_no_number_or_a_machine_s_is_asked_again(self, stranger: Collect, said: dict[str, str]) -> None:
        page = send(stranger, path_on(thanked(stranger)), **{"phone": "020 5555 0101", **said})

        assert page.status == 422
        assert "Please call me" in page.text
        assert wish(stranger) is None

    def test_is_taken_no_more_when_the_task_is_closed(self, stranger: Collect) -> None:
        path = path_on(thanked(stranger))
        closing = Closing(stranger.now, "asha", "no-action", "price")
        stranger.tables.tasks.close(opened(stranger), closing, None, timedelta(0))

        assert OVER in stranger.request("GET", path).text
        assert OVER in send(stranger, path, phone="020 5555 0101").text
        assert wish(stranger) is None

    def test_is_taken_no_more_when_no_task_has_come(self, stranger: Collect) -> None:
        path = path_on(thanked(stranger))
        stranger.now += SETTLED

        assert OVER in send(stranger, path, phone="020 5555 0101").text
        assert wish(stranger) is None

    @pytest.mark.parametrize("change", [{"excluded": "a machine"}, {"follow_up": False}, {"erased": True}])
    def test_is_not_taken_for_an_answer_that_is_not_followed_up(
        self, stranger: Collect, change: dict[str, Any]
    ) -> None:
        path = path_on(thanked(stranger))
        [response] = stranger.stored()
        stranger.tables.feedback.put({"Item": replace(response, **change).to_item()})

        assert OVER in send(stranger, path, phone="020 5555 0101").text

    def test_expires_if_no_task_takes_it(self, stranger: Collect) -> None:
        send(stranger, path_on(thanked(stranger)), phone="020 5555 0101")
        [response] = stranger.stored()

        item = stranger.tables.directory.get(CallWish.key_item(Task.id_for(str(response.id))))

        assert item is not None
        assert item["expires_at"] == int((stranger.now + timedelta(days=14)).timestamp())


def test_a_form_of_somebody_we_know_leaves_no_wish_before_their_task(stranger: Collect) -> None:
    token = stranger.token(contact="r" * 32)
    stranger.confirm(token, 2)

    assert "This has been taken care of" in send(stranger, f"/c/{token}", phone="020 5555 0101").text


def test_an_answer_that_was_not_given_brings_no_call(stranger: Collect) -> None:
    path = f"/c/{stranger.token(channel='page')}"

    assert OVER in send(stranger, path, phone="020 5555 0101").text
    assert stranger.stored() == list[Response]()


def test_the_offer_and_the_unsubscribe_page_fit_the_first_fourteen_kilobytes_with_the_largest_logo(
    stranger: Collect,
) -> None:
    logo = "data:image/png;base64," + base64.b64encode(random.Random(1).randbytes(6100)).decode()
    stranger.survey = stranger.survey.model_copy(
        update={"brand": stranger.survey.brand.model_copy(update={"logo": logo})}
    )
    follow(stranger, CALL)
    token = stranger.token(channel="page", locale="hi")
    stranger.confirm(token, 2)
    headers = {"content-type": "application/x-www-form-urlencoded", "accept-encoding": "gzip"}
    skipped = "step=question&score=2&question=wish&skip=yes"
    leaving = stranger.token(purpose="unsubscribe", survey="shop", locale="hi")

    thanks = stranger.request("POST", f"/a/{token}", body=skipped, headers=headers)
    choices = stranger.request("GET", f"/u/{leaving}", headers={"accept-encoding": "gzip"})

    assert 'name="phone"' in thanks.text
    for page in (thanks, choices):
        assert "<img" in page.text
        assert len(page.raw) < 14 * 1024
