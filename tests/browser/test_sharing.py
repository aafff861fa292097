"""A referral link in a browser: it is copied, or given to the phone's own share sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.page_states import SURVEY, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHARES = "navigator.share = (given) => { window.shared = given; return Promise.resolve(); }"


@pytest.fixture
def thanked(chromium: Browser, stack: Stack, deployment: Deployment) -> Page:
    """The thank-you page with a link of one's own, in a browser that has a share sheet."""
    deployment.directory.put_survey(SURVEY, deployment.now())
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(SHARES)
    page = context.new_page()
    for state in Visit(page, stack, "en").states():
        if state == "thanks-referral":
            break
    return page


def test_a_link_is_copied(thanked: Page) -> None:
    link = thanked.get_by_label("Your own link").input_value()

    thanked.get_by_role("button", name="Copy").click()
    thanked.get_by_role("button", name="Copied").wait_for()

    assert "/r/" in link
    assert thanked.evaluate("navigator.clipboard.readText()") == link
    thanked.context.close()


def test_a_phone_opens_its_own_share_sheet(thanked: Page) -> None:
    thanked.get_by_role("button", name="Share").click()

    shared = thanked.evaluate("window.shared")
    assert shared == {
        "text": "I can recommend Nilgiri Tea. This link is for you:",
        "url": thanked.get_by_label("Your own link").input_value(),
    }
    thanked.context.close()
