"""What an operator does when something went wrong, or somebody wants to be forgotten, on the running stack."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hearback.aws.dynamodb import Table
from hearback.fact import FactId
from local.stack import Stack
from tests.e2e.conftest import Command, quiet
from tests.e2e.test_loop import mails_to, settle

RAVI = "ravi@example.com"
SAID = "Nobody at the till could tell me the price."


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One for all tests of this file: none of them leaves behind what another would see."""
    with Stack(data=tmp_path_factory.mktemp("data"), printed=quiet) as running:
        yield running


@pytest.fixture(scope="module")
def hearback(stack: Stack) -> Command:
    command = Command(stack)
    command("survey", "apply", "surveys/store.yaml")
    return command


@pytest.fixture(scope="module")
def detractor(stack: Stack, hearback: Command, tmp_path_factory: pytest.TempPathFactory) -> FactId:
    """Ravi was invited, answered with a 2 and a comment, and somebody has to call him. So did somebody else."""
    folder = tmp_path_factory.mktemp("files")
    customers = folder / "customers.csv"
    customers.write_text(f"email,name\n{RAVI},Ravi\nmeera@example.com,Meera\n", encoding="utf-8")
    hearback("invite", str(customers), "--survey", "store", "--email", "email", "--name", "name")
    settle(stack)
    answers = folder / "answers.csv"
    answers.write_text(f"email,score,comment\n{RAVI},2,{SAID}\nmeera@example.com,9,Lovely.\n", encoding="utf-8")
    columns = ("--email", "email", "--score", "score", "--comment", "comment")
    hearback("import", str(answers), "--survey", "store", *columns, "--follow-up")
    settle(stack)
    [task] = hearback.json("tasks", "list")
    return FactId.parse(task["responses"][0])


def test_damage_to_tallies_and_ledgers_is_found_and_repaired(
    stack: Stack, hearback: Command, detractor: FactId
) -> None:
    right = hearback.json("report", "--survey", "store")
    tallies = Table(stack.client("dynamodb"), stack.outputs["TallyTable"])
    tallies.delete({"Key": {"pk": f"L#R#{detractor}", "sk": "ledger"}})
    day = {"pk": "store#all", "sk": f"{right['to']}#0"}
    values = {"ExpressionAttributeNames": {"#nine": "|s9"}, "ExpressionAttributeValues": {":many": 70}}
    tallies.update({"Key": day, "UpdateExpression": "SET #nine = :many", **values})

    assert "2 remain" in hearback("reconcile", code=1)
    assert "0 remain" in hearback("reconcile", "--fix")
    assert hearback.json("reconcile")["differences"] == []
    assert hearback.json("report", "--survey", "store") == right


def test_a_failure_queue_is_redriven_and_nobody_is_mailed_again(
    stack: Stack, hearback: Command, detractor: FactId
) -> None:
    before = hearback.json("report", "--survey", "store"), len(stack.mails())
    lying = {**detractor.key("R"), "sequence_number": "1", "reason": "for a test"}
    for queue in ("AggregateFailuresUrl", "FollowupFailuresUrl"):
        stack.client("sqs").send_message(QueueUrl=stack.outputs[queue], MessageBody=json.dumps(lying))
    settled = json.dumps({"response": str(detractor)})
    stack.client("sqs").send_message(QueueUrl=stack.outputs["SettleFailuresUrl"], MessageBody=settled)

    assert [len(held) for held in hearback.json("redrive", "--dry-run").values()] == [1, 1, 1, 0, 0]
    assert "3 applied, 0 stay" in hearback("redrive")
    settle(stack)
    assert (hearback.json("report", "--survey", "store"), len(stack.mails())) == before
    assert "Nothing to redrive" in hearback("redrive")


def test_a_person_is_erased_and_the_counts_stay(stack: Stack, hearback: Command, detractor: FactId) -> None:
    right = hearback.json("report", "--survey", "store")
    assert len(mails_to(stack, RAVI)) == 2  # asked, apologised

    assert hearback.json("erase", RAVI, "--dry-run")["there"]["answer"] == 1
    hearback("erase", RAVI, code=2)  # asks first, and nobody is there to say yes
    erased = hearback.json("erase", RAVI, "--yes")
    settle(stack)

    assert (erased["proved"], erased["left"]) == (True, [])
    assert {kind: count for kind, count in erased["removed"].items() if count} == {
        "contact details": 1,
        "slot": 6,  # asked by this survey and by any, mailed, apologised to, reached by a play, has a task open
        "answer": 1,
        "invitation": 1,
        "task": 1,
        "claim": 2,
        "words": 1,
    }
    stored = str([items(stack, name) for name in ("FeedbackTable", "DirectoryTable", "TallyTable")])
    assert RAVI not in stored
    assert SAID not in stored
    assert "meera@example.com" in stored
    assert hearback.json("report", "--survey", "store") == right
    assert hearback.json("reconcile")["differences"] == []
    [task] = hearback.json("tasks", "list")
    shown = hearback.json("tasks", "show", task["task"])
    assert (shown["contact"], shown["erased"]) == (None, True)


def test_a_mail_that_is_on_its_way_to_an_erased_person_is_never_sent(
    stack: Stack, hearback: Command, tmp_path: Path
) -> None:
    customers = tmp_path / "customers.csv"
    customers.write_text("email\nleela@example.com\n", encoding="utf-8")
    hearback("invite", str(customers), "--survey", "store")
    stack.wait_until_idle()
    hearback("erase", "leela@example.com", "--yes")
    settle(stack)
    assert mails_to(stack, "leela@example.com") == []
    assert hearback.json("reconcile")["differences"] == []


def items(stack: Stack, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.client("dynamodb").scan(TableName=stack.outputs[table])["Items"]
    return found
