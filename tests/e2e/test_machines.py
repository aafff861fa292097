"""Machines vote for nothing and no person is lost, over real HTTP against the running stack."""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from hearback.contact import Covers, MailKind
from hearback.judging import READING
from local.stack import Stack
from ops.deployment import on_this_machine
from tests.e2e.conftest import ROOT, Command, quiet
from tests.e2e.judged_sessions import invent_all, live, lost
from tests.e2e.link_traffic import Links, http_request, send_form, unsubscribe_path

SETTLED = timedelta(minutes=3)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack for all of these: every test has a token of its own."""
    with Stack(data=tmp_path_factory.mktemp("stack") / "data", printed=quiet) as stack:
        Command(stack)("survey", "apply", str(ROOT / "surveys/product.yaml"))
        yield stack


@pytest.fixture
def links(running: Stack) -> Links:
    return Links.invited(running)


def verdict(links: Links) -> dict[str, Any]:
    """What the operator is shown of a token's answer after the settle time."""
    settle(links.stack)
    shown: dict[str, Any] = Command(links.stack).json("responses", "show", links.response)
    return shown


def settle(stack: Stack) -> None:
    stack.wait_until_idle()
    stack.advance(SETTLED)
    stack.wait_until_idle()


def test_a_scanner_that_opens_every_link_is_shown_and_not_counted(links: Links) -> None:
    for score in range(11):
        assert links.get(score).status == 200

    shown = verdict(links)

    assert shown["standing"] == "not counted"
    assert re.fullmatch(r"11 scores in \d+ s", shown["reason"])
    assert len(shown["steps"]) == 11


def test_a_scanner_that_asks_for_every_head_is_not_counted(links: Links) -> None:
    for score in range(11):
        got = links.head(score)
        assert (got.status, got.text) == (200, "")

    assert verdict(links)["standing"] == "not counted"


@pytest.mark.parametrize("header", [{"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch"}, {"X-Moz": "prefetch"}])
def test_a_program_that_fetches_ahead_and_follows_redirects_is_not_counted(
    links: Links, header: dict[str, str]
) -> None:
    assert links.get(9, **header).status == 200

    shown = verdict(links)

    assert (shown["standing"], shown["reason"]) == ("not counted", "a program fetched the page ahead of time")


def test_a_scanner_that_opens_one_link_is_listed_and_not_counted(links: Links) -> None:
    links.get(9)

    shown = verdict(links)

    assert (shown["standing"], shown["reason"]) == ("not counted", "opened without a sign of a person")
    listed = Command(links.stack).json("responses", "list", "--survey", "product", "--excluded")
    assert links.response in {each["response"] for each in listed}


def test_a_scanner_that_follows_the_hidden_link_is_not_counted(links: Links) -> None:
    links.get(9)
    links.trap()

    assert verdict(links)["reason"] == "a program followed the link that no person sees"


def test_a_program_that_sends_every_form_at_once_is_not_counted(links: Links) -> None:
    for score in range(11):
        links.get(score)
        assert "once more" in links.send().text

    assert verdict(links)["standing"] == "not counted"


def test_a_program_that_takes_its_time_and_fills_in_every_field_is_not_counted(links: Links) -> None:
    links.get(9)
    links.stack.advance(READING)
    links.send(more="https://example.com")

    assert verdict(links)["reason"] == "the form came with a field filled in that no person sees"


PATIENCE = timedelta(seconds=2)


def test_a_program_that_sends_every_form_in_its_own_time_is_not_counted(links: Links) -> None:
    for score in range(11):
        links.get(score)
        links.stack.advance(PATIENCE)
        links.send()

    shown = verdict(links)

    assert (shown["standing"], shown["version"]) == ("not counted", 3)
    assert re.fullmatch(r"3 scores in \d s", shown["reason"])


def test_a_program_that_runs_scripts_and_sends_a_form_in_its_own_time_is_not_counted(links: Links) -> None:
    links.get(9)
    links.signal("seen")
    links.stack.advance(PATIENCE)

    assert links.send(hand="none").status == 422

    shown = verdict(links)
    assert (shown["standing"], shown["reason"]) == ("not counted", "the form was sent by a script that no hand moved")


def test_a_person_beside_a_program_that_takes_its_time_is_counted(links: Links) -> None:
    for score in range(6):
        links.get(score)
        links.stack.advance(PATIENCE)
        links.send()
    links.get(9)
    links.stack.advance(READING)
    assert links.send(hand="moved").status == 200
    for score in range(6, 11):
        links.get(score)
        links.stack.advance(PATIENCE)
        links.send()

    shown = verdict(links)

    assert (shown["standing"], shown["score"]) == ("counted", 9)


def test_a_person_without_scripts_corrects_a_slip(links: Links) -> None:
    for score in (6, 9):
        links.get(score)
        links.stack.advance(READING)
        assert links.send().status == 200

    shown = verdict(links)

    assert (shown["standing"], shown["score"], shown["version"]) == ("counted", 9, 2)


