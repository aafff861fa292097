"""Whose answer it becomes: of visitors who are identified late, who have several tabs, who go on to another page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from hearback.contact import Slot, contact_key
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
    identity,
    is_shown,
    opened,
    score,
    visitor,
    words,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

__all__ = ["answers", "applied", "opened", "visitor"]
"""Fixtures, which pytest looks for in the module."""

CARD = "document.querySelector('hearback-widget')"
TOKENS = "**/v1/surveys/*/tokens"


def key_of(deployment: Deployment, address: str) -> str:
    return contact_key(address, deployment.contact_keys.at(deployment.now()), address=True)


def identify(page: Page, deployment: Deployment, **claims: Any) -> None:
    page.evaluate("token => hearback('identify', token)", identity(deployment, **claims))


def wait_until_asked_in_a_name(page: Page) -> None:
    page.wait_for_function("JSON.parse(sessionStorage['hearback:ask:shop'] || '{}').visitor")


@contextmanager
def holding_up(page: Page, ask: Callable[[], object]) -> Iterator[None]:
    """Let the server's leave, for which `ask` asks, come when the block has ended."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(TOKENS, hold)
    with page.expect_request(TOKENS):
        ask()
    yield
    eventually(lambda: page.evaluate("true") and held)
    for route in held:
        route.continue_()
    page.unroute(TOKENS)


class TestIdentifiedLate:
    def test_the_card_stays_and_the_answer_is_theirs(
        self, opened: Opened, answers: Any, deployment: Deployment
    ) -> None:
        page = opened()
        score(page, 0).focus()
        page.keyboard.press("2")
        page.evaluate(f"{CARD}.id = 'the-same'")

        identify(page, deployment, email="late@shop.example", dimensions={"store": "pune"})
        wait_until_asked_in_a_name(page)
        page.keyboard.press("Enter")

        [answer] = eventually(answers)
        assert (answer.score, answer.contact) == (2, key_of(deployment, "late@shop.example"))
        assert answer.dimensions == {"store": "pune"}
        assert page.locator("hearback-widget").get_attribute("id") == "the-same"

    def test_who_was_asked_lately_sees_the_card_go(
        self, opened: Opened, deployment: Deployment, survey: Survey
    ) -> None:
        slot = Slot.asked(key_of(deployment, "asked@shop.example"), survey.id)
        deployment.directory.table.update(slot.take_request("by mail", deployment.now(), survey.quiet))
        page = opened()
        score(page, 0).wait_for()

        identify(page, deployment, email="asked@shop.example")

        page.locator("hearback-widget").wait_for(state="detached")

    def test_after_the_answer_the_console_says_that_it_stays_nobodys(
        self, opened: Opened, answers: Any, deployment: Deployment
    ) -> None:
        page = opened()
        score(page, 2).click()
        eventually(answers)

        with page.expect_console_message(lambda message: "identified too late" in message.text):
            identify(page, deployment, email="later@shop.example")

        words(page).fill("Still mine")
        page.get_by_role("button", name="Continue").click()
        assert eventually(lambda: [answer.comment for answer in answers()] == ["Still mine"])
        assert answers()[0].contact == ""

    def test_while_the_server_is_asked_is_not_too_late(
        self, opened: Opened, answers: Any, deployment: Deployment
    ) -> None:
        page = opened("data-manual")
        with holding_up(page, lambda: page.evaluate("hearback('show')")):
            identify(page, deployment, sub="u-17")

        wait_until_asked_in_a_name(page)
        score(page, 9).click()

        assert eventually(answers)[0].contact

    def test_a_card_that_goes_meanwhile_does_not_come_back(self, opened: Opened, deployment: Deployment) -> None:
        page = opened()
        score(page, 0).wait_for()
        with holding_up(page, lambda: identify(page, deployment, sub="u-18")):
            page.get_by_role("button", name="Close").click()

        wait_until_asked_in_a_name(page)

        assert not is_shown(page)

    def test_an_answer_given_meanwhile_stays_nobodys_and_the_console_says_so(
        self, opened: Opened, answers: Any, deployment: Deployment
    ) -> None:
        page = opened()
        score(page, 0).wait_for()
        with (
            page.expect_console_message(lambda message: "identified too late" in message.text),
            holding_up(page, lambda: identify(page, deployment, sub="u-21")),
        ):
            score(page, 5).click()
            words(page).wait_for()

        assert eventually(answers)[0].contact == ""
        assert words(page).is_visible()

    def test_a_newer_token_of_the_same_person_asks_nothing(
        self, opened: Opened, answers: Any, deployment: Deployment
    ) -> None:
        page = opened("data-manual")
        identify(page, deployment, sub="u-19")
        page.evaluate("hearback('show')")
        score(page, 0).wait_for()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        identify(page, deployment, sub="u-19", name="Mira")
        page.evaluate("hearback('show')")
        score(page, 4).click()
        eventually(answers)

        assert [url for url in asked if url.endswith("/tokens")] == []

    def test_a_token_that_is_refused_leaves_the_card_to_anybody(self, opened: Opened, answers: Any) -> None:
        page = opened()
        score(page, 0).wait_for()

        with page.expect_console_message(lambda message: "JSON Web Token" in message.text):
            page.evaluate("hearback('identify', 'mira@shop.example')")
        score(page, 7).click()

        assert eventually(answers)[0].contact == ""

    def test_a_good_token_after_a_refused_one_of_the_same_person_is_taken(
        self, opened: Opened, deployment: Deployment
    ) -> None:
        page = opened()
        score(page, 0).wait_for()
        signed = identity(deployment, sub="u-22")
        with page.expect_console_message(lambda message: message.text.startswith("hearback:")):
            page.evaluate("token => hearback('identify', token)", signed[:-4] + "AAAA")

        page.evaluate("token => hearback('identify', token)", signed)

        wait_until_asked_in_a_name(page)
        assert is_shown(page)


