"""The page of a task whose customer said a lot, on a phone: what can be done is not buried under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearback.fact import FactId
from hearback.response import Answer
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.task_states import TaskVisit

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_a_tap_leads_over_a_long_story_to_what_can_be_done(
    chromium: Browser, stack: Stack, deployment: Deployment
) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 640})
    visit = TaskVisit(page, stack, deployment, "en")
    task = visit.given()
    story = "The tea was cold, and nobody said a word about it. " * 98
    answered = min(task.responses)  # others may have joined before
    deployment.feedback.amend(FactId.parse(answered), Answer(comment=story), deployment.now())
    page.goto(visit.link(task))

    page.get_by_role("link", name="Close the task").click()

    action = page.locator("summary", has_text="Close the task").bounding_box()
    assert action
    assert 0 <= action["y"] < 640
    page.close()
