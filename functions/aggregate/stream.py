"""Stream records in, tallies out.

Streams deliver at least once and replay everything from the lowest failed sequence number on, so a batch
keeps only the newest version of each fact, and what can never be counted is parked here: it must not hold
up the records behind it.
"""

import json
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from aggregate.counting import Pace, count
from aggregate.facts import Inapplicable, ledger_of
from hearback.aws import clients
from hearback.aws.dynamodb import Table, Unreadable, from_wire
from hearback.tally import Ledger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_sqs import SQSClient

logger = Logger()
TO_PARK_ONE = 4.0
"""Seconds that parking a record may take at most: one impatient call."""
LONGEST_REASON = 200
"""Characters."""


@dataclass(frozen=True, slots=True)
class Found:
    """A version of a fact, and the record that brought it."""

    ledger: Ledger
    pk: str
    sk: str
    sequence_number: str

    def park(self, reason: str) -> "Parked":
        return Parked(self.pk, self.sk, self.sequence_number, reason)


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that can never be counted: where its fact lies, and why."""

    pk: str
    sk: str
    sequence_number: str
    reason: str


@dataclass(slots=True)
class Batch:
    """Stream records, read: the newest version of each fact, by ledger key, and what is to be parked."""

    newest: dict[str, Found] = field(default_factory=dict)
    parked: list[Parked] = field(default_factory=list)


class Failures:
    """The queue for what can never be counted."""

    def __init__(self, client: Callable[[], "SQSClient"], url: str) -> None:
        """`client` is called when there is something to park, which is hardly ever."""
        self.client = client
        self.url = url

    def park(self, parked: Sequence[Parked], seconds_left: Callable[[], float]) -> str | None:
        """Put records into the queue, in order; the sequence number of the first that it did not take.

        Those behind that one are left, because the stream brings them again.
        """
        for one in parked:
            if seconds_left() < TO_PARK_ONE:
                return one.sequence_number
            about = {"sequence_number": one.sequence_number, "reason": one.reason[:LONGEST_REASON]}
            message = {"pk": one.pk, "sk": one.sk, **about}
            try:
                self.client().send_message(QueueUrl=self.url, MessageBody=json.dumps(message))
            except (ClientError, BotoCoreError):
                logger.exception("parking failed")
                return one.sequence_number
            logger.warning("parked", extra=about)
        return None


@cache
def _tally_table() -> Table:
    return Table(clients.dynamodb(patient=False), os.environ["TALLY_TABLE"])


@cache
def _failures() -> Failures:
    return Failures(lambda: clients.sqs(patient=False), os.environ["AGGREGATE_FAILURES_URL"])


def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Count a batch; answer with the lowest sequence number that must be delivered again, if any."""
    pace = Pace(lambda: context.get_remaining_time_in_millis() / 1000, time.sleep, random.random)
    failed = take_in(event["Records"], _tally_table(), _failures(), pace)
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


def take_in(records: Sequence[Mapping[str, Any]], table: Table, failures: Failures, pace: Pace) -> str | None:
    """Count records and park what can never be counted; the sequence number to be delivered again from, or None."""
    batch = read(records)
    outcome = count(table, [found.ledger for found in batch.newest.values()], pace.keeping(TO_PARK_ONE))
    parked = batch.parked + [batch.newest[key].park(reason) for key, reason in outcome.refused.items()]
    # Every number behind the lowest uncounted one comes again, and is parked then.
    again = min((batch.newest[key].sequence_number for key in outcome.uncounted), key=int, default=None)
    now = sorted((one for one in parked if not again or int(one.sequence_number) < int(again)), key=_place)
    logger.info(
        "counted",
        extra={
            "records": len(records),
            "counted": outcome.counted,
            "parked": len(now),
            "uncounted": len(outcome.uncounted),
        },
    )
    return failures.park(now, pace.seconds_left) or again


def _place(parked: Parked) -> int:
    return int(parked.sequence_number)


def read(records: Sequence[Mapping[str, Any]]) -> Batch:
    """The newest version of each fact that some records hold. Deletions count for nothing: counts stay."""
    batch = Batch()
    for record in records:
        if record["eventName"] not in ("INSERT", "MODIFY"):
            continue
        change = record["dynamodb"]
        key, number = from_wire(change["Keys"]), change["SequenceNumber"]
        try:
            ledger = ledger_of(from_wire(change.get("NewImage", {})))
        except (Unreadable, Inapplicable) as problem:
            batch.parked.append(Parked(key["pk"], key["sk"], number, str(problem)))
            continue
        newest = batch.newest.get(ledger.key)
        if newest is None or newest.ledger.version < ledger.version:
            batch.newest[ledger.key] = Found(ledger, key["pk"], key["sk"], number)
    return batch
