"""Redriving: what a failure queue holds is applied, and only what was applied leaves the queue."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from aggregate.counting import Pace, count
from aggregate.facts import ledger_of
from aggregate.stream import Parked
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.claim import Claim
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.response import Answer, Response
from hearback.tally import counters_of
from local.failure_messages import event_failure, stream_failure
from ops import failure_message, stream_records
from ops.failure_message import Positions
from ops.message_queue import MessageQueue
from ops.redriving import Apply, Redriven, look, redrive
from ops.stream_records import Trimmed
from ops.unanswered import MailNews, Unqueued, Unsettled, missed_tick
from ops.uncounted import Uncounted
from tests.conftest import NOW, REGION, Tables
from tests.fake_dynamodb import FakeDynamoDB

EVENTS = Path(__file__).parents[2] / "events"
DAY = "2026-03-04"
THEN = datetime(2026, 3, 4, tzinfo=UTC)
POSITIONS = Positions(
    stream="arn:aws:dynamodb:eu-west-1:123456789012:table/FeedbackTable/stream/1",
    shard="shardId-00000000000000000001",
    first=21 * "9",
    last=22 * "9",
    records=2,
    arrived_first=THEN,
    arrived_last=THEN,
)


@dataclass
class World:
    """Tables with a stream, and queues."""

    dynamodb: FakeDynamoDB
    tables: Tables
    failures: MessageQueue
    settle: MessageQueue

    @property
    def stream(self) -> list[dict[str, Any]]:
        return self.dynamodb.stream

    def store(self, response: Response) -> Response:
        self.tables.feedback.put({"Item": response.to_item()})
        return response

    def counted(self) -> dict[str, int]:
        return counters_of(self.tables.tally.get({"pk": "shop#all", "sk": f"{DAY}#0"}) or {})

    def uncounted(self, records: Sequence[Mapping[str, Any]] | None) -> Uncounted:
        """With the stream's records as they are read again; None if they are gone."""
        return Uncounted(
            self.tables.feedback, self.tables.tally, self.failures, reader(records), sleep=lambda seconds: None
        )

    def unqueued(self, records: Sequence[Mapping[str, Any]] | None = None) -> Unqueued:
        return Unqueued(self.tables.feedback, self.failures, self.settle, reader(records))

    def settling(self) -> list[str]:
        """What the settle queue holds."""
        return sorted(str(next(iter(message.content.values()))) for message in self.settle.messages())


def reader(records: Sequence[Mapping[str, Any]] | None) -> Any:
    def read(positions: Positions) -> Sequence[Mapping[str, Any]]:
        if records is None:
            raise Trimmed(positions)
        return records

    return read


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    dynamodb = FakeDynamoDB(streamed=["feedback"])
    client: Any = dynamodb
    tables = Tables(*(Table(client, name) for name in ("feedback", "directory", "tally")))
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION)
        failures, settle = (
            MessageQueue(sqs, sqs.create_queue(QueueName=name)["QueueUrl"], wait=0) for name in ("failures", "settle")
        )
        yield World(dynamodb, tables, failures, settle)


def answer(number: int, score: int = 9, **more: Any) -> Response:
    fact = FactId.of_row("shop", str(number), NOW)
    return replace(Response(fact, score, NOW, DAY), **more)


def parked(response: Response, reason: str = "a passing shape") -> str:
    return json.dumps(asdict(Parked(**response.key, sequence_number="17", reason=reason)))


def given_up(records: Sequence[Mapping[str, Any]], at: datetime = NOW) -> str:
    """Lambda's own message about a batch, in its documented format."""
    with_time = [
        {"dynamodb": {**record["dynamodb"], "ApproximateCreationDateTime": at.timestamp()}} for record in records
    ]
    return json.dumps(
        stream_failure("arn:function", "arn:stream", "shard-1", with_time, "RetryAttemptsExhausted", 50, at)
    )


def ends(redriven: Sequence[Redriven]) -> list[tuple[bool, str]]:
    return [(one.done.applied, one.done.how) for one in redriven]


def held(queue: MessageQueue) -> list[str]:
    return look(MessageQueue(queue.sqs, queue.url, wait=0))


# --- aggregate ----------------------------------------------------------------------------------


def test_a_parked_record_is_counted_as_its_fact_is_now(world: World) -> None:
    first = world.store(answer(1))
    world.failures.put([parked(first)])
    world.store(first.amended(Answer(score=4), NOW))
    uncounted = world.uncounted([])
    assert ends(redrive(world.failures, uncounted.apply)) == [(True, "version 2 is counted")]
    assert (world.counted(), held(world.failures)) == ({"|s4": 1}, [])


