"""axe-core finds nothing to object to in any state of a task's page, light or dark, in two directions of writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.task_states import TaskVisit

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_breaks_a_rule_or_scrolls_sideways_at_320_pixels(
    chromium: Browser, stack: Stack, deployment: Deployment, locale: str, scheme: Any
) -> None:
    # Without the page's policy, which would rightly keep axe out.
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    found, seen = [], []
    for state in TaskVisit(page, stack, deployment, locale).states():
        seen.append(state)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, state
        results = Axe().run(page).response
        for violation in results["violations"]:
            found += [f"{state}: {violation['id']} {node['failureSummary']}" for node in violation["nodes"]]
    context.close()

    assert len(seen) == 7
    assert found == []


def test_a_task_is_taken_and_closed_by_keyboard_alone_without_javascript(
    chromium: Browser, stack: Stack, deployment: Deployment
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    visit = TaskVisit(page, stack, deployment, "en")
    page.goto(visit.link())

    _press(page, visit, "I will call")
    assert "Asha Rao calls" in page.content()

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
