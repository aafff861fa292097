"""Every state of every page that somebody comes to: for axe, for the validator, for screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.call_states import CallVisit
from tests.browser.page_states import SURVEY, Visit
from tests.browser.task_states import TaskVisit

if TYPE_CHECKING:
    from playwright.sync_api import Page


def every_state(page: Page, stack: Stack, deployment: Deployment, locale: str) -> Iterator[str]:
    """Go through every state; each is on the page when its name comes."""
    deployment.directory.put_survey(SURVEY, deployment.now())
    task = TaskVisit(page, stack, deployment, locale)
    yield from Visit(page, stack, locale).states()
    yield from task.states()
    yield from CallVisit(task).states()


def every_link(page: Page, stack: Stack, deployment: Deployment, locale: str) -> dict[str, str]:
    """Where each kind of page begins."""
    deployment.directory.put_survey(SURVEY, deployment.now())
    survey, task = Visit(page, stack, locale), TaskVisit(page, stack, deployment, locale)
    call = CallVisit(task)
    return {
        "survey": f"{stack.url}/s/{SURVEY.id}",
        "preferences": f"{stack.url}{survey.preferences()}",
        "quote": f"{stack.url}{survey.quotable()}",
        "call": call.link(),
        "task": task.link(),
    }
