"""Please call me: a number and a time from the apology's link, shown to whoever has the task."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from hearback.contact import Contact
from hearback.fact import FactId
from hearback.judging import READING
from hearback.task import Closing, Task
from hearback.task_news import MOST_WISHES
from tests.conftest import NOW, Answered, Collect

ANSWER = str(FactId.mint("shop", 4, NOW, b"an answer."))
RAVI = Contact("r" * 32, "ravi@example.com", "Ravi Kumar", "+91 20 5555 0100")


@pytest.fixture
def task(collect: Collect) -> Task:
    collect.tables.people.merge_contact(RAVI)
    made = Task("t1", "shop", "asha", NOW, NOW + timedelta(days=1), frozenset({ANSWER}), RAVI.key)
    collect.tables.tasks.open_or_join(made, ANSWER)
    return stands(collect)


def stands(collect: Collect) -> Task:
    found = collect.tables.tasks.get("t1")
    assert found is not None
    return found


@pytest.fixture
def path(collect: Collect, task: Task) -> str:
    return f"/c/{collect.token(contact=RAVI.key, subject=ANSWER)}"


def send(collect: Collect, path: str, after: timedelta = READING, **said: str) -> Answered:
    stamp = collect.stamp(path.removeprefix("/c/"), age=timedelta())
    collect.now += after
    return collect.form(path, urlencode({"page": stamp, **said}))


def test_opening_the_page_shows_nothing_stored_and_changes_nothing(collect: Collect, path: str, task: Task) -> None:
    page, head = collect.request("GET", path), collect.request("HEAD", path)

    assert (page.status, head.status, head.raw) == (200, 200, b"")
    assert "Where and when may we call you?" in page.text
    assert "5555" not in page.text
    assert "Ravi" not in page.text
    assert stands(collect) == task


def test_the_number_and_the_time_reach_the_task_and_no_further(collect: Collect, path: str) -> None:
    done = send(collect, path, phone=" +91 98765 43210 ", when="after  six")

    assert (done.status, "We will call you." in done.text) == (200, True)
    task, contact = stands(collect), collect.tables.people.contact(RAVI.key)
    assert task.callback is not None
    assert (task.callback.phone, task.callback.when) == ("+91 98765 43210", "after six")
    assert contact is not None
    assert contact == RAVI


def test_both_are_shown_to_whoever_sent_them_with_a_way_to_change_them(collect: Collect, path: str) -> None:
    done = send(collect, path, phone="+91 98765 43210", when="<after> six")

    assert '<bdi dir="ltr">+91 98765 43210</bdi>' in done.text
    assert "<bdi>&lt;after&gt; six</bdi>" in done.text
    assert f'<a href="{path}?lang=en">Change it</a>' in done.text
    assert "98765" not in collect.request("GET", path).text


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("९८७६५ ४३२१०", "98765 43210"),
        ("٠٩٨٧٦٥٤٣٢١", "0987654321"),
        ("\u202a+91 98765 43210\u202c", "+91 98765 43210"),
        ("+91\u201398765\u201343210", "+91-98765-43210"),
        ("09876543210 x5", "09876543210 ext 5"),
    ],
)
def test_a_number_is_taken_as_customers_write_it(collect: Collect, path: str, written: str, plain: str) -> None:
    assert "We will call you." in send(collect, path, phone=written).text

    callback = stands(collect).callback
    assert callback is not None
    assert callback.phone == plain


def test_what_is_said_last_stands(collect: Collect, path: str) -> None:
    for number in ("020 5555 0101", "020 5555 0102"):
        send(collect, path, phone=number)

    callback = stands(collect).callback
    assert callback is not None
    assert callback.phone == "020 5555 0102"


def test_it_can_be_changed_a_few_times_and_saying_the_same_again_is_no_change(collect: Collect, path: str) -> None:
    for number in range(MOST_WISHES):
        for _ in range(2):
            assert "We will call you." in send(collect, path, phone=f"020 5555 010{number}").text

    refused = send(collect, path, phone="0900 555 0199")

    assert (refused.status, "What you said last stands" in refused.text) == (200, True)
    callback = stands(collect).callback
    assert callback is not None
    assert callback.phone == f"020 5555 010{MOST_WISHES - 1}"


def test_the_link_of_another_answer_asks_for_no_call(collect: Collect, task: Task) -> None:
    path = f"/c/{collect.token(contact=RAVI.key, subject=str(FactId.mint('shop', 4, NOW)))}"

    assert "This has been taken care of" in collect.request("GET", path).text
    assert "This has been taken care of" in send(collect, path, phone="0900 555 0199").text
    assert stands(collect) == task


@pytest.mark.parametrize("phone", ["", "call me", "12 34", "+91 98765", "1" * 16, "javascript:1234567"])
def test_what_is_no_number_is_asked_again_with_the_words_kept(
    collect: Collect, path: str, task: Task, phone: str
) -> None:
    page = send(collect, path, phone=phone, when="<after six>")

    assert page.status == 422
    assert "Please give a whole phone number" in page.text
    assert 'value="&lt;after six&gt;"' in page.text
    assert stands(collect) == task


@pytest.mark.parametrize("said", [{"more": "x"}, {"page": "invented"}])
def test_machines_ask_for_no_call(collect: Collect, path: str, task: Task, said: dict[str, Any]) -> None:
    page = send(collect, path, phone="020 5555 0101", **said)

    assert (page.status, "That was quick." in page.text) == (422, True)
    assert 'value="020 5555 0101"' in page.text
    assert stands(collect) == task


def test_a_form_sent_sooner_than_a_person_reads_asks_for_no_call(collect: Collect, path: str, task: Task) -> None:
    assert send(collect, path, after=timedelta(), phone="020 5555 0101").status == 422
    assert stands(collect) == task


def test_once_nobody_is_to_call_the_page_says_so(collect: Collect, path: str, task: Task) -> None:
    collect.tables.tasks.close(task, Closing(NOW, "asha", "resolved", "price"), None, timedelta(0))

    assert "This has been taken care of" in collect.request("GET", path).text
    done = send(collect, path, phone="020 5555 0101")
    assert "This has been taken care of" in done.text


def test_a_link_that_names_nobody_asks_for_nothing(collect: Collect, task: Task) -> None:
    path = f"/c/{collect.token(subject=str(FactId.mint('shop', 4, NOW)))}"

    assert "This has been taken care of" in collect.request("GET", path).text
    assert "This has been taken care of" in send(collect, path, phone="020 5555 0101").text


def test_another_kind_of_link_opens_no_such_page(collect: Collect, task: Task) -> None:
    token = collect.token(purpose="unsubscribe", subject=RAVI.key)

    assert collect.request("GET", f"/c/{token}").status == 400


def test_neither_number_nor_words_are_logged(collect: Collect, path: str, caplog: pytest.LogCaptureFixture) -> None:
    send(collect, path, phone="020 5555 0101", when="after six")
    logged = str([vars(record) for record in caplog.records])

    assert "POST /c/{token}" in logged
    for secret in ("5555", "after six", RAVI.key):
        assert secret not in logged
