"""People at the links of a mail, each in their own way, and none of them lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

import pytest

from hearback.contact import MailKind
from tests.browser.link_visits import Mail
from tests.browser.test_scanners import SENDS, send_in_its_own_time, unsubscribing
from tests.browser.test_scanners import mail as mail  # noqa: PLC0414 - a fixture that both share

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SEND = "form button"
BESIDE = 180, 720
"""Where a phone's page has nothing to press."""


def send(mail: Mail, page: Page) -> None:
    mail.read()
    with page.expect_navigation():
        page.click(SEND)


def test_a_click_a_touch_and_a_close_count_after_the_settle_time(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        page.touchscreen.tap(*BESIDE)
        mail.wait_for("human")
    mail.stack.wait_until_idle()
    before = mail.account()

    after = mail.settled()

    assert (before.standing, after.standing, after.score) == ("provisional", "counted", 9)


def test_a_page_closed_right_after_the_touch_still_tells(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        page.touchscreen.tap(*BESIDE)
    mail.wait_for("human")

    assert mail.settled().standing == "counted"


def test_a_look_with_the_mouse_wheel_is_a_person(mail: Mail) -> None:
    with mail.opened(9) as page:
        page.mouse.wheel(0, 200)
        mail.wait_for("human")

    assert mail.settled().standing == "counted"


def test_a_click_and_a_correction_count_what_was_meant(mail: Mail) -> None:
    for score in (6, 9):
        with mail.opened(score, **PHONE) as page:
            page.touchscreen.tap(*BESIDE)
            mail.wait_for("human", times=1 if score == 6 else 2)

    account = mail.settled()

    assert (account.standing, account.score) == ("counted", 9)


def test_whoever_presses_send_at_once_is_counted_and_asked_for_nothing(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        with page.expect_navigation():
            page.locator(SEND).tap()
        slips = page.locator(".slip").count()

    account = mail.settled()

    assert (account.standing, account.score, slips) == ("counted", 9, 0)
    assert account.response
    assert (account.response.confirmed_by, mail.observed("rushed")) == ("form", 0)


def test_whoever_is_quick_with_what_is_asked_next_is_not_asked_twice(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        send(mail, page)
        page.keyboard.type("Ok")
        page.locator("textarea").fill("Ok")
        with page.expect_navigation():
            page.locator(SEND).first.tap()
        slips = page.locator(".slip").count()
    mail.stack.wait_until_idle()

    response = mail.account().response
    assert response
    assert (response.comment, slips) == ("Ok", 0)


def test_whoever_is_quick_to_pass_over_a_question_is_taken_at_their_word(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        send(mail, page)
        with page.expect_request(lambda request: request.method == "POST") as passed_over:
            page.locator("button[name=skip]").tap()

    assert "skip=1" in (passed_over.value.post_data or "")


def test_whoever_is_quick_to_choose_which_mails_stop_is_not_asked_twice(mail: Mail) -> None:
    contact, path = unsubscribing(mail)
    with mail.visitor(**PHONE) as person:
        page = person.new_page()
        page.goto(f"{mail.stack.url}{path}")
        page.locator(".choices label").first.tap()
        with page.expect_navigation():
            page.locator(SEND).tap()
        assert page.locator(".slip").count() == 0

    assert mail.deployment.directory.suppressed(contact, "surveys")


def test_whoever_presses_send_at_once_and_leaves_is_counted(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        page.locator(SEND).tap(no_wait_after=True)
    mail.wait_for("human")

    assert mail.settled().standing == "counted"


def test_a_touch_that_is_told_while_too_much_goes_on_is_told_again(mail: Mail) -> None:
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused or '"human"' not in (route.request.post_data or ""):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=429)

    with mail.opened(9, **PHONE) as page:
        page.route("**/signals", refuse_once)
        with page.expect_response(lambda answer: answer.status == 204 and bool(refused)):
            page.touchscreen.tap(*BESIDE)

    assert (len(refused), mail.settled().standing) == (1, "counted")


def test_another_score_tapped_and_not_sent_counts_as_what_was_tapped(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        page.locator("label", has_text=re.compile("^3$")).tap()
        mail.wait_for("human")

    account = mail.settled()

    assert (account.standing, account.score) == ("counted", 3)


def test_another_score_tapped_right_before_the_close_counts_as_what_was_tapped(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        page.locator("label", has_text=re.compile("^3$")).tap()
    mail.wait_for("human")

    assert mail.settled().score == 3


def test_a_key_pressed_and_not_sent_counts_as_the_score_it_chose(mail: Mail) -> None:
    with mail.opened(9) as page:
        page.keyboard.press("0")
        mail.wait_for("human")

    account = mail.settled()

    assert (account.standing, account.score) == ("counted", 0)


def test_a_correction_on_the_page_itself_counts_what_was_sent(mail: Mail) -> None:
    with mail.opened(6) as page:
        page.check("input[name=score][value='8']", force=True)
        send(mail, page)

    account = mail.settled()

    assert (account.standing, account.score) == ("counted", 8)


def test_without_any_script_the_form_is_enough(mail: Mail) -> None:
    with mail.opened(9, java_script_enabled=False) as page:
        send(mail, page)

    account = mail.settled()

    assert (account.standing, account.score, mail.observed("human")) == ("counted", 9, 0)


def test_by_keyboard_alone(mail: Mail) -> None:
    with mail.opened(9) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        mail.read()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    account = mail.settled()

    assert (account.standing, account.score) == ("counted", 10)


def test_no_key_leads_to_what_no_person_should_meet(mail: Mail) -> None:
    with mail.opened(9) as page:
        reached = set()
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.name || document.activeElement.localName"))

    assert "score" in reached
    assert "more" not in reached


def test_what_a_screen_reader_reads_holds_no_trap(mail: Mail) -> None:
    with mail.opened(9) as page:
        read = page.locator("body").aria_snapshot()

    assert "radio" in read
    assert "empty" not in read


def test_the_virtual_cursor_of_a_screen_reader_presses_without_moving(mail: Mail) -> None:
    """Assistive technology focuses and activates: one trusted press, no pointer that moved, no key."""
    with mail.opened(9) as page:
        box = page.locator(SEND).bounding_box()
        assert box
        where = {"x": box["x"] + 5, "y": box["y"] + 5, "button": "left", "clickCount": 1}
        cursor = page.context.new_cdp_session(page)
        mail.read()
        with page.expect_navigation():
            for press in ("mousePressed", "mouseReleased"):
                cursor.send("Input.dispatchMouseEvent", {"type": press, **where})

    assert mail.settled().standing == "counted"


def test_a_network_that_is_gone_for_a_moment_loses_nothing(mail: Mail) -> None:
    with mail.opened(9, **PHONE) as page:
        mail.wait_for("seen")
        page.context.set_offline(True)
        with page.expect_event("requestfailed"):
            page.touchscreen.tap(*BESIDE)
        page.context.set_offline(False)
        mail.wait_for("human")

    assert mail.settled().standing == "counted"


def test_the_back_button_leads_to_a_change_and_not_to_a_second_answer(mail: Mail) -> None:
    with mail.opened(9) as page:
        send(mail, page)
        page.go_back()
        page.check("input[name=score][value='3']", force=True)
        send(mail, page)

    account = mail.settled()

    assert (account.standing, account.score) == ("counted", 3)
    assert account.response
    assert [said["score"] for said in account.response.history] == [9]


def test_a_colleague_whom_the_mail_was_forwarded_to_sees_no_words_and_changes_nothing(mail: Mail) -> None:
    with mail.opened(2) as page:
        send(mail, page)
        page.fill("textarea", "The invoice was wrong twice.")
        send(mail, page)

    with mail.opened(2, **PHONE) as page:
        shown = page.content()
        page.touchscreen.tap(*BESIDE)
        mail.wait_for("human", times=2)

    assert "invoice" not in shown
    account = mail.settled()
    assert account.response
    assert (account.score, account.response.comment) == (2, "The invoice was wrong twice.")


def test_a_person_after_a_scanner_is_counted(mail: Mail) -> None:
    with mail.visitor() as scanner:
        page = scanner.new_page()
        for score in range(11):
            page.goto(mail.link(score))
    with mail.opened(9) as page:
        send(mail, page)

    assert mail.settled().standing == "counted"


@pytest.mark.parametrize("script", SENDS.values(), ids=SENDS)
def test_a_person_after_a_scanner_that_sent_forms_in_its_own_time_is_counted(mail: Mail, script: str) -> None:
    with mail.visitor() as scanner:
        page = scanner.new_page()
        for score in (0, 5, 10):
            page.goto(mail.link(score))
            send_in_its_own_time(mail, page, script)
    with mail.opened(9) as page:
        send(mail, page)

    account = mail.settled()

    assert (account.standing, account.score) == ("counted", 9)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_hidden_field_takes_no_room_and_shows_nowhere(mail: Mail, width: int) -> None:
    with mail.opened(9, viewport={"width": width, "height": 700}) as page:
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        box = page.locator(".trap").bounding_box()

    assert overflow <= 0
    assert box
    assert (box["width"], box["height"]) == (1, 1)


@pytest.mark.parametrize("browser", [PHONE, {"java_script_enabled": False}])
def test_a_person_chooses_which_mails_stop(mail: Mail, browser: dict[str, Any]) -> None:
    contact, path = unsubscribing(mail)
    with mail.visitor(**browser) as person:
        page = person.new_page()
        page.goto(f"{mail.stack.url}{path}")
        page.get_by_role("radio").nth(1).check(force=True)
        send(mail, page)

    directory = mail.deployment.directory
    assert [directory.suppressed(contact, kind) for kind in get_args(MailKind)] == [True, False]


def test_a_keyboard_alone_chooses_which_mails_stop(mail: Mail) -> None:
    contact, path = unsubscribing(mail)
    with mail.visitor() as person:
        page = person.new_page()
        page.goto(f"{mail.stack.url}{path}")
        for key in ("Tab", "ArrowDown", "ArrowDown"):
            page.keyboard.press(key)
        mail.read()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    directory = mail.deployment.directory
    assert [directory.suppressed(contact, kind) for kind in get_args(MailKind)] == [False, True]
