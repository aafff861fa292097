"""Scanners open every link of every mail and send the forms behind them: nothing happens that nobody wanted."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearback.judging import READING
from local.stack import Stack
from tests.e2e.conftest import ROOT, Command, quiet
from tests.e2e.everything import SIGNED
from tests.e2e.link_traffic import http_request
from tests.e2e.mail_scanner import TRAP, Scanner, changed, stored

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SETTLED = timedelta(minutes=3)
WITH_FORMS = set("acqtu")
"""What the paths of links in mails begin with: answer, call, quote, task, unsubscribe; and a referral's r."""
OBSERVED = ("VISIT#", "REFERRAL#")
"""What an opened link leaves: who came to an answer, for operators and the judgement; how often a friend's link was
followed, which earns nothing."""
REACHED = {"c": {"CONTACT", "TASK"}, "q": {"TESTIMONIAL"}, "t": {"CONTACT", "TASK"}, "u": {"SUPPRESSION"}}
"""What a link is about, by the keys of what is stored of it."""


def post(stack: Stack, path: str, **said: Any) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": SIGNED}
    got = http_request(stack, "POST", path, json.dumps(said), **headers)
    assert got.status == 201, got.text
    return json.loads(got.text)


def settle(stack: Stack, span: timedelta = timedelta(0)) -> None:
    for passing in (SETTLED, span, SETTLED, SETTLED):
        stack.wait_until_idle()
        stack.advance(passing)
    stack.wait_until_idle()


def answered(stack: Stack, survey: str, score: int, name: str, **said: str) -> None:
    post(stack, "/v1/machine/responses", survey=survey, score=score, email=f"{name}@example.com", **said)


