"""One mail, whatever SES and the sender go through, and an operator who decides where nobody can know."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hearback.aws.claims import Claims
from hearback.claim import Claim
from local.stack import Stack
from ops.deployment import on_this_machine
from tests.e2e.conftest import Command

SETTLED = timedelta(minutes=3)
TICK = timedelta(minutes=15)


@pytest.fixture
def guests(tmp_path: Path) -> Path:
    file = tmp_path / "guests.csv"
    file.write_text("email\nravi@example.com\nmeera@example.com\nasha@example.com\n", encoding="utf-8")
    return file


def passes(stack: Stack, span: timedelta) -> None:
    stack.wait_until_idle()
    stack.advance(span)
    stack.wait_until_idle()


def failures(stack: Stack) -> int:
    url = stack.outputs["SettleFailuresUrl"]
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def invite(hearback: Command, guests: Path) -> None:
    hearback("invite", str(guests), "--survey", "product", "--email", "email")


def test_mails_that_ses_throttles_for_long_all_go_out_once_and_none_counts_as_failed(
    stack: Stack, hearback: Command, guests: Path
) -> None:
    stack.faults(mail_throttle=8)  # of three mails: some are refused more often than a message may fail
    invite(hearback, guests)
    for _ in range(12):
        passes(stack, SETTLED)

    assert stack.fault_switches.mail_throttle == 0
    assert sorted(mail.recipients[0] for mail in stack.mails()) == [
        "asha@example.com",
        "meera@example.com",
        "ravi@example.com",
    ]
    assert failures(stack) == 0
    assert hearback.json("mail", "doubtful") == []


def died_before_sending(stack: Stack, hearback: Command, guests: Path) -> str:
    """An invitation whose sender dies after it has taken the claim. Its digest."""
    invite(hearback, guests)
    deployment = on_this_machine(stack.url)
    page = deployment.dynamodb.scan(TableName=stack.outputs["FeedbackTable"])["Items"]
    fact = sorted(_id(item) for item in page)[0]
    contact = next(item["contact_key"]["S"] for item in page if _id(item) == fact)
    claim = Claim(f"invitation/{fact}", {"contact": contact, "invitation": fact})
    assert Claims(deployment.directory.table).take(claim, stack.now()) is None
    return claim.digest


def _id(item: Any) -> str:
    _, survey, _, shard = item["pk"]["S"].split("#")
    return f"{survey}.{shard}{item['sk']['S']}"


def test_a_mail_whose_sender_died_is_shown_and_sent_once_when_an_operator_says_so(
    stack: Stack, hearback: Command, guests: Path
) -> None:
    digest = died_before_sending(stack, hearback, guests)
    passes(stack, SETTLED)
    assert len(stack.mails()) == 2
    passes(stack, TICK)
    passes(stack, TICK)

    (shown,) = hearback.json("mail", "doubtful")
    assert (shown["mail"], shown["state"]) == (digest, "doubtful")
    hearback("mail", "resolve", digest[:10], "--send-again")
    passes(stack, SETTLED)

    assert len({mail.recipients[0] for mail in stack.mails()}) == len(stack.mails()) == 3
    assert hearback.json("mail", "doubtful") == []
    hearback("mail", "resolve", digest, "--send-again", code=2)
    passes(stack, SETTLED)
    assert len(stack.mails()) == 3


def test_a_mail_that_an_operator_says_was_sent_is_left_alone(stack: Stack, hearback: Command, guests: Path) -> None:
    digest = died_before_sending(stack, hearback, guests)
    passes(stack, TICK)
    passes(stack, TICK)

    hearback("mail", "resolve", digest, "--sent")
    passes(stack, TICK)

    assert len(stack.mails()) == 2
    assert hearback.json("mail", "doubtful") == []