def test_a_record_that_still_cannot_be_counted_stays_with_its_reason(world: World) -> None:
    world.tables.feedback.put({"Item": {**answer(1).to_item(), "schema": 99}})
    world.failures.put([parked(answer(1), "its schema is 99"), parked(world.store(answer(2)))])
    redriven = redrive(world.failures, world.uncounted([]).apply)
    assert sorted(ends(redriven)) == [
        (False, "its schema is 99; this software knows up to 1"),
        (True, "version 1 is counted"),
    ]
    assert held(world.failures) == [f"response {answer(1).id}: its schema is 99"]


def test_a_parked_record_whose_fact_has_expired_leaves_nothing_to_count(world: World) -> None:
    world.failures.put([parked(answer(1))])
    [(applied, how)] = ends(redrive(world.failures, world.uncounted([]).apply))
    assert applied
    assert "gone" in how


def test_a_batch_lambda_gave_up_is_read_from_the_stream_and_counted_once(world: World) -> None:
    for number in range(3):
        world.store(answer(number))
    count(world.tables.tally, [ledger_of(answer(0).to_item())], Pace(lambda: 60.0, lambda _: None, lambda: 0.0))
    world.failures.put([given_up(world.stream), given_up(world.stream)])
    assert ends(redrive(world.failures, world.uncounted(world.stream).apply)) == [(True, "3 facts are counted")] * 2
    assert (world.counted(), held(world.failures)) == ({"|s9": 3}, [])


def test_a_batch_counts_facts_that_have_expired_since(world: World) -> None:
    gone = world.store(answer(1))
    world.dynamodb.expire("feedback", {"pk": {"S": gone.key["pk"]}, "sk": {"S": gone.key["sk"]}})
    world.failures.put([given_up(world.stream)])
    redrive(world.failures, world.uncounted(world.stream).apply)
    assert world.counted() == {"|s9": 1}


def test_what_a_batch_holds_of_foreign_shape_is_parked_by_itself(world: World) -> None:
    world.tables.feedback.put({"Item": {**answer(1).to_item(), "schema": 99}})
    world.store(answer(2))
    world.failures.put([given_up(world.stream)])
    redriven = redrive(world.failures, world.uncounted(list(world.stream)).apply)
    assert [one.done.applied for one in redriven] == [True, False]
    assert redriven[0].done.how == "1 fact is counted, 1 cannot be and is parked by itself"
    assert (len(held(world.failures)), world.counted()) == (1, {"|s9": 1})


