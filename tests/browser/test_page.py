"""The survey page in a browser: saved as typed, kept while offline, by keyboard alone, and without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from hearback.judging import READING
from hearback.response import AMENDABLE, Response
from local.stack import Stack
from ops.deployment import Deployment
from tests.browser.conftest import eventually
from tests.browser.page_states import SURVEY, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

Answers = Callable[[], list[Response]]
UNSENT = "localStorage.getItem('hearback-unsent')"


@pytest.fixture(autouse=True)
def applied(deployment: Deployment) -> None:
    deployment.directory.put_survey(SURVEY, deployment.now())


@pytest.fixture
def answers(deployment: Deployment) -> Answers:
    """The answers given since the test began, newest first."""

    def stored() -> list[Response]:
        return deployment.feedback.newest(SURVEY.id, SURVEY.shards, [deployment.now().strftime("%Y-%m")], 1000)

    before = {str(response.id) for response in stored()}
    return lambda: [response for response in stored() if str(response.id) not in before]


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 360, "height": 740})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def visit(context: BrowserContext, stack: Stack) -> Iterator[Visit]:
    """A first view of the page, on which no script may fail and no policy be broken."""
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None)
    opened = Visit(page, stack, "en")
    opened.open(f"/s/{SURVEY.id}")
    yield opened
    assert said == []


def asked(visit: Visit, key: str = "3") -> None:
    """Score, and come to the question after it."""
    visit.page.keyboard.press(key)
    visit.send()


@pytest.mark.parametrize(("keys", "score"), [("0", 0), ("7", 7), ("1", 1), ("10", 10), ("310", 10), ("100", 0)])
def test_digits_choose_the_score(visit: Visit, keys: str, score: int) -> None:
    visit.page.keyboard.type(keys)

    assert visit.page.locator("input[name=score]:checked").get_attribute("value") == str(score)
    assert visit.page.evaluate("document.activeElement.value") == str(score)


@pytest.mark.parametrize("runs_scripts", [True, False])
def test_back_leads_over_every_step_to_forms_that_change_the_same_answer(
    chromium: Browser, stack: Stack, answers: Answers, runs_scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=runs_scripts)
    visit = Visit(context.new_page(), stack, "en")
    page, heading = visit.page, visit.page.get_by_role("heading", level=1)
    visit.open(f"/s/{SURVEY.id}")
    page.get_by_role("radio", name="3").check(force=True)
    visit.send()
    page.get_by_role("textbox").fill("Cold")
    visit.send()
    page.get_by_role("radio", name="The taste").check(force=True)
    visit.send()

    steps = []
    for _ in range(3):
        page.go_back()
        steps.append(heading.inner_text())
    page.get_by_role("radio", name="4").check(force=True)
    visit.send()
    page.get_by_role("textbox").fill("Cold, and late")
    visit.send()

    assert steps == ["What was it about?", "Thank you for telling us.", SURVEY.say(SURVEY.question, "en")]
    [changed] = answers()
    assert (changed.score, changed.comment, changed.answers) == (4, "Cold, and late", {"topic": "taste"})
    context.close()


def test_a_keyboard_alone_answers_everything(visit: Visit, stack: Stack, answers: Answers) -> None:
    page = visit.page
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    stack.advance(READING)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for key in ("Tab", "Tab"):  # past "Change it"
        page.keyboard.press(key)
    page.keyboard.type("Cold")
    page.keyboard.press("Tab")
    stack.advance(READING)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for key in ("Tab", "Tab", "Space"):
        page.keyboard.press(key)
    stack.advance(READING)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.get_by_role("heading", name="Thank you!").is_visible()
    [given] = eventually(answers)
    assert (given.score, given.comment, given.answers) == (1, "Cold", {"topic": "taste"})


def test_a_comment_is_saved_while_it_is_typed(visit: Visit, answers: Answers) -> None:
    asked(visit)
    visit.page.locator("textarea").press_sequentially("The tea was cold")

    visit.page.locator(".state[data-word=saved]").wait_for()

    assert [response.comment for response in answers()] == ["The tea was cold"]
    assert visit.page.evaluate(UNSENT) is None
    assert visit.page.locator("[name=skip]").is_hidden()


def test_what_cannot_be_sent_is_kept_until_it_can(visit: Visit, context: BrowserContext, answers: Answers) -> None:
    asked(visit)
    context.set_offline(True)
    visit.page.locator("textarea").fill("Lost in a tunnel")
    visit.page.locator(".state[data-word=unsaved]").wait_for()
    assert "Lost in a tunnel" in visit.page.evaluate(UNSENT)

    context.set_offline(False)

    visit.page.locator(".state[data-word=saved]").wait_for()
    assert [response.comment for response in answers()] == ["Lost in a tunnel"]
    assert visit.page.evaluate(UNSENT) is None


def test_words_refused_for_good_are_said_to_be_and_stay_in_their_field(visit: Visit, stack: Stack) -> None:
    asked(visit)
    stack.advance(AMENDABLE)
    visit.page.locator("textarea").fill("Too late")

    visit.page.locator(".state[data-word=refused]").wait_for()
    assert visit.page.get_by_role("status").last.inner_text() == "Sorry, this could not be saved."
    assert visit.page.locator("textarea").input_value() == "Too late"
    assert visit.page.evaluate(UNSENT) is None


def test_what_becomes_of_an_older_answer_is_not_said_of_this_one(visit: Visit) -> None:
    asked(visit)
    visit.page.locator("textarea").fill("Newer")
    visit.page.locator(".state[data-word=saved]").wait_for()

    visit.page.evaluate(f"localStorage['hearback-unsent'] = '{json.dumps({'forged': {'comment': 'Older'}})}'")
    visit.page.evaluate("dispatchEvent(new Event('online'))")

    eventually(lambda: visit.page.evaluate(UNSENT) is None)
    assert visit.page.locator(".state").get_attribute("data-word") == "saved"


def test_a_page_closed_in_the_middle_of_a_word_has_saved_it(visit: Visit, answers: Answers) -> None:
    asked(visit)
    visit.page.locator("textarea").fill("Never fini")
    visit.page.goto("about:blank")

    eventually(lambda: [response.comment for response in answers()] == ["Never fini"])


def test_a_comment_taken_back_is_taken_back(visit: Visit, answers: Answers) -> None:
    asked(visit)
    visit.page.locator("textarea").fill("Too harsh")
    eventually(lambda: [response.comment for response in answers()] == ["Too harsh"])
    visit.page.locator("textarea").fill("")

    eventually(lambda: [response.comment for response in answers()] == [""])
    assert visit.page.locator("[name=skip]").is_visible()


def test_without_javascript_every_step_is_saved_by_its_form(chromium: Browser, stack: Stack, answers: Answers) -> None:
    context = chromium.new_context(java_script_enabled=False)
    visit = Visit(context.new_page(), stack, "fr")
    visit.open(f"/s/{SURVEY.id}")
    visit.page.locator("input[name=score]").nth(2).check(force=True)
    visit.send()
    visit.page.locator("textarea").fill("Trop froid")
    visit.send()
    visit.page.get_by_role("radio").nth(1).check(force=True)
    visit.send()

    assert visit.page.get_by_text("Votre réponse nous est bien parvenue.").is_visible()
    [given] = answers()
    assert (given.score, given.comment, given.answers) == (2, "Trop froid", {"topic": "price"})
    context.close()


def test_nothing_is_asked_of_another_host_and_nothing_stays_on_the_device(
    visit: Visit, context: BrowserContext, stack: Stack
) -> None:
    asked_for: list[str] = []
    visit.page.on("request", lambda request: asked_for.append(request.url))
    for _ in visit.states():
        pass

    assert {url.split("/")[2] for url in asked_for if not url.startswith("data:")} == {stack.url.split("/")[2]}
    assert context.cookies() == []
    assert visit.page.evaluate("localStorage.length + sessionStorage.length") == 0
