"""Mail is kept instead of sent, and SES's events about it come as they would."""

from __future__ import annotations

from typing import Any

import pytest
from local_fixture.running import ask, ask_json, seen

from local.stack import Stack

pytest_plugins = ["local_fixture.running_stack"]  # the fixture `stack`


def _mail(stack: Stack, to: str, **letter: str) -> Any:
    answer = ask_json(stack, "POST", "/do/mail", {"to": to, "subject": "Grüße", **letter})
    stack.wait_until_idle()
    return answer


def test_a_mail_is_kept_as_sent(stack: Stack) -> None:
    sent = _mail(stack, "kept@example.com", claim="abc123")
    [mail] = stack.mails(to="kept@")
    assert mail.message_id == sent["id"]
    assert (mail.sender, mail.recipients, mail.subject) == ("feedback@example.com", ("kept@example.com",), "Grüße")
    assert mail.tags == {"claim": "abc123"}
    assert mail.raw.startswith(b"From: feedback@example.com")
    assert (mail.body("plain") or "").strip() == "Grüße"
    [listed] = ask_json(stack, "GET", "/_local/outbox.json?to=kept@")
    assert listed["html"].strip() == "<p>Grüße</p>"
    assert ["To", "kept@example.com"] in listed["headers"]


@pytest.mark.parametrize(
    ("to", "events"),
    [
        ("delivered@example.com", [("Email Sent", "Send"), ("Email Delivered", "Delivery")]),
        ("bounce+1@simulator.amazonses.com", [("Email Sent", "Send"), ("Email Bounced", "Bounce")]),
        (
            "complaint@simulator.amazonses.com",
            [("Email Sent", "Send"), ("Email Delivered", "Delivery"), ("Email Complaint Received", "Complaint")],
        ),
    ],
)
def test_a_mails_fate_is_published(stack: Stack, to: str, events: list[tuple[str, str]]) -> None:
    sent = _mail(stack, to, claim="feed")
    came = seen(stack, to)
    assert {(each["detail-type"], each["detail"]["eventType"]) for each in came} == set(events)  # in any order
    for each in came:
        mail = each["detail"]["mail"]
        assert each["source"] == "aws.ses"
        assert mail["messageId"] == sent["id"]
        assert mail["tags"]["claim"] == ["feed"]
        assert mail["tags"]["ses:configuration-set"] == ["hearback-Mailing"]
    if "bounce" in to:
        [bounce] = [each["detail"]["bounce"] for each in came if "bounce" in each["detail"]]
        assert bounce["bounceType"] == "Permanent"
        assert bounce["bouncedRecipients"][0]["emailAddress"] == to


def test_a_throttled_send_is_refused_and_not_kept(stack: Stack) -> None:
    stack.faults(mail_throttle=1)
    assert _mail(stack, "throttled@example.com") == {"error": "TooManyRequestsException"}
    assert "id" in _mail(stack, "throttled@example.com")
    assert len(stack.mails(to="throttled@")) == 1


def test_a_send_can_be_accepted_without_the_caller_hearing_of_it(stack: Stack) -> None:
    stack.faults(mail_timeout=1)
    assert _mail(stack, "unheard@example.com") == {"error": "ReadTimeoutError"}
    assert len(stack.mails(to="unheard@")) == 1
    came = {each["detail-type"] for each in seen(stack, "unheard@example.com")}
    assert came == {"Email Sent", "Email Delivered"}


def test_a_tag_ses_would_refuse_is_refused(stack: Stack) -> None:
    assert _mail(stack, "tag@example.com", claim="not/allowed") == {"error": "BadRequestException"}
    assert stack.mails(to="tag@") == []


@pytest.mark.parametrize("view", ["html", "text", "headers", "raw"])
def test_a_mail_can_be_looked_at_in_every_view(stack: Stack, view: str) -> None:
    sent = _mail(stack, f"{view}@example.com")
    page, body = ask(stack, "GET", f"/_local/outbox/{sent['id']}?view={view}")
    assert page.status == 200
    assert {"html": b"<iframe", "text": "Grüße".encode(), "headers": b"MIME-Version", "raw": b"From: feedback"}[
        view
    ] in body


def test_a_mails_html_cannot_reach_the_stacks_own_pages(stack: Stack) -> None:
    sent = _mail(stack, "sandboxed@example.com")
    page, _ = ask(stack, "GET", f"/_local/outbox/{sent['id']}/html")
    assert page.headers["Content-Security-Policy"].startswith("sandbox allow-popups")


def test_another_sites_page_cannot_move_the_clock(stack: Stack) -> None:
    response, _ = ask(stack, "POST", "/_local/advance", b"seconds=60", {"Origin": "https://elsewhere.example"})
    assert response.status == 403
