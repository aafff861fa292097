"""The whole loop on the local stack: over real HTTP, through the real template, from a click to the manager's inbox."""

import csv
import http.client
import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from hearback.judging import READING
from local.stack import Stack
from tests.e2e.conftest import Command

SETTLED = timedelta(minutes=3)


def request(stack: Stack, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
    where = urlsplit(stack.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=30)
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def post_form(stack: Stack, path: str, **fields: str) -> tuple[int, str]:
    return request(stack, "POST", path, urlencode(fields), **{"Content-Type": "application/x-www-form-urlencoded"})


def post_json(stack: Stack, path: str, body: Any, method: str = "POST") -> tuple[int, Any]:
    status, text = request(stack, method, path, json.dumps(body), **{"Content-Type": "application/json"})
    return status, json.loads(text)


def settle(stack: Stack) -> None:
    stack.wait_until_idle()
    stack.advance(SETTLED)
    stack.wait_until_idle()


def mails_to(stack: Stack, address: str) -> list[dict[str, Any]]:
    _, text = request(stack, "GET", "/_local/outbox.json")
    return [mail for mail in json.loads(text) if address in mail["recipients"]]


def test_an_answer_on_the_page_is_counted(stack: Stack, hearback: Command) -> None:
    status, page = request(stack, "GET", "/s/store?touchpoint=till")
    assert status == 200
    action = re.search(r'action="([^"]+)"', page)
    assert action is not None

    stack.advance(READING)
    status, thanks = post_form(stack, action[1], **hidden_fields(page), score="9")
    assert status == 200
    assert 'name="score"' not in thanks or "textarea" in thanks
    stack.wait_until_idle()

    report = hearback.json("report", "--survey", "store", "--by", "touchpoint")
    assert (report["responses"], report["promoters"]) == (1, 1)
    assert report["by"]["till"]["scores"][9] == 1


def hidden_fields(page: str) -> dict[str, str]:
    first_form = page[page.index("<form") : page.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]+>", first_form):
        if 'type="hidden"' in tag:
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            found[name[1] if name else ""] = value[1] if value else ""
    return found


def test_an_answer_retried_is_one_response_and_an_amendment_is_no_second_one(stack: Stack, hearback: Command) -> None:
    _, minted = post_json(stack, "/v1/surveys/store/tokens", {"dimensions": {"touchpoint": "till"}})
    answer = {"token": minted["token"], "score": 3, "comment": "The queue was long."}

    statuses = {post_json(stack, "/v1/surveys/store/responses", answer)[0] for _ in range(3)}
    status, amended = post_json(stack, f"/v1/responses/{minted['token']}", {"score": 8}, "PATCH")
    stack.wait_until_idle()

    assert statuses <= {200, 201}
    assert (status, amended["version"]) == (200, 2)
    report = hearback.json("report", "--survey", "store")
    assert (report["responses"], report["scores"][3], report["scores"][8]) == (1, 0, 1)


def test_from_an_invitation_to_a_task_and_the_manager_s_digest(stack: Stack, hearback: Command, tmp_path: Path) -> None:
    customers = tmp_path / "customers.csv"
    customers.write_text("email,name,store,region\nravi@example.com,Ravi,Indiranagar,South\n", encoding="utf-8")
    declared = hearback.json("survey", "show", "store")["dimensions"]
    store, region = declared["store"]["values"][0], declared["region"]["values"][0]
    customers.write_text(f"email,name,store,region\nravi@example.com,Ravi,{store},{region}\n", encoding="utf-8")
    columns = ("--email", "email", "--name", "name", "--dimension", "store=store", "--dimension", "region=region")

    hearback("invite", str(customers), "--survey", "store", *columns)
    hearback("invite", str(customers), "--survey", "store", *columns)  # asked lately: no second mail
    settle(stack)
    (invitation,) = mails_to(stack, "ravi@example.com")

    link = one_click_link(stack, invitation["message_id"], score=1)
    assert request(stack, "HEAD", link)[0] == 200
    status, page = request(stack, "GET", link)
    assert status == 200
    stack.wait_until_idle()
    assert hearback.json("report", "--survey", "store")["responses"] == 0  # a GET counts nothing

    action = re.search(r'action="([^"]+)"', page)
    assert action is not None
    stack.advance(READING)
    status, _ = post_form(stack, action[1], **hidden_fields(page), score="1")
    assert status == 200
    settle(stack)

    report = hearback.json("report", "--survey", "store", "--by", "region")
    assert (report["detractors"], report["by"][region]["detractors"]) == (1, 1)
    (task,) = hearback.json("tasks", "list")
    assert len(mails_to(stack, "ravi@example.com")) == 2  # asked, apologised

    ended = ("--outcome", "resolved", "--root-cause", "service", "--note", "Called him.")
    hearback("tasks", "close", task["task"], *ended)
    assert hearback.json("tasks", "list") == []

    closed_at = stack.now()
    for _ in range(2):  # however often the tick runs
        stack.advance(timedelta(days=7, minutes=-15))
        stack.wait_until_idle()
        stack.advance(timedelta(minutes=15))
        stack.wait_until_idle()
        digests = [mail.recipients[0] for mail in stack.mails(since=closed_at)]
        managers = [reader["email"] for survey in ("store", "product") for reader in readers(hearback, survey)]
        assert sorted(digests) == sorted(managers)
        closed_at = stack.now()


def readers(hearback: Command, survey: str) -> list[dict[str, str]]:
    shown = hearback.json("survey", "show", survey)
    return [shown["people"][subscription["to"]] for subscription in shown["subscriptions"]]


def one_click_link(stack: Stack, message_id: str, score: int) -> str:
    mail = next(mail for mail in stack.mails() if mail.message_id == message_id)
    html = mail.message.get_body(("html",))
    assert html is not None
    found = re.search(rf"/a/[\w.~-]+\?score={score}\b", html.get_content())
    assert found is not None
    return found[0]


def test_an_unsubscribed_customer_is_not_mailed_again(stack: Stack, hearback: Command, tmp_path: Path) -> None:
    customers = tmp_path / "customers.csv"
    customers.write_text("email\nmeera@example.com\n", encoding="utf-8")
    hearback("invite", str(customers), "--survey", "store", "--email", "email")
    settle(stack)
    (invitation,) = stack.mails()
    unsubscribe = re.search(r"/u/[\w.~-]+", invitation.message["List-Unsubscribe"])
    assert unsubscribe is not None

    assert request(stack, "GET", unsubscribe[0])[0] == 200
    assert post_form(stack, unsubscribe[0], **{"List-Unsubscribe": "One-Click"})[0] == 200
    hearback("invite", str(customers), "--survey", "product", "--email", "email")
    settle(stack)

    assert len(stack.mails()) == 1


def test_a_machine_route_asks_for_a_signature(stack: Stack, hearback: Command) -> None:
    body = {"survey": "store", "score": 10, "email": "ravi@example.com", "idempotency_key": "order 7"}

    assert post_json(stack, "/v1/machine/responses", body)[0] == 403


def history(path: Path, rows: int) -> Path:
    """Answers of people of whom some answer twice; two in seven rows are detractors."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "person", "email", "score", "comment"])
        for row in range(rows):
            person = row % (rows - 20)
            score = (10, 9, 3, 8, 10, 0, 7)[row % 7]
            writer.writerow([row, person, f"p{person}@example.com", score, f"Comment {row}"])
    return path


@pytest.mark.parametrize("faults", [{}, {"duplicate_records": True, "fail_every": 3}])
def test_nothing_is_counted_or_done_twice(
    stack: Stack, hearback: Command, tmp_path: Path, faults: dict[str, Any]
) -> None:
    file = history(tmp_path / "history.csv", 150)
    stack.faults(**faults)
    options = ("--survey", "product", "--id", "id", "--score", "score", "--comment", "comment", "--email", "email")

    hearback("import", str(file), *options, "--follow-up")
    settle(stack)
    hearback("import", str(file), *options, "--follow-up")
    settle(stack)

    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    report = hearback.json("report", "--survey", "product")
    assert report["responses"] == len(rows)
    assert report["scores"] == [sum(int(row["score"]) == score for row in rows) for score in range(11)]
    detractors = {row["email"] for row in rows if int(row["score"]) <= 6}
    tasks = hearback.json("tasks", "list")
    assert len(tasks) == len(detractors)
    assert sum(len(task["responses"]) for task in tasks) == sum(int(row["score"]) <= 6 for row in rows)
    owners = [mail for mail in stack.mails() if not mail.recipients[0].endswith("@example.com")]
    joined = [task for task in tasks if len(task["responses"]) > 1]  # what is new is told once an hour
    assert len(owners) == len(tasks) + len(joined)
    customers = [mail.recipients[0] for mail in stack.mails() if mail.recipients[0].endswith("@example.com")]
    people = Counter(row["email"] for row in rows)
    twice = {person for person, mails in Counter(customers).items() if mails == 2}
    assert sorted([*people, *twice]) == sorted(customers)  # one person, one mail within the cap
    assert twice <= {person for person in detractors if people[person] > 1}  # but an apology comes in spite of thanks
    assert queued_tasks(stack) == len(tasks)


def queued_tasks(stack: Stack) -> int:
    attributes = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["TaskQueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])
