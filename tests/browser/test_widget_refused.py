"""What the widget says and keeps of an answer that the server has, has not yet, or will never have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hearback.aws.directory import SURVEY_KEPT
from hearback.response import AMENDABLE
from hearback.survey import Survey
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.conftest import eventually
from tests.browser.host_site import HostSite
from tests.browser.widget_visits import (
    AT_ONCE,
    Opened,
    answers,
    applied,
    is_shown,
    opened,
    score,
    unsent,
    visitor,
    words,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

__all__ = ["answers", "applied", "opened", "visitor"]
"""Fixtures, which pytest looks for in the module."""

REFUSED = "Sorry, this could not be saved."


@pytest.fixture
def closing(survey: Survey, site: HostSite, deployment: Deployment, stack: Stack) -> Survey:
    """A survey that will close while it is asked."""
    shop = survey.model_copy(update={"id": "closing", "origins": [site.origin]})
    put(shop, "open", deployment, stack)
    return shop


def put(survey: Survey, status: str, deployment: Deployment, stack: Stack) -> None:
    """Open or close a survey, and let the minute pass for which functions keep what they have read of it."""
    deployment.directory.put_survey(survey.model_copy(update={"status": status}), deployment.now())
    stack.advance(SURVEY_KEPT)


def is_called_saved(page: Page) -> bool:
    visible: bool = page.get_by_text("✓ Saved").is_visible()
    return visible


class TestRefusedForGood:
    def test_nobody_is_told_that_it_was_saved_and_everybody_why_not(
        self, opened: Opened, closing: Survey, deployment: Deployment, stack: Stack
    ) -> None:
        page = opened(survey=closing.id)
        score(page, 9).focus()
        put(closing, "closed", deployment, stack)

        with page.expect_console_message(lambda message: "takes no more answers" in message.text):
            page.keyboard.press("9")
            page.keyboard.press("Enter")

        page.get_by_role("heading", name=REFUSED).wait_for()
        assert not is_called_saved(page)
        assert page.get_by_role("radio").count() + words(page).count() == 0
        assert page.evaluate("document.activeElement.localName") == "hearback-widget"  # the focus is not lost

    def test_who_gave_no_answer_may_be_asked_again(
        self, opened: Opened, closing: Survey, deployment: Deployment, stack: Stack
    ) -> None:
        page = opened(survey=closing.id)
        score(page, 9).wait_for()
        put(closing, "closed", deployment, stack)
        score(page, 9).click()
        page.get_by_role("heading", name=REFUSED).wait_for()
        page.get_by_role("button", name="Close").last.click()
        assert not is_shown(page)
        assert unsent(page) == 0

        put(closing, "open", deployment, stack)
        page.reload()

        score(page, 9).wait_for()

    def test_who_gave_one_is_left_alone_though_more_of_it_was_refused(
        self, opened: Opened, answers: Any, stack: Stack
    ) -> None:
        page = opened()
        score(page, 3).click()
        eventually(lambda: answers() and unsent(page) == 0)

        stack.advance(AMENDABLE)
        words(page).fill("Too late")
        with page.expect_console_message(lambda message: "24 hours" in message.text):
            page.get_by_role("button", name="Continue").click()
        page.get_by_role("heading", name=REFUSED).wait_for()

        page.reload()
        with page.expect_console_message(lambda message: "quiet period" in message.text):
            page.evaluate("hearback('show')")
        assert [answer.comment for answer in answers()] == [""]

    def test_what_becomes_of_an_earlier_pages_answer_is_not_said_of_this_one(self, opened: Opened) -> None:
        page = opened()
        score(page, 3).click()
        page.get_by_text("✓ Saved").wait_for()

        with page.expect_console_message(lambda message: "refused for good" in message.text):
            page.evaluate(
                "localStorage['hearback:send:shop.x'] = JSON.stringify({answer: {token: 'forged', score: 1},"
                " visitor: '', url: document.scripts[0].src.replace('widget.js', 'v1/surveys/shop/responses')});"
                "dispatchEvent(new Event('online'))"
            )

        assert unsent(page) == 0
        assert is_called_saved(page)
        assert words(page).is_visible()


class TestNotYetSaved:
    def test_it_is_called_saved_once_the_server_has_it(
        self, opened: Opened, visitor: BrowserContext, answers: Any
    ) -> None:
        page = opened(AT_ONCE)
        score(page, 0).wait_for()
        visitor.set_offline(True)
        score(page, 4).click()
        page.get_by_text("You chose 4").wait_for()
        assert not is_called_saved(page)

        visitor.set_offline(False)

        page.get_by_text("✓ Saved").wait_for()
        assert [answer.score for answer in answers()] == [4]
