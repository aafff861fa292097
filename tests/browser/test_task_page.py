"""A task's page by keyboard alone, and when its owner comes Back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.conftest import chromium_executable
from tests.browser.task_states import TaskVisit

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_a_task_is_taken_and_closed_by_keyboard_alone_without_javascript(
    chromium: Browser, stack: Stack, deployment: Deployment
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    visit = TaskVisit(page, stack, deployment, "en")
    page.goto(visit.link())

    _press(page, visit, "I will call")
    assert "Asha Rao took this on" in page.content()

    _focus(page, "Close the task")
    page.keyboard.press("Enter")  # opens the form
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("Tab")
    stack.advance(visit.reading)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Outcome: Resolved. Cause: The product." in page.content()
    context.close()


def test_a_second_note_from_a_page_reached_by_back_is_kept_too(
    chromium: Browser, stack: Stack, deployment: Deployment
) -> None:
    """Chromium brings the page as it stood, also one that was not to be stored; playwright switches that off."""
    browser = chromium.browser_type.launch(
        executable_path=chromium_executable(),
        args=["--no-sandbox"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = browser.new_page()
    visit = TaskVisit(page, stack, deployment, "en")
    page.goto(visit.link())

    for words in ("They were out.", "They want a refund by Friday."):
        note = page.locator("details:has(#note)")
        if note.get_attribute("open") is None:
            note.locator("summary").click()
        page.locator("#note").fill(words)
        visit.send("form:has(input[value=note])")
        noted = page.content()
        assert words in noted
        page.go_back(wait_until="commit")
        page.locator("#note").wait_for(state="attached")
    browser.close()

    assert "They were out." in noted


def _focus(page: Any, name: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if focused.count() and focused.inner_text().strip() == name:
            return
    pytest.fail(f"the Tab key does not reach {name!r}")


def _press(page: Any, visit: TaskVisit, name: str) -> None:
    _focus(page, name)
    visit.stack.advance(visit.reading)
    with page.expect_navigation():
        page.keyboard.press("Enter")
