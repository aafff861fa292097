"""axe-core finds nothing to object to in any state of any page, light or dark, in two directions of writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.every_state import every_state

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_breaks_a_rule_or_scrolls_sideways_at_320_pixels(
    chromium: Browser, stack: Stack, deployment: Deployment, locale: str, scheme: Any
) -> None:
    # Without the page's policy, which would rightly keep axe out. The policy itself is tested by test_page.
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    found, seen = [], []
    for state in every_state(page, stack, deployment, locale):
        seen.append(state)
        assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, state
        results = Axe().run(page).response
        if locale == "en":  # colours are the same in every language, and axe judges them in few Arabic texts
            assert "color-contrast" in {rule["id"] for rule in results["passes"]}, state
        for violation in results["violations"]:
            found += [f"{state}: {violation['id']} {node['failureSummary']}" for node in violation["nodes"]]
    context.close()

    assert {"score", "mail-link-once-more", "quoted", "preferences", "task-closed", "called"} <= set(seen)
    assert found == []
