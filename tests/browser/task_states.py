"""Every state of a task's page, and how its owner gets there: for axe and for screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hearback.aws.secrets import Keys
from hearback.aws.tasks import Tasks
from hearback.business_time import Calendar
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.judging import READING
from hearback.language import language_of
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Task
from hearback.task_link import task_link
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.page_states import SURVEY
from tests.browser.reading import read

if TYPE_CHECKING:
    from playwright.sync_api import Page

_OFFICE = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:30")
_SAID = {
    "en": ("Meera Iyer", "I waited half an hour for a cup of tea, and then it was cold.", "Always a pleasure."),
    "hi": ("मीरा अय्यर", "आधे घंटे इंतज़ार के बाद चाय मिली, और वह भी ठंडी।", "हमेशा अच्छा लगता है।"),
    "fr": ("Mireille Dubois", "Une demi-heure d’attente, puis un thé froid.", "Toujours un plaisir."),
    "ar": ("ميرا حداد", "انتظرت نصف ساعة للحصول على كوب شاي، وكان باردًا.", "دائمًا ممتع."),
}


@dataclass(frozen=True)
class TaskVisit:
    """A browser's page on a task, in one language."""

    page: Page
    stack: Stack
    deployment: Deployment
    locale: str
    reading: timedelta = READING

    def states(self) -> Iterator[str]:
        """Go through every state; each is on the page when its name comes."""
        self.page.goto(self.link())
        yield "task"
        self.send("form:has(input[value=take])")
        yield "task-taken"
        self.page.locator("details").nth(0).locator("summary").click()
        self.page.locator("#note").fill("…")
        self.send("form:has(input[value=note])")
        yield "task-noted"
        self.page.locator("details").nth(1).locator("summary").click()
        yield "task-another-time"
        self.page.locator("details").nth(2).locator("summary").click()
        self.page.get_by_role("radio").first.check(force=True)
        yield "task-closing"
        self.page.evaluate("document.querySelectorAll('[required]').forEach(field => field.required = false)")
        self.send("form:has(input[value=close])")
        yield "task-incomplete"
        self.page.get_by_role("radio").last.check(force=True)
        self.send("form:has(input[value=close])")
        yield "task-closed"
        self.page.goto(self.link(self.of_nobody()))
        yield "task-nobody"

    def send(self, form: str) -> None:
        """Press a form's button after the time that reading takes."""
        read(self.page, self.stack, self.reading)
        with self.page.expect_navigation():
            self.page.locator(form).locator("button").click()

    def link(self, task: Task | None = None) -> str:
        """The link to a task, or to a new one, for its owner."""
        task, now = task or self.given(), self.deployment.now()
        return task_link(self.stack.url, task, "asha", now, self.keys.at(now))

    @property
    def keys(self) -> Keys:
        return Keys(self.stack.client("secretsmanager"), self.stack.outputs["TokenSecret"])

    def given(self) -> Task:
        """A new task, due in three hours of work."""
        directory, survey, (name, comment, before) = self.deployment.directory, self._survey(), self._said
        contact = Contact("a" * 31 + self.locale[0], "meera@example.com", name, "+91 20 5555 0100", self.locale)
        directory.merge_contact(contact)
        told = self._answer(survey, 2, comment, contact.key)
        self._answer(survey, 9, before, contact.key, days_ago=90)
        return self._task(survey, told)

    def of_nobody(self) -> Task:
        """A new task of an answer that names nobody."""
        survey = self._survey()
        return self._task(survey, self._answer(survey, 2, self._said[1]))

    @property
    def _said(self) -> tuple[str, str, str]:
        return _SAID[language_of(self.locale)]

    def _answer(self, survey: Survey, score: int, words: str, contact: str = "", days_ago: int = 0) -> Response:
        now = self.deployment.now()
        at = now - timedelta(days=days_ago)
        response = Response(
            id=FactId.mint(survey.id, survey.shards, at),
            score=score,
            answered_at=at,
            day=survey.day(at),
            comment=words,
            answers={} if days_ago else {"topic": "taste"},
            contact=contact,
            expires_at=int((now + timedelta(days=9)).timestamp()),
        )
        self.deployment.feedback.create(response)
        return response

    def _task(self, survey: Survey, told: Response) -> Task:
        now, fact = self.deployment.now(), str(told.id)
        task = Task(
            id=Task.id_for(fact),
            survey=survey.id,
            owner="asha",
            created_at=now,
            due_at=Calendar.of(survey.scope({}), survey.zone).add(now, timedelta(hours=3)),
            responses=frozenset({fact}),
            contact=told.contact,
        )
        return Tasks(self.deployment.directory.table).open_or_join(task, fact)

    def _survey(self) -> Survey:
        """Apply the survey of the survey page's pictures, with this language as its default."""
        plain = SURVEY.model_dump() | {
            "id": f"tea-{self.locale}",
            "locales": [self.locale, *(each for each in SURVEY.locales if each != self.locale)],
            "people": {"asha": {"name": "Asha Rao", "email": "asha@tea.example"}},
            "care": [{"owner": "asha", "hours": _OFFICE}],
        }
        survey = Survey.model_validate(plain)
        self.deployment.directory.put_survey(survey, self.deployment.now())
        return survey
