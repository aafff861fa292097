"""Unsubscribing: by the mail program's one click and by the page."""

from datetime import timedelta

import pytest

from hearback.contact import Suppression
from tests.conftest import NOW, Collect


@pytest.fixture
def path(collect: Collect) -> str:
    return f"/u/{collect.token(purpose='unsubscribe', subject='c0ffee', locale='hi')}"


def test_opening_the_link_asks_and_stores_nothing(collect: Collect, path: str) -> None:
    page = collect.request("GET", path)
    head = collect.request("HEAD", path)

    assert (page.status, head.status, head.raw) == (200, 200, b"")
    assert "ये ईमेल बंद करें?" in page.text
    assert not collect.tables.people.suppressed("c0ffee", "surveys")


def test_the_pages_button_unsubscribes(collect: Collect, path: str) -> None:
    assert f'action="{path}?lang=hi"' in collect.request("GET", path).text

    page = collect.form(path, "List-Unsubscribe=One-Click", query="lang=hi")

    assert (page.status, "ईमेल बंद कर दिए गए हैं" in page.text) == (200, True)
    assert collect.tables.people.suppressed("c0ffee", "surveys")


def test_one_click_works_as_multipart_too(collect: Collect, path: str) -> None:
    body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'

    answered = collect.request("POST", path, body=body, headers={"content-type": "multipart/form-data; boundary=b"})

    assert answered.status == 200
    assert collect.tables.people.suppressed("c0ffee", "surveys")


def test_unsubscribing_again_is_fine_and_the_first_reason_stands(collect: Collect, path: str) -> None:
    collect.tables.people.suppress(Suppression("c0ffee", "complaint", NOW))

    assert [collect.form(path, "List-Unsubscribe=One-Click").status for _ in range(2)] == [200, 200]

    item = collect.tables.directory.get(Suppression.key_item("c0ffee"))
    assert item is not None
    assert item["reason"] == "complaint"


def test_a_link_to_unsubscribe_never_gets_too_old(collect: Collect, path: str) -> None:
    collect.now += timedelta(days=4000)

    assert collect.form(path, "List-Unsubscribe=One-Click").status == 200
    assert collect.tables.people.suppressed("c0ffee", "surveys")


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=", "x" * 40_000])
def test_a_post_that_does_not_say_so_unsubscribes_nobody(collect: Collect, path: str, body: str) -> None:
    assert collect.form(path, body).status in (400, 413)
    assert not collect.tables.people.suppressed("c0ffee", "surveys")


def test_a_link_to_answer_unsubscribes_nobody(collect: Collect) -> None:
    token = collect.token(contact="c0ffee")

    assert collect.form(f"/u/{token}", "List-Unsubscribe=One-Click").status == 400
    assert not collect.tables.people.suppressed("c0ffee", "surveys")
