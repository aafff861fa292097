"""Machines that drive a whole browser, and vote for nothing."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, get_args

import pytest

from hearback.contact import MailKind
from local.stack import Stack
from ops.deployment import Deployment
from ops.survey import apply_survey
from ops.survey_file import read_survey
from tests.browser.link_visits import Mail
from tests.e2e.conftest import ROOT
from tests.e2e.link_traffic import Links, unsubscribe_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def mail(stack: Stack, deployment: Deployment, chromium: Browser) -> Mail:
    apply_survey(deployment, read_survey(ROOT / "surveys/product.yaml"))
    return Mail(Links.invited(stack), deployment, chromium)


def unsubscribing(mail: Mail) -> tuple[str, str]:
    """A contact who was mailed, and the path of their unsubscribe link."""
    contact = secrets.token_hex(16)
    return contact, unsubscribe_path(mail.stack, contact)


def test_a_browser_that_opens_every_link_and_runs_all_scripts_is_not_counted(mail: Mail) -> None:
    with mail.visitor() as scanner:
        page = scanner.new_page()
        for score in range(11):
            page.goto(mail.link(score), wait_until="networkidle")
    mail.wait_for("seen", times=11)

    account = mail.settled()

    assert account.standing == "not counted"
    assert account.reason.startswith("11 scores in")
    assert mail.observed("human") == 0


def test_a_browser_that_sends_every_form_at_machine_speed_is_not_counted(mail: Mail) -> None:
    with mail.visitor() as scanner:
        page = scanner.new_page()
        for score in range(11):
            page.goto(mail.link(score))
            with page.expect_navigation():
                page.evaluate("document.forms[0].querySelector('button').click()")

    account = mail.settled()

    assert account.standing == "not counted"
    assert mail.observed("rushed") > 0


SENDS = {
    "submits": "document.forms[0].submit()",
    "asks for a submit": "document.forms[0].requestSubmit()",
    "presses the button": "document.querySelector('form button').click()",
    "presses a score": "document.querySelector('label').click(), document.forms[0].requestSubmit()",
}


def send_in_its_own_time(mail: Mail, page: Page, script: str) -> None:
    """As a sandbox does that lets a page rest before it tries what can be pressed."""
    mail.stack.advance(timedelta(seconds=2))
    with page.expect_navigation():
        page.evaluate(script)


@pytest.mark.parametrize("script", SENDS.values(), ids=SENDS)
def test_a_browser_that_sends_a_form_in_its_own_time_by_script_is_not_counted(mail: Mail, script: str) -> None:
    with mail.opened(9) as page:
        send_in_its_own_time(mail, page, script)
        assert "once more" in page.locator(".slip").inner_text()

    account = mail.settled()

    assert (account.standing, account.reason) == ("not counted", "the form was sent by a script that no hand moved")
    assert mail.observed("human") == 0


def test_a_browser_that_sends_the_form_of_every_link_in_its_own_time_is_not_counted(mail: Mail) -> None:
    with mail.visitor() as scanner:
        page = scanner.new_page()
        for score in range(11):
            page.goto(mail.link(score), wait_until="networkidle")
            send_in_its_own_time(mail, page, SENDS["submits"])

    account = mail.settled()

    assert (account.standing, account.response) == ("not counted", None)
    assert mail.observed("scripted") > 0


def test_a_browser_without_scripts_that_sends_the_form_of_every_link_is_not_counted(mail: Mail) -> None:
    with mail.visitor(java_script_enabled=False) as scanner:
        page = scanner.new_page()
        for score in range(11):
            page.goto(mail.link(score))
            mail.stack.advance(timedelta(seconds=2))
            with page.expect_navigation():
                page.click("form button")

    account = mail.settled()

    assert account.standing == "not counted"
    assert account.reason.startswith("3 scores in")


def test_a_browser_that_scrolls_and_plays_events_by_script_gives_no_sign_of_a_person(mail: Mail) -> None:
    with mail.opened(9) as page:
        mail.wait_for("seen")
        page.evaluate(
            """() => {
                document.body.style.minHeight = "300vh";
                scrollTo(0, document.body.scrollHeight);
                for (const kind of ["pointerdown", "pointermove", "touchstart", "wheel", "keydown", "click"])
                    document.body.dispatchEvent(new Event(kind, { bubbles: true }));
                document.querySelector("input[type=radio]").click();
            }"""
        )
        page.wait_for_load_state("networkidle")

    account = mail.settled()

    assert (account.standing, account.reason) == ("not counted", "the page was shown, and nobody touched it")


def test_a_browser_that_fills_in_every_field_with_real_keys_is_not_counted(mail: Mail) -> None:
    with mail.opened(9) as page:
        for field in page.locator("input[type=text]").all():
            field.evaluate("field => field.focus()")
            page.keyboard.type("https://example.com")
        mail.wait_for("human")
        mail.read()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    account = mail.settled()

    assert account.standing == "not counted"
    assert account.reason == "the form came with a field filled in that no person sees"


def test_a_browser_that_sends_every_form_of_a_mail_at_machine_speed_unsubscribes_nobody(mail: Mail) -> None:
    contact, path = unsubscribing(mail)
    with mail.visitor() as scanner:
        page = scanner.new_page()
        for choice in range(4):
            page.goto(f"{mail.stack.url}{path}")
            page.evaluate("choice => document.querySelectorAll('input[type=radio]')[choice].click()", choice)
            with page.expect_navigation():
                page.evaluate("document.forms[0].querySelector('button').click()")

    assert not any(mail.deployment.directory.suppressed(contact, kind) for kind in get_args(MailKind))


def test_a_browser_that_reads_and_fills_in_every_field_unsubscribes_nobody(mail: Mail) -> None:
    contact, path = unsubscribing(mail)
    with mail.visitor() as scanner:
        page = scanner.new_page()
        page.goto(f"{mail.stack.url}{path}")
        page.evaluate("for (const field of document.querySelectorAll('input[type=text]')) field.value = 'x'")
        page.evaluate("document.querySelector('input[type=radio]').click()")
        mail.read()
        with page.expect_navigation():
            page.evaluate("document.forms[0].querySelector('button').click()")

    assert not any(mail.deployment.directory.suppressed(contact, kind) for kind in get_args(MailKind))


def test_a_browser_that_fills_in_what_follows_a_score_at_machine_speed_changes_no_answer(mail: Mail) -> None:
    with mail.opened(3) as page:
        mail.read()
        with page.expect_navigation():
            page.click("form button")
        before = mail.account().response
        page.evaluate(
            """() => {
                const field = document.querySelector("textarea");
                field.value = "https://example.com";
                field.dispatchEvent(new Event("input", { bubbles: true }));
            }"""
        )
        with page.expect_navigation():
            page.evaluate("document.forms[0].querySelector('button').click()")
        shown = page.locator("textarea").input_value()

    after = mail.settled().response
    assert before
    assert after
    assert (after.comment, shown) == ("", "https://example.com")
