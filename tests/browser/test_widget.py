"""The widget on somebody's site, as visitors meet it and as hostile sites treat it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hearback.contact import contact_key
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
    unsent,
    visitor,
    words,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["answers", "applied", "opened", "visitor"]
"""Fixtures, which pytest looks for in the module."""


class TestAnswering:
    def test_one_tap_counts_and_the_rest_is_saved_as_it_is_given(self, opened: Opened, answers: Any) -> None:
        page = opened()

        score(page, 3).click()
        [answer] = eventually(answers)
        assert (answer.score, answer.channel, answer.comment) == (3, "widget", "")

        words(page).fill("Cold tea.")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("radio", name="Price").click()
        words(page).fill("The prices")
        page.get_by_role("button", name="Done").click()
        page.get_by_role("heading", name="Thank you!").wait_for()

        wanted = {"topic": "price", "wish": "The prices"}
        assert eventually(lambda: answers()[0].answers == wanted)
        assert answers()[0].comment == "Cold tea."
        assert len(answers()) == 1

    def test_a_change_of_mind_amends_the_same_answer(self, opened: Opened, answers: Any) -> None:
        page = opened()
        score(page, 2).click()
        eventually(answers)

        page.get_by_role("button", name="Change it").click()
        assert score(page, 2).get_attribute("aria-checked") == "true"
        score(page, 9).click()

        page.get_by_role("heading", name="What did you like most?").wait_for()
        assert eventually(lambda: answers()[0].score == 9)
        assert [said["score"] for said in answers()[0].history] == [2]

    def test_words_that_their_writer_clears_again_are_taken_back(self, opened: Opened, answers: Any) -> None:
        page = opened()
        score(page, 2).click()
        words(page).fill("My boss is awful")
        words(page).blur()
        assert eventually(lambda: [answer.comment for answer in answers()] == ["My boss is awful"])

        words(page).fill("")
        page.get_by_role("button", name="Continue").click()

        assert eventually(lambda: [answer.comment for answer in answers()] == [""])

    def test_what_is_typed_is_saved_when_the_tab_is_closed(self, opened: Opened, answers: Any) -> None:
        page = opened()
        score(page, 8).click()
        words(page).press_sequentially("A bigger cup")

        page.close()

        assert eventually(lambda: [answer.comment for answer in answers()] == ["A bigger cup"])

    def test_the_page_tells_only_public_dimensions(self, opened: Opened, answers: Any) -> None:
        page = opened(f'{AT_ONCE} data-dimension-touchpoint="checkout"')

        score(page, 9).click()

        assert eventually(answers)[0].dimensions == {"touchpoint": "checkout"}

    def test_a_dimension_of_ours_alone_is_refused_and_the_integrator_is_told(self, opened: Opened) -> None:
        page = opened("data-manual")
        with page.expect_console_message(lambda message: "not public" in message.text):
            page.evaluate("hearback('dimensions', {store: 'pune'}); hearback('show')")

        assert not is_shown(page)

    def test_it_speaks_the_language_of_the_page(self, opened: Opened) -> None:
        page = opened(f'{AT_ONCE} data-locale="hi"')

        page.get_by_role("heading", name="सिफ़ारिश").wait_for()

        assert page.locator("hearback-widget").get_attribute("lang") == "hi"

    def test_thanks_go_by_themselves_but_not_from_under_somebodys_hand(self, opened: Opened) -> None:
        page = opened("data-manual")
        page.clock.install()
        page.evaluate("hearback('show')")
        page.clock.run_for(100)
        score(page, 8).click()
        page.get_by_role("button", name="Skip").click()

        page.clock.run_for(10_000)
        assert is_shown(page)  # the pointer is on it
        page.mouse.move(1, 1)
        page.clock.run_for(10_000)

        assert not is_shown(page)

    def test_thanks_stay_for_who_has_a_change_of_mind(self, opened: Opened) -> None:
        page = opened("data-manual")
        page.clock.install()
        page.evaluate("hearback('show')")
        page.clock.run_for(100)
        score(page, 9).click()
        page.get_by_role("button", name="Skip").click()

        page.get_by_role("button", name="Change it").click()
        page.mouse.move(1, 1)
        page.clock.run_for(60_000)

        assert score(page, 9).get_attribute("aria-checked") == "true"


class TestKeyboardOnly:
    def test_arrows_and_digits_choose_and_only_enter_sends(self, opened: Opened, answers: Any) -> None:
        page = opened()
        score(page, 0).wait_for()

        score(page, 0).focus()
        page.keyboard.press("7")
        page.keyboard.press("ArrowRight")
        assert score(page, 8).get_attribute("aria-checked") == "true"
        page.keyboard.press("1")
        page.keyboard.press("0")
        assert score(page, 10).get_attribute("aria-checked") == "true"
        page.keyboard.press("ArrowRight")
        assert score(page, 0).get_attribute("aria-checked") == "true"
        page.keyboard.press("End")
        assert answers() == []
        page.keyboard.press("Enter")

        words(page).wait_for()
        page.keyboard.type("The chai")  # the focus is where the next step is
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="That makes our day!").wait_for()
        assert eventually(lambda: [(each.score, each.comment) for each in answers()] == [(10, "The chai")])

    def test_a_chosen_score_can_be_sent_by_a_button_too(self, opened: Opened, answers: Any) -> None:
        page = opened()
        score(page, 0).focus()
        page.keyboard.press("6")

        page.get_by_role("button", name="Send my answer").press("Enter")

        assert eventually(answers)[0].score == 6

    def test_it_takes_no_focus_and_gives_it_back(self, opened: Opened) -> None:
        page = opened('data-after="0.2"')
        page.get_by_label("Search").focus()

        score(page, 0).wait_for()
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Search"
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")

        assert not is_shown(page)
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Search"

    def test_escape_in_a_field_of_the_page_is_the_pages(self, opened: Opened) -> None:
        page = opened()
        score(page, 0).wait_for()

        page.get_by_label("Search").press("Escape")

        assert is_shown(page)


class TestNeverTwice:
    @pytest.mark.parametrize("way", ["answered", "dismissed"])
    def test_who_answered_or_dismissed_is_left_alone(self, opened: Opened, answers: Any, way: str) -> None:
        page = opened()
        if way == "answered":
            score(page, 9).click()
            eventually(answers)
        else:
            page.get_by_role("button", name="Close").click()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        page.reload()
        with page.expect_console_message(lambda message: "quiet period" in message.text):
            page.evaluate("hearback('show')")

        assert not is_shown(page)
        assert not any(url.endswith("/tokens") for url in asked)

    def test_within_a_visit_the_next_page_goes_on_asking_the_same(self, opened: Opened, stack: Stack) -> None:
        page = opened()
        score(page, 0).wait_for()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        page.reload()

        score(page, 0).wait_for()
        assert not any(url.endswith("/tokens") for url in asked)

    def test_a_known_person_is_asked_once_on_all_devices(
        self, chromium: Browser, opened: Opened, answers: Any, deployment: Deployment, site: HostSite, stack: Stack
    ) -> None:
        identify = (
            f"hearback('identify', '{identity(deployment, email='mira@shop.example', dimensions={'store': 'pune'})}')"
        )
        page = opened("data-manual")
        page.evaluate(f"{identify}; hearback('show')")
        score(page, 10).click()
        [answer] = eventually(answers)
        assert answer.contact == contact_key(
            "mira@shop.example", deployment.contact_keys.at(deployment.now()), address=True
        )
        assert answer.dimensions == {"store": "pune"}

        elsewhere = chromium.new_context()
        other = elsewhere.new_page()
        other.goto(site.put(stack.url, "data-manual"))
        with other.expect_console_message(lambda message: "quiet period" in message.text):
            other.evaluate(f"{identify}; hearback('show')")

        assert not is_shown(other)
        elsewhere.close()

    def test_two_people_on_one_device_are_asked_each_for_themselves(
        self, opened: Opened, answers: Any, deployment: Deployment
    ) -> None:
        page = opened("data-manual")
        for name in ("first", "second"):
            page.evaluate(f"hearback('identify', '{identity(deployment, sub=name)}'); hearback('show')")
            score(page, 9).click()
            page.get_by_role("button", name="Close").click()

        assert eventually(lambda: len({answer.contact for answer in answers()}) == 2)

    def test_a_bare_address_identifies_nobody(self, opened: Opened) -> None:
        page = opened("data-manual")

        with page.expect_console_message(lambda message: "JSON Web Token" in message.text):
            page.evaluate("hearback('identify', 'mira@shop.example'); hearback('show')")

        assert not is_shown(page)


class TestWeather:
    def test_an_answer_given_offline_arrives_when_the_network_is_back(
        self, opened: Opened, visitor: BrowserContext, answers: Any
    ) -> None:
        page = opened()
        score(page, 0).wait_for()
        visitor.set_offline(True)

        score(page, 4).click()
        words(page).fill("In a tunnel")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("radio", name="Price").wait_for()
        assert answers() == []
        visitor.set_offline(False)

        assert eventually(lambda: [(each.score, each.comment) for each in answers()] == [(4, "In a tunnel")])
        assert eventually(lambda: unsent(page) == 0)

    def test_an_answer_survives_its_tab_and_is_counted_once(
        self, opened: Opened, visitor: BrowserContext, answers: Any
    ) -> None:
        page = opened()
        score(page, 0).wait_for()
        visitor.set_offline(True)
        score(page, 7).click()
        words(page).wait_for()
        assert answers() == []
        page.close()  # Chromium may let a kept-alive request out once its page, and the page's weather, is gone
        visitor.set_offline(False)

        back = opened("data-manual")

        assert eventually(lambda: [each.score for each in answers()] == [7])
        assert eventually(lambda: unsent(back) == 0)

    def test_an_answer_refused_for_good_is_not_sent_for_ever(self, opened: Opened) -> None:
        page = opened("data-manual")
        page.evaluate(
            "localStorage['hearback:send:x'] = JSON.stringify("
            "{url: document.scripts[0].src.replace('widget.js', 'v1/surveys/shop/responses'),"
            " answer: {token: 'forged', score: 1, answers: {}}})"
        )

        page.reload()

        assert eventually(lambda: unsent(page) == 0)

    def test_it_works_where_storage_is_forbidden(self, visitor: BrowserContext, opened: Opened, answers: Any) -> None:
        visitor.add_init_script(
            "for (const kind of ['localStorage', 'sessionStorage'])"
            " Object.defineProperty(window, kind, {get() { throw new DOMException('no', 'SecurityError') }})"
        )
        page = opened()

        score(page, 5).click()

        assert eventually(answers)[0].score == 5

    def test_a_site_the_survey_does_not_name_is_told_so_in_the_console(
        self, opened: Opened, deployment: Deployment, survey: Survey, stack: Stack
    ) -> None:
        stranger = survey.model_copy(update={"id": "elsewhere", "origins": ["https://elsewhere.example"]})
        deployment.directory.put_survey(stranger, deployment.now())

        page = opened(
            "data-manual", body=f'<script src="{stack.url}/widget.js" data-survey="elsewhere" data-manual></script>'
        )
        with page.expect_console_message(lambda message: "origins" in message.text):
            page.evaluate("hearback('show')")

        assert not is_shown(page)


class TestHostilePages:
    def test_no_style_of_the_page_reaches_it(self, opened: Opened) -> None:
        calm = measured(opened())

        angry = measured(
            opened(
                head="""<style>
                * { color: red !important; font: 40px/3 fantasy !important; letter-spacing: 9px !important }
                html { font-size: 40px; color: lime; text-transform: uppercase; line-height: 4; word-spacing: 2em }
                body { transform: rotate(3deg) scale(.5); direction: rtl }
                html > *, hearback-widget { display: none !important; opacity: 0 !important; width: 3px !important;
                  position: static !important; visibility: hidden !important; transform: scale(0) !important }
                body { display: block !important; visibility: visible !important; opacity: 1 !important }
                section, button, h2, p { border: 20px dashed red !important; padding: 50px !important; float: left }
                </style>"""
            )
        )

        assert angry == calm

    def test_it_leaves_nothing_but_its_own_on_the_page(self, opened: Opened) -> None:
        page = opened("data-manual", head="<script>window.before = new Set(Object.keys(window))</script>")
        page.evaluate("hearback('show')")
        score(page, 0).wait_for()

        assert page.evaluate("Object.keys(window).filter(name => !before.has(name)).sort()") == ["before", "hearback"]
        assert page.evaluate("document.styleSheets.length + document.adoptedStyleSheets.length") == 0
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Times')

    def test_it_runs_under_the_strictest_policy(
        self, opened: Opened, site: HostSite, stack: Stack, answers: Any
    ) -> None:
        site.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src {stack.url}; connect-src {stack.url}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        site.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        page = opened()

        score(page, 9).click()

        assert eventually(answers)[0].score == 9
        assert page.get_by_role("heading").last.bounding_box()["width"] > 100

    def test_a_script_cannot_answer_in_a_visitors_name(self, opened: Opened, answers: Any) -> None:
        page = opened()
        score(page, 0).wait_for()

        page.evaluate(
            """() => {
              const radios = document.querySelector('hearback-widget').shadowRoot.querySelectorAll('[role=radio]');
              radios[10].click();
              radios[10].dispatchEvent(new PointerEvent('click', {bubbles: true}));
              radios[0].dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
            }"""
        )
        score(page, 1).click()

        assert [answer.score for answer in eventually(answers)] == [1]
        assert answers()[0].version == 1

    def test_nonsense_from_the_page_is_said_in_the_console_and_thrown_at_nobody(self, opened: Opened) -> None:
        page = opened("data-manual")

        with page.expect_console_message(lambda message: "is none of: show" in message.text):
            page.evaluate("hearback('explode')")
        page.evaluate("hearback('identify'); hearback('dimensions', null); hearback()")

    def test_inserted_twice_it_asks_once(self, opened: Opened, stack: Stack) -> None:
        page = opened(body=f'<script src="{stack.url}/widget.js" data-survey="shop" {AT_ONCE}></script>')

        score(page, 0).wait_for()

        assert page.locator("hearback-widget").count() == 1


class TestWhereAndWhen:
    def test_a_framework_may_insert_it_when_it_likes(self, opened: Opened, site: HostSite, stack: Stack) -> None:
        page = opened("data-manual")
        site.pages["/plain"] = "<!doctype html><title>An application</title><h1>An application</h1>"
        page.goto(f"{site.origin}/plain")

        page.evaluate(
            """source => {
              const script = Object.assign(document.createElement('script'), {src: source, async: true});
              Object.assign(script.dataset, {survey: 'shop', after: '0'});
              document.head.append(script);
            }""",
            f"{stack.url}/widget.js",
        )

        score(page, 0).wait_for()

    def test_inline_it_stands_in_the_place_it_was_given(self, opened: Opened) -> None:
        page = opened('data-target="#here"', body='<div id="here"></div>')

        score(page, 0).wait_for()

        assert page.locator("#here hearback-widget section").bounding_box()["width"] > 500

    def test_inline_and_out_of_sight_nobody_is_asked(self, opened: Opened) -> None:
        page = opened('data-target="#here"', body='<div style="height:3000px"></div><div id="here"></div>')
        page.wait_for_function("Boolean(window.hearback)")
        assert not is_shown(page)

        page.mouse.wheel(0, 5000)

        score(page, 0).wait_for()

    def test_it_waits_for_the_scroll_that_the_page_names(self, opened: Opened) -> None:
        page = opened('data-scroll="60"', body='<div style="height:3000px"></div>')
        page.wait_for_function("Boolean(window.hearback)")
        assert not is_shown(page)

        page.mouse.wheel(0, 2500)

        score(page, 0).wait_for()

    def test_it_waits_for_the_page_count(self, opened: Opened) -> None:
        page = opened('data-pages="3"')
        page.reload()
        page.wait_for_function("Boolean(window.hearback)")
        assert not is_shown(page)

        page.evaluate("hearback('page')")  # a route of a single-page application

        score(page, 0).wait_for()

    def test_commands_given_before_it_has_loaded_are_carried_out(self, opened: Opened) -> None:
        queue = "window.hearback = window.hearback || function () { (hearback.q = hearback.q || []).push(arguments) }"

        page = opened("data-manual", head=f"<script>{queue}; hearback('show')</script>")

        score(page, 0).wait_for()

    @pytest.mark.parametrize("width", [320, 360, 768])
    def test_it_fits_every_screen_with_room_for_a_thumb(self, opened: Opened, width: int) -> None:
        page = opened("data-manual")
        page.set_viewport_size({"width": width, "height": 568})
        page.emulate_media(reduced_motion="reduce")  # what is measured must not be on its way
        page.evaluate("hearback('show')")
        score(page, 0).wait_for()

        boxes = [score(page, number).bounding_box() for number in range(11)]

        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
        assert all(box["height"] >= 44 and box["width"] >= 24 for box in boxes)  # WCAG 2.2, 2.5.8, and a thumb
        assert page.evaluate("document.documentElement.scrollWidth") <= width


_MEASURE = """() => {
  const root = document.querySelector('hearback-widget').shadowRoot;
  return [...root.querySelectorAll('section, h2, button')].map(part => {
    const {x, y, width, height} = part.getBoundingClientRect();
    const {color, font, letterSpacing, textTransform, direction, visibility, opacity} = getComputedStyle(part);
    return {x, y, width, height, color, font, letterSpacing, textTransform, direction, visibility, opacity};
  });
}"""
_RESTED = "Promise.all(document.querySelector('hearback-widget').shadowRoot.getAnimations().map(each => each.finished))"


def measured(page: Page) -> list[dict[str, Any]]:
    """Where the parts of the widget are and how they look."""
    score(page, 0).wait_for()
    page.evaluate(_RESTED)
    parts: list[dict[str, Any]] = page.evaluate(_MEASURE)
    return parts


def test_the_stacks_example_site_knows_who_is_signed_in(
    visitor: BrowserContext, stack: Stack, deployment: Deployment, answers: Any
) -> None:
    page = visitor.new_page()
    page.goto(f"{stack.url}/_local/example?survey=shop&as=ravi@shop.example")
    page.get_by_role("button", name="hearback('show')").click()

    score(page, 9).click()

    ravi = contact_key("ravi@shop.example", deployment.contact_keys.at(deployment.now()), address=True)
    assert eventually(answers)[0].contact == ravi


class TestNextStep:
    def test_the_thanks_end_with_the_step_that_the_answer_brought(self, opened: Opened) -> None:
        page = opened()

        score(page, 10).click()
        words(page).wait_for()
        page.get_by_role("button", name="Skip").click()

        link = page.get_by_role("link", name="Write a review")
        link.wait_for()
        assert link.get_attribute("href") == "https://reviews.example/shop?a=1&b=2"
        assert link.get_attribute("target") == "_blank"

    def test_nobody_else_s_do(self, opened: Opened) -> None:
        page = opened()

        score(page, 8).click()
        words(page).wait_for()
        page.get_by_role("button", name="Skip").click()

        page.get_by_role("heading", name="Thank you!").wait_for()
        assert page.get_by_role("link").count() == 0

    def test_it_stays_longer_than_thanks_alone_and_goes_by_itself(self, opened: Opened) -> None:
        page = opened("data-manual")
        page.clock.install()
        page.evaluate("hearback('show')")
        page.clock.run_for(100)
        score(page, 9).click()
        page.get_by_role("button", name="Skip").click()
        page.get_by_role("link", name="Write a review").wait_for()
        page.mouse.move(1, 1)

        page.clock.run_for(20_000)
        assert is_shown(page)
        page.clock.run_for(60_000)
        assert not is_shown(page)
