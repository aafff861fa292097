"""axe-core finds nothing to object to in any step of the widget, wherever it stands, light or dark, in either direction
of writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.host_site import HostSite
from tests.browser.widget_states import WidgetVisit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=request.param, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("placement", ["corner", "inline"])
@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_no_step_breaks_a_rule(
    page: Page,
    site: HostSite,
    stack: Stack,
    deployment: Deployment,
    locale: str,
    direction: str,
    placement: Literal["corner", "inline"],
) -> None:
    found, seen = [], []
    for state in WidgetVisit(page, stack.url, site, deployment, locale, placement).states():
        seen.append(state)
        assert page.locator("hearback-widget").get_attribute("dir") == direction
        results = Axe().run(page, context="hearback-widget").response
        # It looks into the shadow root, and judges colours only inside the body: what is behind them, it cannot tell.
        passed = {rule["id"] for rule in results["passes"]}
        assert ("color-contrast" if placement == "inline" else "button-name") in passed, state
        for violation in results["violations"]:
            for node in violation["nodes"]:
                found.append(f"{state}: {violation['id']} {node['target']}: {node['failureSummary']}")

    assert {"widget-score", "widget-next-step", "widget-refused"} <= set(seen)
    assert found == []
