"""A detractor's whole way over real HTTP: apology, task, page, closing, asked again, recovered."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from hearback.judging import READING
from local.outbox import Mail
from local.stack import Stack
from tests.e2e.conftest import Command
from tests.e2e.test_loop import hidden_fields, post_form, request, settle

CUSTOMER, OWNER = "ravi@example.com", "tomas@plotline.example"


def link_in(stack: Stack, mail: Mail, kind: str) -> str:
    """The path of the first link of a kind in a mail's plain text."""
    found = re.search(rf"{re.escape(stack.url)}(/{kind}/[^\s>?]+)", mail.body("plain") or "")
    assert found is not None, mail.subject
    return found[1]


def send(stack: Stack, page: str, path: str, form: str, **said: str) -> tuple[int, str]:
    """Send one of a page's forms, after reading it; `form` is something that stands in it."""
    found = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if form in each)
    stack.advance(READING)
    return post_form(stack, path, **hidden_fields(found), **said)


def answer(stack: Stack, invitation: Mail, score: int) -> None:
    path = link_in(stack, invitation, "a")
    _, page = request(stack, "GET", f"{path}?score={score}")
    status, _ = send(stack, page, path, 'name="score"', score=str(score))
    assert status == 200
    settle(stack)


def newest(stack: Stack, to: str) -> Mail:
    return stack.mails(to=to)[-1]


def test_a_detractor_is_called_asked_again_and_comes_back(stack: Stack, hearback: Command, tmp_path: Path) -> None:
    customers = tmp_path / "customers.csv"
    customers.write_text(f"email,name\n{CUSTOMER},Ravi Kumar\n", encoding="utf-8")
    hearback("invite", str(customers), "--survey", "product", "--email", "email", "--name", "name")
    settle(stack)
    answer(stack, newest(stack, CUSTOMER), 2)

    call = link_in(stack, newest(stack, CUSTOMER), "c")
    _, page = request(stack, "GET", call)
    status, called = send(stack, page, call, 'name="phone"', phone="+91 98765 43210", when="after six")
    assert (status, "We will call you" in called) == (200, True)

    stack.advance(timedelta(days=7))  # nobody calls
    stack.wait_until_idle()
    reminder = newest(stack, OWNER)
    assert reminder.subject.startswith("Overdue: Ravi Kumar")

    task = link_in(stack, reminder, "t")
    _, page = request(stack, "GET", task)
    assert "tel:+919876543210" in page
    assert "after six" in page
    for form, said in (
        ("take", {}),
        ("note", {"text": "He wants a refund."}),
        ("close", {"outcome": "refunded", "cause": "price", "text": "Money is back."}),
    ):
        status, _ = send(stack, page, task, f'value="{form}"', **said)
        assert status == 303
        _, page = request(stack, "GET", task)
    assert "Tomás Ribeiro closed it" in page
    assert "Ravi" not in page
    hearback("tasks", "close", shown(hearback)["task"], "--outcome", "resolved", "--root-cause", "price", code=2)

    stack.advance(timedelta(minutes=15))
    stack.wait_until_idle()
    (closing,) = [event["detail"] for event in stack.events() if event["detail-type"] == "Task Closed"]
    assert (closing["outcome"], closing["root_cause"], closing["in_time"]) == ("refunded", "price", False)

    asked = len(stack.mails(to=CUSTOMER))
    stack.advance(timedelta(days=30))
    settle(stack)
    assert len(stack.mails(to=CUSTOMER)) == asked + 1
    answer(stack, newest(stack, CUSTOMER), 9)

    report = hearback.json("tasks", "report", "--survey", "product", "--days", "60")
    assert (report["opened"], report["closed"], report["in_time"]) == (1, 1, 0)
    assert report["root_causes"] == {"price": 1}
    assert report["recovery"] == {"days": 90, "people": 1, "answered": 1, "recovered": 1}
    assert [note["text"] for note in shown(hearback)["notes"]] == ["He wants a refund.", "Money is back."]


def shown(hearback: Command) -> Any:
    """The one task there is."""
    (task,) = hearback.json("tasks", "list", "--all")
    return task