def test_every_link_of_a_mail_is_opened_by_a_scanner_and_then_a_person_answers(running: Stack, tmp_path: Path) -> None:
    guests = tmp_path / "guests.csv"
    guests.write_text("email\nravi@example.com\n", encoding="utf-8")
    hearback = Command(running)
    hearback("invite", str(guests), "--survey", "product", "--email", "email")
    settle(running)
    (mail,) = running.mails(to="ravi@example.com")
    html = mail.message.get_body(("html",))
    assert html
    found = [link.replace("&amp;", "&") for link in re.findall(r'href="https?://[^/"]+(/[^"]+)"', html.get_content())]

    for link in found:
        assert http_request(running, "GET", link).status == 200

    token = re.search(r"/a/([\w.~-]+)", found[0])
    assert token
    assert sum("more=1" in link for link in found) == 1
    listed = hearback.json("responses", "list", "--survey", "product")
    response = next(each["response"] for each in listed if each["reason"].startswith("11 scores in"))
    links = Links(running, token[1], response)
    links.get(9)
    running.advance(READING)
    assert links.send().status == 200
    assert verdict(links)["standing"] == "counted"


def stopped(stack: Stack, contact: str) -> list[bool]:
    """Whether surveys and follow-ups are."""
    directory = on_this_machine(stack.url).directory
    return [directory.suppressed(contact, kind) for kind in get_args(MailKind)]


def test_a_program_that_sends_every_form_at_once_unsubscribes_nobody(running: Stack) -> None:
    contact = secrets.token_hex(16)
    for choice in get_args(Covers):
        page = http_request(running, "GET", unsubscribe_path(running, contact))
        sent = send_form(running, page, stop=choice)
        assert (sent.status, "once more" in sent.text) == (422, True)

    assert stopped(running, contact) == [False, False]


def test_a_program_that_takes_its_time_and_fills_in_every_field_unsubscribes_nobody(running: Stack) -> None:
    contact = secrets.token_hex(16)
    page = http_request(running, "GET", unsubscribe_path(running, contact))
    running.advance(READING)

    assert send_form(running, page, stop="all", more="https://example.com").status == 422

    assert stopped(running, contact) == [False, False]


def test_a_mail_program_s_one_click_needs_no_page(running: Stack) -> None:
    contact = secrets.token_hex(16)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    sent = http_request(running, "POST", unsubscribe_path(running, contact), "List-Unsubscribe=One-Click", **headers)

    assert sent.status == 200
    assert stopped(running, contact) == [True, True]


def test_a_program_that_answers_what_follows_a_score_at_once_changes_no_answer(links: Links) -> None:
    links.get(3)
    links.stack.advance(READING)
    asked = links.send()

    refused = send_form(links.stack, asked, said="https://example.com")

    assert (refused.status, "https://example.com</textarea>" in refused.text) == (422, True)
    assert verdict(links)["version"] == 1


def test_a_person_without_scripts_opens_reads_and_sends(links: Links) -> None:
    links.get(9)
    links.stack.advance(READING)

    assert links.send().status == 200

    assert verdict(links)["standing"] == "counted"


def test_a_person_too_quick_for_us_is_asked_once_more_and_counted(links: Links) -> None:
    links.get(9)
    assert links.send().status == 422
    links.stack.advance(READING)

    assert links.send().status == 200

    assert verdict(links)["standing"] == "counted"


def test_a_person_who_touches_the_page_and_closes_it_is_counted_after_the_settle_time(links: Links) -> None:
    links.get(9)
    assert links.signal("seen").status == 204
    assert links.signal("human").status == 204
    links.stack.wait_until_idle()
    before = Command(links.stack).json("responses", "show", links.response)["standing"]

    after = verdict(links)

    assert (before, after["standing"], after["score"]) == ("provisional", "counted", 9)


def test_a_slow_network_that_sends_everything_again_is_one_answer(links: Links) -> None:
    links.get(9)
    for kind in ("seen", "human", "seen", "human"):
        links.signal(kind)
    links.stack.advance(READING)
    links.send()
    links.send()

    shown = verdict(links)

    assert (shown["standing"], shown["score"], shown["version"]) == ("counted", 9, 2)


def test_of_many_sessions_no_machine_votes_and_no_person_is_lost(running: Stack) -> None:
    """A tenth of what `make bench-judging` runs."""
    hearback = Command(running)
    before = hearback.json("report", "--survey", "product")["responses"]
    sessions = invent_all(running, seed=20260304, count=50)

    live(running, sessions)

    standings = {each["response"]: each for each in hearback.json("responses", "list", "--survey", "product")}
    silent = [session for session in sessions if not (session.touched or session.confirmed)]
    assert lost(sessions, standings) == []
    assert {standings[session.links.response]["standing"] for session in silent} == {"not counted"}
    counted = hearback.json("report", "--survey", "product")["responses"] - before
    assert counted == len(sessions) - len(silent)
