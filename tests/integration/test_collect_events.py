"""Collect runs its samples from events/: the first tests to read."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from hearback.fact import FactId
from tests.conftest import NOW, Collect

EVENTS = Path(__file__).parents[2] / "events"


def sample(name: str, token: str = "") -> dict[str, Any]:
    """A sample event. Tokens and page stamps are signed, so the samples hold TOKEN and PAGE in their place."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8").replace("TOKEN", token))
    return event


def test_the_survey_page_asks_the_question(collect: Collect) -> None:
    page = collect.handle(sample("collect-page"))

    assert page.status == 200
    assert "How likely are you to recommend Chai &amp; Co to a friend?" in page.text
    assert page.text.count('type="radio"') == 11
    assert collect.stored() == []


def test_the_form_of_a_page_stores_the_score_and_asks_why(collect: Collect) -> None:
    token = collect.token(contact="c0ffee", dimensions={"store": "pune"})
    event = sample("collect-form", token)
    form = base64.b64decode(event["body"]).replace(b"PAGE", collect.stamp(token).encode())

    page = collect.handle(event | {"body": base64.b64encode(form).decode()})

    assert page.status == 200
    assert "That makes our day!" in page.text
    assert "What did you like most?" in page.text
    [response] = collect.stored()
    assert (response.score, response.channel, response.contact) == (9, "mail", "c0ffee")
    assert response.dimensions == {"store": "pune"}


def test_a_widget_submits_an_answer(collect: Collect) -> None:
    answered = collect.handle(sample("collect-submit", collect.token(channel="widget")))

    assert answered.status == 201
    assert answered.headers["access-control-allow-origin"] == "https://shop.example"
    [response] = collect.stored()
    assert answered.json["response"] == str(response.id)
    assert (response.score, response.comment, response.channel) == (3, "The queue was too long.", "widget")
    assert response.day == "2026-03-04"
    assert response.expires_at == int((NOW + timedelta(days=730)).timestamp())


def test_a_mail_program_unsubscribes_with_one_click(collect: Collect) -> None:
    answered = collect.handle(sample("collect-unsubscribe", collect.token(purpose="unsubscribe", subject="c0ffee")))

    assert answered.status == 200
    assert collect.tables.people.suppressed("c0ffee", "surveys")


def test_another_system_records_an_answer_and_who_gave_it(collect: Collect) -> None:
    answered = collect.handle(sample("collect-machine"))

    assert answered.status == 201
    response = collect.tables.responses.response(FactId.parse(answered.json["response"]))
    assert response is not None
    assert (response.score, response.channel, response.follow_up) == (9, "api", True)
    assert response.answered_at.isoformat() == "2026-03-04T04:58:31+00:00"
    contact = collect.tables.people.contact(response.contact)
    assert contact is not None
    assert (contact.email, contact.name) == ("meera@example.com", "Meera Nair")
