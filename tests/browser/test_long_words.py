"""More words than there is room for, on the page and in the widget: nobody loses the end of a story unawares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from hearback.response import COMMENT_LENGTH, Response
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.conftest import eventually
from tests.browser.page_states import SURVEY, Visit
from tests.browser.widget_visits import Opened, answers, applied, opened, score, visitor, words

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["answers", "applied", "opened", "visitor"]
STORY = "क" * (COMMENT_LENGTH - 4) + " the end"
SHORTER = "क" * (COMMENT_LENGTH - 100)
OVER = "Characters over the limit: 4. The end is not saved; please shorten it."
LEFT = "Characters left: 100"


@pytest.mark.parametrize("runs_scripts", [True, False])
def test_the_page_tells_what_is_too_long_and_keeps_it_in_its_field(
    chromium: Browser, stack: Stack, deployment: Deployment, runs_scripts: bool
) -> None:
    deployment.directory.put_survey(SURVEY, deployment.now())
    context = chromium.new_context(java_script_enabled=runs_scripts)
    visit = Visit(context.new_page(), stack, "en")
    page, field = visit.page, visit.page.get_by_role("textbox")
    visit.open(f"/s/{SURVEY.id}")
    page.get_by_role("radio", name="3").check(force=True)
    visit.send()

    field.fill(STORY)
    if runs_scripts:
        page.get_by_text(OVER).wait_for()
        field.fill(SHORTER)
        page.get_by_text(LEFT).wait_for()
        field.fill(STORY)
    visit.send()
    page.get_by_text(OVER).wait_for()
    assert field.input_value() == STORY
    field.fill(SHORTER)
    visit.send()

    page.get_by_role("heading", name="What was it about?").wait_for()
    assert stored(deployment)[0].comment == SHORTER
    context.close()


def test_so_does_the_widget(opened: Opened, answers: Callable[[], list[Response]]) -> None:
    page = opened()
    score(page, 3).click()
    words(page).fill(STORY)
    page.get_by_text(OVER).wait_for()
    page.get_by_role("button", name="Continue").click()

    assert eventually(lambda: [answer.comment for answer in answers()] == [STORY[:COMMENT_LENGTH]])
    assert words(page).input_value() == STORY
    assert words(page).evaluate("field => field === field.getRootNode().activeElement")

    words(page).fill(SHORTER)
    page.get_by_text(LEFT).wait_for()
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("radio", name="Price").wait_for()
    assert eventually(lambda: [answer.comment for answer in answers()] == [SHORTER])


def stored(deployment: Deployment) -> list[Response]:
    """Newest first."""
    return deployment.feedback.newest(SURVEY.id, SURVEY.shards, [deployment.now().strftime("%Y-%m")], 1000)
