"""Visitors of somebody's site that has the widget, in Chromium: what tests of the widget share."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from hearback.response import Response
from hearback.survey import Survey
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.host_site import HostSite

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

AT_ONCE = 'data-after="0"'
Opened = Callable[..., "Page"]


@pytest.fixture(autouse=True)
def applied(deployment: Deployment, site: HostSite, survey: Survey) -> None:
    """The shop's survey, which lets this site's pages answer."""
    deployment.directory.put_survey(survey.model_copy(update={"origins": [site.origin]}), deployment.now())
    site.headers.clear()
    site.pages.clear()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been here."""
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def opened(visitor: BrowserContext, site: HostSite, stack: Stack) -> Iterator[Opened]:
    """Opens a page of the site that has the widget; whatever the widget does, no error reaches the page."""
    errors: list[str] = []

    def open_page(attributes: str = AT_ONCE, **parts: str) -> Page:
        page = visitor.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(site.put(stack.url, attributes, **parts))
        return page

    yield open_page
    assert errors == []


@pytest.fixture
def answers(deployment: Deployment, survey: Survey) -> Callable[[], list[Response]]:
    """The answers given since the test began, newest first."""
    months = [deployment.now().strftime("%Y-%m")]

    def stored() -> list[Response]:
        return deployment.feedback.newest(survey.id, survey.shards, months, 1000)

    before = {str(response.id) for response in stored()}
    return lambda: [response for response in stored() if str(response.id) not in before]


def score(page: Page, number: int) -> Locator:
    return page.get_by_role("radio").nth(number)


def words(page: Page) -> Locator:
    return page.locator("hearback-widget textarea")


def is_shown(page: Page) -> bool:
    return bool(page.locator("hearback-widget").count())


def identity(deployment: Deployment, **claims: Any) -> str:
    """What the site's server signs."""
    secret = deployment.client("secretsmanager").get_secret_value(SecretId=deployment.output("IdentitySecret"))
    [(key_id, key)] = json.loads(secret["SecretString"]).items()
    claims["exp"] = int(deployment.now().timestamp()) + 600
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": key_id}, claims)]
    signed = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    signature = hmac.digest(key.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def unsent(page: Page) -> int:
    """Answers that the device still keeps."""
    count: int = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('hearback:send:')).length")
    return count