@pytest.mark.parametrize("applier", [lambda world: world.uncounted([]).apply, lambda world: world.unqueued([]).apply])
def test_a_key_beyond_the_year_9999_is_named_and_stays(world: World, applier: Callable[[World], Apply]) -> None:
    key = {"pk": "R#shop#2026-03#0", "sk": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"}
    world.tables.feedback.put({"Item": key})
    parked = Parked(**key, sequence_number="17", reason="its key is not that of a fact")
    world.failures.put([json.dumps(asdict(parked))])
    [redriven] = redrive(world.failures, applier(world))
    assert (redriven.what, redriven.done.applied) == (f"item {key['pk']} {key['sk']}", False)
    assert held(world.failures) == [f"item {key['pk']} {key['sk']}: its key is not that of a fact"]


@pytest.mark.parametrize("applier", [lambda world: world.uncounted([]).apply, lambda world: world.unqueued([]).apply])
def test_a_fact_that_somebody_spoiled_is_named_and_stays_and_holds_up_no_other(
    world: World, applier: Callable[[World], Apply]
) -> None:
    spoiled = {"schema": 10**100, "image": b"\0", "images": {b"\0"}, "numbers": {1, Decimal("1E-130")}}
    world.tables.feedback.put({"Item": answer(1).to_item() | spoiled})
    world.failures.put([parked(answer(1)), parked(world.store(answer(2)))])
    redriven = redrive(world.failures, applier(world))
    assert {one.what: one.done.applied for one in redriven} == {
        f"response {answer(1).id}": False,
        f"response {answer(2).id}": True,
    }
    assert len(held(world.failures)) == 1


@pytest.mark.parametrize("applier", [lambda world: world.uncounted([]).apply, lambda world: world.unqueued([]).apply])
def test_what_somebody_added_to_a_fact_keeps_it_from_nothing(world: World, applier: Callable[[World], Apply]) -> None:
    added = {"number": 10**100, "image": b"\0", "images": {b"\0"}, "numbers": {1, Decimal("1E-130")}}
    world.tables.feedback.put({"Item": answer(1).to_item() | added})
    world.failures.put([parked(answer(1))])
    [redriven] = redrive(world.failures, applier(world))
    assert redriven.done.applied


def test_batches_older_than_the_stream_are_recounted_from_the_facts(world: World) -> None:
    for number in range(3):
        world.store(answer(number))
    world.failures.put([given_up(world.stream[:2]), given_up(world.stream[2:])])
    uncounted = world.uncounted(None)
    redriven = redrive(world.failures, uncounted.apply, uncounted.recover)
    assert ends(redriven) == [(True, "older than the stream: 3 facts compared, 3 of them counted")] * 2
    assert (world.counted(), held(world.failures)) == ({"|s9": 3}, [])


# --- followup -----------------------------------------------------------------------------------


def test_a_parked_record_goes_to_the_settle_queue(world: World) -> None:
    first, imported = world.store(answer(1)), world.store(answer(2, follow_up=False))
    world.failures.put([parked(first), parked(imported), parked(answer(3))])
    redriven = redrive(world.failures, world.unqueued([]).apply)
    assert {how for _, how in ends(redriven)} == {
        "it is in the settle queue",
        "nothing follows it",
        "its fact is gone, nothing follows",
    }
    assert (world.settling(), held(world.failures)) == ([str(first.id)], [])


def test_the_ids_of_a_batch_go_to_the_settle_queue_once(world: World) -> None:
    first = world.store(answer(1))
    world.store(first.amended(Answer(comment="and more"), NOW))
    world.tables.feedback.put({"Item": {**answer(2).to_item(), "schema": 99}})
    world.failures.put([given_up(world.stream)])
    redrive(world.failures, world.unqueued(list(world.stream)).apply)
    assert world.settling() == [str(first.id)]
    assert len(held(world.failures)) == 1  # the foreign one, by itself


def test_after_the_stream_the_facts_of_that_time_are_queued(world: World) -> None:
    day = timedelta(days=1)
    then = world.store(answer(1))
    amended_then = world.store(answer(2, answered_at=NOW - day / 2).amended(Answer(comment="late"), NOW))
    world.store(answer(3, answered_at=NOW - day))
    world.store(answer(4, follow_up=False))
    invitation = Invitation(FactId.mint("shop", 4, NOW), "somebody", DAY)
    world.tables.responses.create(invitation)
    world.failures.put([given_up(world.stream[:1], NOW + timedelta(minutes=2))])
    unqueued = world.unqueued(None)
    [redriven] = redrive(world.failures, unqueued.apply, unqueued.recover)
    assert redriven.done.how == "older than the stream: 3 facts of that time are in the settle queue"
    assert world.settling() == sorted(str(each.id) for each in (then, amended_then, invitation))


def test_after_the_stream_a_fact_without_a_time_of_ours_holds_up_no_other(world: World) -> None:
    then = world.store(answer(1))
    for number, said in enumerate(["soon", 7, {1, 2}, b"\0", "0001-01-01T00:00:00+14:00"], start=2):
        world.tables.feedback.put({"Item": answer(number).to_item() | {"answered_at": said}})
    world.failures.put([given_up(world.stream[:1])])
    unqueued = world.unqueued(None)
    redrive(world.failures, unqueued.apply, unqueued.recover)
    assert world.settling() == [str(then.id)]


def test_what_the_worker_failed_on_is_given_back_to_it(world: World) -> None:
    bodies = [json.dumps({"response": str(answer(number).id)}) for number in range(12)]
    world.failures.put(bodies)
    redriven = redrive(world.failures, Unsettled(world.settle).apply)
    assert {one.what for one in redriven} == {str(answer(number).id) for number in range(12)}
    assert len(world.settling()) == 12
    assert held(world.failures) == []


# --- mail events and ticks ----------------------------------------------------------------------


@pytest.mark.parametrize("by", ["function", "rule"])
def test_a_mail_event_is_taken_in_as_its_function_would(world: World, by: str) -> None:
    claim = Claim("invitation/1", {"contact": "somebody"})
    claims, directory = Claims(world.tables.directory), Directory(world.tables.directory)
    claims.take(claim, NOW)
    event = json.loads((EVENTS / "followup-bounce.json").read_text(encoding="utf-8"))
    event["detail"]["mail"]["tags"]["claim"] = [claim.digest]
    failure = event if by == "rule" else event_failure("arn:function", event, {"errorType": "X"}, 3, NOW)
    world.failures.put([json.dumps(failure)])
    [redriven] = redrive(world.failures, MailNews(claims, world.tables.responses, directory, NOW).apply)
    assert redriven.done.how == "Bounce of invitation/1, its contact is suppressed: bounce"
    assert directory.suppressed("somebody", "surveys")
    assert (claims.get(claim.digest) or {})["state"] == "done"


def test_an_event_of_unknown_shape_stays(world: World) -> None:
    world.failures.put([json.dumps({"detail": {"eventType": "Bounce"}}), "not JSON at all"])
    claims, directory = Claims(world.tables.directory), Directory(world.tables.directory)
    redriven = redrive(world.failures, MailNews(claims, world.tables.responses, directory, NOW).apply)
    assert [one.done.applied for one in redriven] == [False, False]
    assert len(held(world.failures)) == 2


def test_a_missed_tick_is_only_taken_away(world: World) -> None:
    world.failures.put([json.dumps(event_failure("arn:function", {"source": "schedule"}, {}, 1, NOW))])
    assert ends(redrive(world.failures, missed_tick)) == [(True, "the next tick catches up")]
    assert held(world.failures) == []


# --- messages and streams -----------------------------------------------------------------------


def test_looking_takes_nothing_away(world: World) -> None:
    world.failures.put([parked(world.store(answer(1)))])
    assert held(world.failures) == held(world.failures) != []
    assert world.counted() == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"response": "shop.0A"}, "shop.0A"),
        ({"response": "shop.0A", "play": "thank"}, "shop.0A"),
        ({"announcement": "queues", "response": "shop.0A"}, "shop.0A"),
        ({"invitation": "shop.0B"}, "shop.0B"),
        ({"task": "c0ffee"}, "task c0ffee"),
        ({"reward": "order-1"}, "reward of the conversion order-1"),
    ],
    ids=lambda each: "+".join(each) if isinstance(each, dict) else "",
)
def test_every_message_of_the_settle_queue_is_named_by_what_it_is_about(
    world: World, content: dict[str, str], said: str
) -> None:
    world.failures.put([json.dumps(content)])
    assert held(world.failures) == [said]


