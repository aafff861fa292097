"""axe-core finds nothing to object to in any step of the widget, light or dark, in either direction of writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from hearback.survey import Survey
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.host_site import HostSite, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARABIC = "ما مدى احتمال أن توصي صديقًا بـ {brand}؟"


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with serving() as served:
        yield served


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=request.param, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_no_step_breaks_a_rule(
    page: Page, site: HostSite, stack: Stack, deployment: Deployment, survey: Survey, locale: str, direction: str
) -> None:
    question = {**survey.question, "ar": ARABIC}
    spoken = {"id": "axe", "locales": ["en", "hi", "ar"], "question": question, "origins": [site.origin]}
    deployment.directory.put_survey(survey.model_copy(update=spoken), deployment.now())
    # Inline, because axe cannot tell what colour is behind an element that is not in the body.
    attributes = f'data-target="#here" data-locale="{locale}"'
    address = site.put(stack.url, attributes, body='<main id="here"></main>', survey="axe")

    page.goto(address)
    page.get_by_role("radio").nth(0).wait_for()
    assert page.locator("hearback-widget").get_attribute("dir") == direction
    found = objections(page, "score")
    page.get_by_role("radio").nth(0).focus()
    page.keyboard.press("5")
    found += objections(page, "score chosen by key")
    page.keyboard.press("Enter")
    page.locator("hearback-widget textarea").wait_for()
    found += objections(page, "reason")
    page.locator("hearback-widget .actions button").last.click()
    page.get_by_role("radio").nth(0).wait_for()
    found += objections(page, "choices")
    page.get_by_role("radio").nth(0).click()
    page.locator("hearback-widget .actions button").last.click()
    found += objections(page, "thanks")

    assert found == []


def objections(page: Page, step: str) -> list[str]:
    """Rules the widget breaks, and where."""
    results = Axe().run(page, context="hearback-widget")
    assert "color-contrast" in {rule["id"] for rule in results.response["passes"]}  # it looks into the shadow root
    return [
        f"{step}: {violation['id']} {node['target']}: {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
