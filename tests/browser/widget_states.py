"""Every state of the widget on somebody's site, and how a visitor gets there: for axe and for screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hearback.play import ReviewPlay
from ops.deployment import Deployment
from tests.browser.host_site import HostSite
from tests.browser.page_states import SURVEY

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_REVIEW = ReviewPlay.model_validate(
    {
        "id": "review",
        "when": {"score_from": 9},
        "what": "review",
        "url": "https://reviews.example/nilgiri-tea",
        "text": {
            "en": "Others look for good tea too. Would you tell them?",
            "hi": "और लोग भी अच्छी चाय खोजते हैं। क्या आप उन्हें बताएँगे?",
            "fr": "D’autres cherchent un bon thé. Le leur diriez-vous\u202f?",
            "ar": "يبحث آخرون أيضًا عن شاي جيد. هل تخبرهم؟",
        },
        "label": {"en": "Write a review", "hi": "समीक्षा लिखें", "fr": "Écrire un avis", "ar": "اكتب مراجعة"},
    }
)

_TO_EVERY_SITE = {"Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True)
class WidgetVisit:
    """A browser's page of a site with the widget, in one language."""

    page: Page
    url: str
    """Of the stack."""
    site: HostSite
    deployment: Deployment
    locale: str
    placement: Literal["corner", "inline"] = "corner"

    def states(self) -> Iterator[str]:
        """Go through every state; each is on the page when its name comes."""
        self._open()
        yield "widget-score"
        self._score(0).focus()
        self.page.keyboard.press("5")
        yield "widget-score-chosen"
        self.page.keyboard.press("Enter")
        self._within("textarea").wait_for()
        yield "widget-reason"
        self._skip()
        self.page.get_by_role("radio").first.wait_for()
        yield "widget-choices"
        self.page.get_by_role("radio").first.click()
        self._within(".actions").wait_for(state="detached")
        yield "widget-thanks"
        self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self._open()
        self._score(9).click()
        self._within("textarea").wait_for()
        self._skip()
        self._within(f"a[href='{_REVIEW.url}']").wait_for()
        yield "widget-next-step"
        self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self._open()
        self.page.route("**/responses", lambda route: route.abort())
        self._score(9).click()
        self._within("textarea").wait_for()
        yield "widget-not-saved-yet"
        self.page.route("**/responses", lambda route: route.fulfill(status=410, headers=_TO_EVERY_SITE, json={}))
        self.page.evaluate("dispatchEvent(new Event('online'))")
        self._within("textarea").wait_for(state="detached")
        yield "widget-refused"
        self.page.unroute("**/responses")

    def _open(self) -> None:
        survey = SURVEY.model_copy(update={"id": "tea-shop", "origins": [self.site.origin], "plays": [_REVIEW]})
        self.deployment.directory.put_survey(survey, self.deployment.now())
        attributes = f'data-after="0" data-placement="{self.placement}" data-locale="{self.locale}"'
        self.page.goto(self.site.put(self.url, attributes, survey=survey.id))
        self._score(0).wait_for()
        self._within("section").hover()  # thanks stay where somebody points

    def _skip(self) -> None:
        self._within(".actions button").last.click()

    def _score(self, number: int) -> Locator:
        return self.page.get_by_role("radio").nth(number)

    def _within(self, selector: str) -> Locator:
        return self.page.locator(f"hearback-widget {selector}")
