"""What follows an answer starts with its id in the settle queue, and nothing more."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from followup import stream
from hearback.aws import clients
from hearback.aws.dynamodb import to_wire
from hearback.fact import FactId
from hearback.invitation import Invitation
from tests.integration.followup_world import CONTEXT, World


def record(
    item: dict[str, Any], number: int = 1, event: str = "INSERT", before: dict[str, Any] | None = None
) -> dict[str, Any]:
    keys = {"pk": item["pk"], "sk": item["sk"]}
    image = {} if event == "REMOVE" else {"NewImage": to_wire(item)}
    image |= {"OldImage": to_wire(before)} if before else {}
    return {"eventName": event, "dynamodb": {"Keys": to_wire(keys), "SequenceNumber": str(number), **image}}


def deliver(*records: dict[str, Any]) -> dict[str, Any]:
    return stream.handler({"Records": list(records)}, CONTEXT)


def waiting(queue: str) -> list[dict[str, Any]]:
    url = boto3.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    found = []
    while got := boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in got]
    return found


def test_a_response_waits_in_the_settle_queue_by_its_id_alone(world: World) -> None:
    response = world.answer(3, comment="The queue was long.")

    assert deliver(record(response.to_item())) == {"batchItemFailures": []}

    assert waiting("SettleQueue") == [{"response": str(response.id)}]


def test_versions_of_one_answer_in_a_batch_are_one_message(world: World) -> None:
    item = world.answer(3).to_item()

    deliver(record(item, 1), record(item | {"version": 2, "score": 9}, 2, "MODIFY"))

    assert len(waiting("SettleQueue")) == 1


def test_more_than_ten_answers_are_all_queued(world: World) -> None:
    deliver(*(record(world.answer(3).to_item(), number) for number in range(37)))

    assert len(waiting("SettleQueue")) == 37


@pytest.mark.parametrize("silent", [{"follow_up": False}, {"excluded": "a machine"}])
def test_nothing_follows_imported_history_or_a_machine_s_answer(world: World, silent: dict[str, Any]) -> None:
    deliver(record(world.answer(3, **silent).to_item()))

    assert waiting("SettleQueue") == []


def test_a_new_invitation_is_queued_and_a_marked_one_is_not(world: World) -> None:
    invitation = Invitation(FactId.mint("shop", 4, world.now), "c" * 32, "2026-03-04")

    deliver(record(invitation.to_item(), 1), record(invitation.to_item() | {"delivered": True}, 2, "MODIFY"))

    assert waiting("SettleQueue") == [{"invitation": str(invitation.id)}]


def test_an_expired_answer_is_no_news(world: World) -> None:
    assert deliver(record(world.answer(3).to_item(), event="REMOVE")) == {"batchItemFailures": []}

    assert waiting("SettleQueue") == []


@pytest.mark.parametrize(
    "foreign", [{"pk": "X#1"}, {"schema": 2}, {"schema": None}, {"schema": "the words of somebody" * 99}]
)
def test_a_foreign_record_is_parked_and_holds_up_nobody(world: World, foreign: dict[str, Any]) -> None:
    good, strange = world.answer(3), world.answer(4).to_item() | foreign

    assert deliver(record(strange, 1), record(good.to_item(), 2)) == {"batchItemFailures": []}

    assert waiting("SettleQueue") == [{"response": str(good.id)}]
    (parked,) = waiting("FollowupFailures")
    assert parked["sequence_number"] == "1"
    assert parked["reason"]
    assert len(str(parked)) < 300


def test_what_the_queue_did_not_take_is_delivered_again_from_the_lowest_number(world: World) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ServiceUnavailable", "Message": ""}}, "SendMessageBatch")

    records = [record(world.answer(3).to_item(), number) for number in (12, 9, 105)]
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.sqs(), "send_message_batch", refuse)
        assert deliver(*records) == {"batchItemFailures": [{"itemIdentifier": "9"}]}