class TestTwoTabs:
    @pytest.mark.parametrize("way", ["answered", "dismissed"])
    def test_a_card_goes_when_another_tab_has_answered_or_dismissed_one(
        self, opened: Opened, answers: Any, way: str
    ) -> None:
        here, there = opened(), opened()
        score(here, 0).wait_for()
        score(there, 0).wait_for()

        if way == "answered":
            score(there, 9).click()
        else:
            there.get_by_role("button", name="Close").click()

        here.locator("hearback-widget").wait_for(state="detached")
        if way == "answered":
            assert [answer.score for answer in eventually(answers)] == [9]
            assert words(there).is_visible()

    def test_who_has_answered_in_this_one_goes_on_whatever_another_does(self, opened: Opened, answers: Any) -> None:
        here, there = opened(), opened("data-manual")
        score(here, 9).click()
        eventually(answers)

        here.evaluate("addEventListener('storage', () => (document.title = 'told'))")
        there.evaluate("localStorage['hearback:quiet:shop'] = JSON.stringify({'': Date.now() + 1e9})")
        here.wait_for_function("document.title === 'told'")
        words(here).fill("The chai")
        here.get_by_role("button", name="Done").click()

        assert eventually(lambda: [answer.comment for answer in answers()] == ["The chai"])

    def test_a_page_that_back_leads_to_looks_again(self, opened: Opened) -> None:
        page = opened()
        score(page, 0).wait_for()

        page.evaluate("localStorage['hearback:quiet:shop'] = JSON.stringify({'': Date.now() + 1e9})")
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

        assert not is_shown(page)


class TestTheNextPage:
    @pytest.mark.parametrize("claims", [{}, {"sub": "u-20"}], ids=["anybody", "a known person"])
    def test_an_answer_bears_the_dimensions_of_the_page_that_it_was_given_on(
        self, opened: Opened, answers: Any, deployment: Deployment, site: HostSite, stack: Stack, claims: Any
    ) -> None:
        page = opened('data-manual data-dimension-touchpoint="delivery"')
        ask = f"hearback('identify', {json.dumps(identity(deployment, **claims) if claims else '')}); hearback('show')"
        page.evaluate(ask)
        score(page, 0).wait_for()

        page.goto(site.put(stack.url, 'data-manual data-dimension-touchpoint="checkout"'))
        page.evaluate(ask)
        score(page, 9).click()

        [answer] = eventually(answers)
        assert answer.dimensions == {"touchpoint": "checkout"}
        assert bool(answer.contact) == bool(claims)

    def test_it_asks_in_the_language_of_the_page(self, opened: Opened, site: HostSite, stack: Stack) -> None:
        page = opened()
        score(page, 0).wait_for()

        page.goto(site.put(stack.url, f'{AT_ONCE} data-locale="hi"'))

        page.get_by_role("heading", name="सिफ़ारिश").wait_for()
