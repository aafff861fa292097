"""A mail's links in Chromium: who visits them how, and what the operator is shown of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hearback.fact import FactId
from hearback.judging import READING, Kind
from local.stack import Stack
from ops.deployment import Deployment
from ops.response_account import Account
from tests.browser.conftest import eventually
from tests.e2e.link_traffic import Links

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SETTLED = timedelta(minutes=3)


@dataclass(frozen=True)
class Mail:
    """A mail with a link for each score, and the browser its links open in."""

    links: Links
    deployment: Deployment
    chromium: Browser

    @property
    def stack(self) -> Stack:
        return self.links.stack

    def link(self, score: int) -> str:
        return f"{self.stack.url}/a/{self.links.token}?score={score}"

    @contextmanager
    def visitor(self, **browser: Any) -> Iterator[BrowserContext]:
        """Somebody's browser, new each time."""
        context = self.chromium.new_context(**browser)
        yield context
        context.close()

    @contextmanager
    def opened(self, score: int, **browser: Any) -> Iterator[Page]:
        """A link's page, and when the block ends the page is closed."""
        with self.visitor(**browser) as context:
            page = context.new_page()
            page.goto(self.link(score))
            yield page
            page.close(run_before_unload=True)

    def read(self) -> None:
        """Let the time pass that reading takes."""
        self.stack.advance(READING)

    def account(self) -> Account:
        fact = FactId.parse(self.links.response)
        return Account(fact, self.deployment.feedback.response(fact), self.deployment.directory.visit(fact))

    def observed(self, kind: Kind) -> int:
        """How often something was observed."""
        visit = self.account().visit
        return sum(each.kind == kind for each in visit.observations) if visit else 0

    def wait_for(self, kind: Kind, times: int = 1) -> None:
        eventually(lambda: self.observed(kind) >= times)

    def settled(self) -> Account:
        """What became of it after the settle time."""
        self.stack.wait_until_idle()
        self.stack.advance(SETTLED)
        self.stack.wait_until_idle()
        return self.account()
