"""Everybody of a real set of answers is answered, once, whatever comes again.

The answers are Miro's NPS responses.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from hearback.fact import RESPONSE, kind_and_id
from hearback.nps import category
from local.stack import Stack
from tests.e2e.conftest import ANSWERS, Command
from tests.e2e.test_loop import queued_tasks, settle

OWNERS = {"tomas@plotline.example"}


def with_addresses(folder: Path) -> Path:
    """The answers, each of its people with an invented address."""
    made = folder / "answers.csv"
    with ANSWERS.open(encoding="utf-8", newline="") as given, made.open("w", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(given))
        writer = csv.DictWriter(file, ["row", "email", "text", "score"])
        writer.writeheader()
        for number, row in enumerate(rows):
            address = f"{row['user_id']}@customers.example"
            writer.writerow({"row": number, "email": address, "text": row["text"], "score": row["NPS_Score"]})
    return made


def people_by_category(file: Path) -> Counter[str]:
    """How many people gave which category of answer; nobody here gave two."""
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    found = {(row["email"], category(int(row["score"]))) for row in rows}
    return Counter(kind for _, kind in found)


def subjects(stack: Stack) -> Counter[str]:
    """Mails to customers, by subject."""
    return Counter(
        str(mail.message["Subject"]) for mail in stack.mails() if mail.recipients[0].endswith("@customers.example")
    )


def touch_everything(stack: Stack) -> int:
    """Write every fact again as it is, but for its version: the whole table comes through the stream once more."""
    client, table = stack.client("dynamodb"), stack.outputs["FeedbackTable"]
    facts = [item for page in client.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]
    for item in facts:
        client.update_item(
            TableName=table,
            Key={"pk": item["pk"], "sk": item["sk"]},
            UpdateExpression="ADD #version :one",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
    assert {kind_and_id(item["pk"]["S"], item["sk"]["S"])[0] for item in facts} == {RESPONSE}
    return len(facts)


def effects(stack: Stack, hearback: Command) -> dict[str, Any]:
    owners = Counter(mail.recipients[0] for mail in stack.mails() if mail.recipients[0] in OWNERS)
    tasks = hearback.json("tasks", "list")
    told = Counter(event["detail-type"] for event in stack.events())
    queued = queued_tasks(stack)
    return {"mails": subjects(stack), "owners": owners, "tasks": len(tasks), "queued": queued, "events": told}


def test_all_422_people_are_answered_once(stack: Stack, hearback: Command, tmp_path: Path) -> None:
    file = with_addresses(tmp_path)
    assert people_by_category(file) == {"promoter": 293, "passive": 92, "detractor": 37}
    columns = ("--id", "row", "--email", "email", "--score", "score", "--comment", "text")

    hearback("import", str(file), "--survey", "product", *columns, "--follow-up")
    settle(stack)

    done = effects(stack, hearback)
    assert done["mails"] == {
        "Thank you from Plotline": 293,
        "What would make Plotline a 10 for you?": 92,
        "I am sorry, and I would like to put it right": 37,
    }
    assert (done["tasks"], done["queued"], done["events"]) == (37, 37, {"Task Opened": 37})
    joined = [task for task in hearback.json("tasks", "list") if len(task["responses"]) > 1]
    assert joined  # some said it twice, and whose their task is hears that too
    assert sum(done["owners"].values()) == 37 + len(joined)

    assert touch_everything(stack) == 441
    settle(stack)
    assert effects(stack, hearback) == done
