"""Page and widget where room is scarce: small phones, long words, letters of twice the size, dark screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from hearback.survey import Survey
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.host_site import HostSite
from tests.browser.letter_pictures import Natural
from tests.browser.page_states import SURVEY, Visit
from tests.unit.every_letter import EVERY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbea"
_CUT = """card => {
  const outer = card.getBoundingClientRect();
  return [...card.querySelectorAll("*")].filter(each => {
    const { left, right, width } = each.getBoundingClientRect();
    const over = each.scrollWidth > each.clientWidth + 1 && each.matches("h1, h2, button, .scale span, .choices span");
    return width > 1 && (over || right > outer.right + 1 || left < outer.left - 1);
  }).map(each => each.outerHTML.slice(0, 80));
}"""
"""What sticks out of its card, or out of its own box."""


def _survey(site: HostSite) -> Survey:
    plain = SURVEY.model_dump()
    detractor = plain["follow_up"]["detractor"]
    detractor["reason"]["en"] = f"What about {_WORD} was not as it should be?"
    detractor["questions"][0]["choices"]["price"]["en"] = _WORD
    question = {**plain["question"], "en": f"How likely are you to recommend our {_WORD} to a friend?"}
    brand = {"name": _WORD, "colour": "#0b6b4f"}
    return Survey.model_validate(
        plain | {"id": "wordy", "question": question, "brand": brand, "origins": [site.origin]}
    )


@pytest.fixture
def phone(chromium: Browser, deployment: Deployment, site: HostSite) -> Iterator[Page]:
    """The narrowest there is, for a survey of long words."""
    deployment.directory.put_survey(_survey(site), deployment.now())
    page = chromium.new_page(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    page.set_default_timeout(10_000)
    yield page
    page.close()


@pytest.mark.parametrize("size", ["100%", "200%"])
def test_long_words_and_large_letters_stay_within_the_card(phone: Page, stack: Stack, size: str) -> None:
    visit = Visit(phone, stack, "en")
    visit.open("/s/wordy")

    for number in range(3):
        phone.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert phone.locator("main").evaluate(_CUT) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= 320
        if number == 0:
            phone.keyboard.press("3")
        visit.send()


def test_the_widgets_close_button_and_choices_stay_within_its_card(phone: Page, stack: Stack, site: HostSite) -> None:
    phone.goto(site.put(stack.url, 'data-after="0" data-locale="en"', survey="wordy"))
    card = phone.locator("hearback-widget section")

    assert card.evaluate(_CUT) == []
    phone.get_by_role("radio", name="3").click()
    phone.locator("hearback-widget .actions button").last.click()
    phone.get_by_role("radio").nth(2).wait_for()
    assert card.evaluate(_CUT) == []


def test_a_brand_of_one_long_word_makes_no_mail_wider_than_a_phone(phone: Page, site: HostSite) -> None:
    phone.set_content(EVERY["apology"](Natural("", _survey(site), "en")).html)

    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_logo_made_for_paper_stands_on_white_in_the_dark(
    chromium: Browser, stack: Stack, deployment: Deployment
) -> None:
    deployment.directory.put_survey(SURVEY, deployment.now())
    page = chromium.new_page(color_scheme="dark")
    Visit(page, stack, "en").open(f"/s/{SURVEY.id}")

    ground = "getComputedStyle(document.querySelector('header img')).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ground) == "rgba(0, 0, 0, 0)"
    page.close()
