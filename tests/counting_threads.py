"""Aggregators on threads of their own, counting through a real engine: what two tests of two engines share.

Writers change facts while aggregators read the table's own stream and count whatever they find there, some of it
twice and out of turn. Engines on one machine never report a conflict, so some are injected, with time-outs.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any

from aggregate import stream
from aggregate.counting import Pace
from hearback.aws.dynamodb import Table
from hearback.aws.feedback import Feedback
from hearback.fact import FactId
from hearback.response import AmendmentRefused, Answer, Response
from tests.aws_faults import Fault, FaultyClient
from tests.chaos import books
from tests.counting_world import DAY, NOON
from tests.fake_sqs import FakeSqs

AGGREGATORS = 4
WRITERS = 2
FACTS = 60
CHANGES = 80
"""By each writer."""
EARLY_ROUNDS = 10
"""Of each aggregator, at most, while writers write."""
FAULTS = [Fault.NONE] * 20 + [Fault.CONFLICT, Fault.THROTTLE, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER]
KEYS = [("pk", "HASH"), ("sk", "RANGE")]
Item = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """What is to be compared in the end."""

    records: int = 0
    handed_back: int = 0
    refusals: list[str] = field(default_factory=list)
    tallies: list[Item] = field(default_factory=list)
    facts: list[Item] = field(default_factory=list)


class Engine:
    """Two tables on an engine. `client` gives a client of a service of it; threads may share clients."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.dynamodb = client("dynamodb")
        self.streams = client("dynamodbstreams")
        create_table(self.dynamodb, "feedback", streamed=True)
        create_table(self.dynamodb, "tally", streamed=False)
        self.feedback = Feedback(Table(self.dynamodb, "feedback"))

    def scan(self, table: str) -> list[Item]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def logs(self) -> list[list[Item]]:
        """The records of each shard of the facts' stream so far, in order."""
        return records_of(self.dynamodb, self.streams, "feedback")


def create_table(dynamodb: Any, name: str, *, streamed: bool) -> None:
    """A table with the product's keys."""
    view = {"StreamViewType": "NEW_AND_OLD_IMAGES"} if streamed else {}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in KEYS],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in KEYS],
        StreamSpecification={"StreamEnabled": streamed, **view},
    )


def records_of(dynamodb: Any, streams: Any, table: str) -> list[list[Item]]:
    """The records of each shard of a table's stream so far, in order."""
    arn = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return [list(_log(streams, arn, shard["ShardId"])) for shard in shards]


def _log(streams: Any, arn: str, shard: str) -> Iterator[Item]:
    place = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**place)["ShardIterator"]
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        yield from page["Records"]
        if not page["Records"]:
            return
        iterator = page.get("NextShardIterator")


def count_on_threads(engine: Engine, seed: int) -> Seen:
    """Write, change and count with all threads at once, then let every aggregator count all of it again."""
    seen = Seen()
    with ThreadPoolExecutor(AGGREGATORS + WRITERS) as threads:
        written = [threads.submit(_write, engine, Random(seed + number)) for number in range(WRITERS)]
        random = [Random(1000 * seed + number) for number in range(AGGREGATORS)]
        early = [threads.submit(_count_early, engine, one, written, seen) for one in random]
        for done in [*written, *early]:
            done.result()
        logs = engine.logs()
        for done in [threads.submit(_count_all, engine, one, logs, seen) for one in random]:
            done.result()
    seen.records = sum(map(len, logs))
    seen.tallies, seen.facts = engine.scan("tally"), engine.scan("feedback")
    return seen


def check(seen: Seen) -> None:
    """The invariants of the design."""
    assert not seen.refusals
    assert books.tallies(seen.tallies) == books.sum_of_ledgers(seen.tallies)
    versions = {key: ledger["version"] for key, ledger in books.ledgers(seen.tallies).items()}
    assert versions == {books.ledger_key(fact): fact["version"] for fact in seen.facts}
    assert books.tallies(seen.tallies) == books.sum_of_facts(seen.facts)


def _write(engine: Engine, random: Random) -> None:
    """Answers, and changes to them, by several people at once."""
    for _ in range(CHANGES):
        number = random.randrange(FACTS)
        fact = FactId.mint("shop", 4, NOON + timedelta(seconds=number), number.to_bytes(10, "big"))
        where = {"store": f"store {number % 7}"}
        first = Response(fact, random.randrange(11), NOON, DAY, comment="Hm." * random.randrange(2), dimensions=where)
        if not engine.feedback.create(first):
            _change(engine, fact, random)


def _change(engine: Engine, fact: FactId, random: Random) -> None:
    stored = engine.feedback.response(fact)
    assert stored, "nothing is deleted here"
    match random.randrange(6):
        case 0:
            engine.feedback.revise(fact, lambda response: response.exclude("a machine gave it"))
        case 1:
            engine.feedback.revise(fact, lambda response: response.include(follow_up=False))
        case 2:
            engine.feedback.erase(stored)
        case _:
            with suppress(AmendmentRefused):
                engine.feedback.amend(fact, Answer(random.randrange(11)), NOON)


def _count_early(engine: Engine, random: Random, written: list[Any], seen: Seen) -> None:
    """Count what the stream holds so far, any part of it, while something is written."""
    for _ in range(EARLY_ROUNDS):
        if all(done.done() for done in written):
            return
        for log in engine.logs():
            first = random.randrange(len(log) + 1)
            _take_in(engine, random, list(islice(log, first, first + random.randint(1, 95))), seen)


def _count_all(engine: Engine, random: Random, logs: list[list[Item]], seen: Seen) -> None:
    """Every record, batch after batch as Lambda hands them over, and some of them once more."""
    for log in logs:
        left = log
        while left:
            batch = left[: random.randint(20, 95)]
            failed = _take_in(engine, random, batch + random.choices(batch, k=3), seen)
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            left = left[numbers.index(failed) if failed else len(batch) :]


def _take_in(engine: Engine, random: Random, records: list[Item], seen: Seen) -> str | None:
    client: Any = FaultyClient(engine.dynamodb, lambda operation: random.choice(FAULTS))
    queue: Any = FakeSqs()
    pace = Pace(lambda: 60.0, lambda seconds: None, random.random)
    failed = stream.take_in(records, Table(client, "tally"), stream.Failures(lambda: queue, "failures"), pace)
    seen.refusals += [message["reason"] for message in queue.messages]
    seen.handed_back += failed is not None
    return failed
