"""Every state of the page that asks where and when to call, and how somebody gets there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from hearback.aws.tasks import Tasks
from hearback.task import Callback, Closing, Task
from hearback.task_news import MOST_WISHES
from hearback.token import Token, sign
from tests.browser.reading import read
from tests.browser.task_states import TaskVisit


@dataclass(frozen=True)
class CallVisit:
    """The customer's visit, in the language of a visit of the task that their answer gave."""

    owner: TaskVisit

    def states(self) -> Iterator[str]:
        """Go through every state; each is on the page when its name comes."""
        page, task = self.owner.page, self.owner.given()
        link = self.link(task)
        page.goto(link)
        yield "call"
        page.evaluate("document.forms[0].noValidate = true")
        self._send()
        yield "call-missing"
        page.locator("#phone").fill("+91 20 5555 0100")
        self._send()
        yield "called"
        now, tasks = self.owner.deployment.now(), Tasks(self.owner.deployment.directory.table)
        for number in range(1, MOST_WISHES):
            tasks.call_back(task.id, Callback(f"+91 20 5555 010{number}", "", now))
        page.goto(link)
        page.locator("#phone").fill("+91 20 5555 0199")
        self._send()
        yield "called-often"
        tasks.close(task, Closing(now, task.owner, "resolved", "price"), None, timedelta(days=30))
        page.goto(link)
        yield "uncalled"

    def link(self, task: Task | None = None) -> str:
        """Where an apology's link leads."""
        task = task or self.owner.given()
        now = self.owner.deployment.now()
        (response,) = task.responses
        later, locale = now + timedelta(days=1), self.owner.locale
        token = Token("answer", response, later, task.contact, channel="mail", locale=locale)
        return f"{self.owner.stack.url}/c/{sign(token, self.owner.keys.at(now))}"

    def _send(self) -> None:
        read(self.owner.page, self.owner.stack)
        with self.owner.page.expect_navigation():
            self.owner.page.locator("form button").click()