@contextmanager
def stack_with_mails(folder: Path) -> Iterator[Stack]:
    """Three weeks of a stack: mails of every kind are sent, and what their links lead to waits for somebody."""
    with Stack(data=folder / "data", printed=quiet) as stack:
        hearback = Command(stack)
        stack.set_time(MONDAY)
        hearback("survey", "apply", str(ROOT / "surveys/product.yaml"), str(ROOT / "surveys/store.yaml"))
        answered(stack, "product", 10, "pia")
        settle(stack)
        [thanks] = stack.mails(to="pia@")
        code = re.search(r"/r/([0-9A-Z-]{11})", thanks.body("plain") or "")
        assert code
        sale = {"reference": "order 9", "customer": "quinn@example.com", "value": "120.00", "currency": "EUR"}
        post(stack, "/v1/machine/conversions", code=code[1], **sale)
        settle(stack, timedelta(days=15))
        answered(stack, "product", 10, "rosa", comment="It draws what I mean.")
        answered(stack, "product", 2, "dora")
        answered(stack, "store", 1, "stan", comment="The queue did not move.")
        settle(stack, timedelta(days=6))
        answered(stack, "product", 8, "sami")
        guests = folder / "guests.csv"
        guests.write_text("email\nnoor@example.com\n", encoding="utf-8")
        hearback("invite", str(guests), "--survey", "product", "--email", "email")
        settle(stack, timedelta(minutes=15))
        yield stack


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack for all that changes nothing."""
    with stack_with_mails(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture
def scanner(mailed: Stack) -> Scanner:
    return Scanner(mailed)


@pytest.fixture
def links(scanner: Scanner) -> list[str]:
    return scanner.every_link()


def what_happens(stack: Stack, before: Any) -> set[str]:
    """The keys of what changed once all has settled. No customer was mailed for it."""
    customers = stack.mails(to="@example.com")
    settle(stack)
    assert stack.mails(to="@example.com") == customers
    return changed(before, stored(stack))


def are_observations(keys: set[str]) -> bool:
    return all(key.startswith(OBSERVED) for key in keys)


def test_mails_of_every_kind_were_sent_and_hold_every_kind_of_link(mailed: Stack, links: list[str]) -> None:
    subjects = [mail.subject for mail in mailed.mails()]
    for begins in ("Thank you", "A thank-you", "Welcome", "I am sorry", "Reach", "Overdue", "What would", "One quick"):
        assert any(subject.startswith(begins) for subject in subjects), begins
    assert {link[1] for link in links} == WITH_FORMS | {"r"}
    assert any(link in links for mail in mailed.mails(to="maeve@") for link in Scanner(mailed).links(mail))


def test_opening_every_link_and_whatever_the_pages_link_to_changes_nothing(
    mailed: Stack, links: list[str], scanner: Scanner
) -> None:
    before = stored(mailed)
    for link in [*links, *links]:
        assert scanner.follow(link).status in (200, 302), link

    assert are_observations(what_happens(mailed, before))


def test_asking_for_the_head_of_every_link_changes_nothing(mailed: Stack, links: list[str], scanner: Scanner) -> None:
    before = stored(mailed)
    for link in links:
        got = scanner.open(link, "HEAD")
        assert (got.status in (200, 302), got.text) == (True, ""), link

    happened = what_happens(mailed, before)
    assert are_observations(happened)
    assert not any(key.startswith("REFERRAL#") for key in happened)


def test_sending_every_form_at_once_changes_nothing(mailed: Stack, links: list[str], scanner: Scanner) -> None:
    before, sent = stored(mailed), set()
    for link in links:
        for form in scanner.forms(link):
            for said in (form.untouched(), form.filled(mailed.now())):
                assert scanner.send(form, said).status == 422, link
                sent.add(link[1])

    assert are_observations(what_happens(mailed, before))
    assert sent == WITH_FORMS


def test_filling_in_every_field_after_a_while_changes_nothing(
    mailed: Stack, links: list[str], scanner: Scanner
) -> None:
    before = stored(mailed)
    for link in links:
        for form in scanner.forms(link):
            mailed.advance(READING)
            filled = form.filled(mailed.now()) | {TRAP: "https://example.com"}
            assert scanner.send(form, filled).status == 422, link

    assert are_observations(what_happens(mailed, before))


def test_pressing_every_button_after_a_while_takes_calls_and_nothing_else(
    mailed: Stack, links: list[str], scanner: Scanner
) -> None:
    """But for answers: their form bears the score of the link, and pressing its button is what a person does."""
    before, taken = stored(mailed), set()
    for link in links:
        for form in scanner.forms(link) if link[1] != "a" else ():
            mailed.advance(READING)
            got = scanner.send(form, form.untouched())
            assert got.status == (303 if form.untouched().get("do") == "take" else 422), link
            if got.status == 303:
                taken.add(link)

    happened = {key for key in what_happens(mailed, before) if not key.startswith(OBSERVED)}
    assert len(taken) >= 2
    assert {key.partition("#")[0] for key in happened} == {"TASK"}
    assert all(" took this on: " in scanner.open(link).text for link in taken)


def test_what_passes_for_a_person_reaches_only_what_its_link_is_about_and_is_told_there(tmp_path: Path) -> None:
    """A machine that waits, leaves the traps alone and says something sensible cannot be told from a person."""
    with stack_with_mails(tmp_path) as stack:
        scanner, customers = Scanner(stack), stack.mails(to="@example.com")
        for link in scanner.every_link():
            before, forms = stored(stack), scanner.forms(link) if link[1] != "a" else []
            for form in forms:
                stack.advance(READING)
                assert scanner.send(form, form.filled(stack.now())).status in (200, 303), link
            happened = {key for key in changed(before, stored(stack)) if not key.startswith(OBSERVED)}

            assert {key.partition("#")[0] for key in happened} <= REACHED.get(link[1], set()), link
            assert len({key.partition(" ")[0] for key in happened}) <= 2, link
            if link[1] == "t":
                assert "closed it" in scanner.open(link).text

        settle(stack, timedelta(minutes=15))
        assert stack.mails(to="@example.com") == customers