def test_an_error_in_the_middle_gives_everything_back(world: World) -> None:
    world.failures.put([parked(world.store(answer(number))) for number in range(3)])

    def fail(positions: Positions) -> Sequence[Mapping[str, Any]]:
        raise OSError("the network is gone")

    world.failures.put([given_up(world.stream)])
    broken = Uncounted(world.tables.feedback, world.tables.tally, world.failures, fail)
    with pytest.raises(OSError, match="network"):
        redrive(world.failures, broken.apply)
    assert any("stream records" in line for line in held(world.failures))


@pytest.mark.parametrize("content", [None, [], {"DDBStreamBatchInfo": {}}, {"pk": "a"}, "text"])
def test_a_message_of_unknown_shape_is_told_as_such(content: Any) -> None:
    assert failure_message.read(content) is None


def test_records_are_read_again_from_the_first_to_the_last_position(tables: Tables) -> None:
    """Under moto, whose streams have one shard."""
    for number in range(5):
        tables.feedback.put({"Item": answer(number).to_item()})
    streams = boto3.client("dynamodbstreams")
    stream = boto3.client("dynamodb").describe_table(TableName=tables.feedback.name)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    numbers = [
        record["dynamodb"]["SequenceNumber"]
        for record in streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    ]
    positions = Positions(stream, shard, numbers[1], numbers[3], 3, THEN, THEN)
    found = stream_records.between(streams, positions)
    assert [record["dynamodb"]["SequenceNumber"] for record in found] == numbers[1:4]
    assert "NewImage" in found[0]["dynamodb"]


@pytest.mark.parametrize("error", ["TrimmedDataAccessException", "ResourceNotFoundException"])
def test_records_that_are_gone_from_the_stream_are_told_as_such(error: str) -> None:
    streams = stream_client()
    with Stubber(streams) as answers:
        answers.add_client_error("get_shard_iterator", error)
        with pytest.raises(Trimmed):
            stream_records.between(streams, POSITIONS)


def test_a_shard_that_ends_before_the_last_position_is_told_as_gone(world: World) -> None:
    world.store(answer(1))
    streams = stream_client()
    with Stubber(streams) as answers:
        answers.add_response("get_shard_iterator", {"ShardIterator": "first"})
        answers.add_response("get_records", {"Records": world.stream, "NextShardIterator": "second"})
        answers.add_response("get_records", {"Records": []})
        with pytest.raises(Trimmed):
            stream_records.between(streams, POSITIONS)


def stream_client() -> Any:
    return boto3.client("dynamodbstreams", REGION, aws_access_key_id="test", aws_secret_access_key="test")
