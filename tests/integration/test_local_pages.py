"""The stack's pages say what is going on."""

from __future__ import annotations

import html
import json
from datetime import timedelta

from local_fixture.running import ask, write_facts

from local.stack import Stack

pytest_plugins = ["local_fixture.running_stack"]  # the fixture `stack`

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _page(stack: Stack, path: str) -> str:
    response, body = ask(stack, "GET", path)
    assert response.status == 200
    return html.unescape(body.decode())


def test_whoever_knows_the_port_alone_finds_the_status(stack: Stack) -> None:
    response, _ = ask(stack, "GET", "/")
    posted, _ = ask(stack, "POST", "/")

    assert (response.status, response.headers["Location"]) == (302, "/_local/")
    assert posted.status == 404


def test_the_status_shows_a_functions_traceback(stack: Stack) -> None:
    ask(stack, "POST", "/do/raise")
    page = _page(stack, "/_local/")
    assert "RuntimeError: asked to fail" in page
    assert "POST /do/{what}" in page


def test_the_status_shows_what_lies_in_a_failure_queue(stack: Stack) -> None:
    before = _page(stack, "/_local/")
    write_facts(stack, "poison", a="raise")
    stack.wait_until_idle()
    after = _page(stack, "/_local/")
    assert "Something failed" not in before
    assert "Something failed" in after
    assert '"condition": "RetryAttemptsExhausted"' in after


def test_the_status_shows_what_is_held_and_until_when(stack: Stack) -> None:
    body = json.dumps({"about": "page"})
    stack.client("sqs").send_message(QueueUrl=stack.outputs["LaterUrl"], MessageBody=body)
    stack.wait_until_idle()
    assert "next in" in _page(stack, "/_local/")


def test_a_button_moves_the_clock(stack: Stack) -> None:
    before = stack.now()
    response, _ = ask(stack, "POST", "/_local/advance", b"seconds=86400", FORM)
    assert (response.status, response.headers["Location"]) == (303, "/_local/")
    assert stack.now() - before >= timedelta(days=1)
    assert "ahead of the real time" in _page(stack, "/_local/")


def test_an_empty_outbox_says_so(stack: Stack) -> None:
    assert "No mail yet" in _page(stack, "/_local/outbox")
    assert "No mail to “nobody”" in _page(stack, "/_local/outbox?to=nobody")


def test_a_mail_that_does_not_exist_is_not_found(stack: Stack) -> None:
    response, body = ask(stack, "GET", "/_local/outbox/none")
    assert (response.status, body) == (404, b"There is no such mail in the outbox.\n")
