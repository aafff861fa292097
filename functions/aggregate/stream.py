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
from hearback.aws.dynamodb import Table, from_wire
from hearback.tally import Ledger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_sqs import SQSClient

logger = Logger()


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that can never be counted: where it lies, and why."""

    pk: str
    sk: str
    sequence_number: str
    reason: str


@dataclass(slots=True)
class Batch:
    """Stream records, read: the newest ledger of each fact, and what is to be parked."""

    ledgers: dict[str, Ledger] = field(default_factory=dict)
    sequence_numbers: dict[str, list[str]] = field(default_factory=dict)
    """Of every record of a fact, by ledger key, in order."""
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Where each fact lies, by ledger key."""
    parked: list[Parked] = field(default_factory=list)


@cache
def _tally_table() -> Table:
    return Table(clients.dynamodb(), os.environ["TALLY_TABLE"])


def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Count a batch; answer with the lowest sequence number that must be delivered again, if any."""
    batch = read(event["Records"])
    pace = Pace(lambda: context.get_remaining_time_in_millis() / 1000, time.sleep, random.random)
    outcome = count(_tally_table(), list(batch.ledgers.values()), pace)
    for key, reason in outcome.refused.items():
        batch.parked.append(Parked(*batch.keys[key], batch.sequence_numbers[key][-1], reason))
    failed = [number for key in outcome.uncounted for number in batch.sequence_numbers[key]]
    failed += park(clients.sqs, os.environ["AGGREGATE_FAILURES_URL"], batch.parked)
    logger.info(
        "counted",
        extra={
            "records": len(event["Records"]),
            "counted": outcome.counted,
            "parked": len(batch.parked),
            "uncounted": len(outcome.uncounted),
        },
    )
    return {"batchItemFailures": [{"itemIdentifier": min(failed, key=int)}] if failed else []}


def read(records: Sequence[Mapping[str, Any]]) -> Batch:
    """The newest version of each fact that some records hold. Deletions count for nothing: counts stay."""
    batch = Batch()
    for record in records:
        if record["eventName"] not in ("INSERT", "MODIFY"):
            continue
        change = record["dynamodb"]
        number = change["SequenceNumber"]
        key = from_wire(change["Keys"])
        try:
            ledger = ledger_of(from_wire(change["NewImage"]))
        except Inapplicable as problem:
            batch.parked.append(Parked(key["pk"], key["sk"], number, str(problem)))
            continue
        newest = batch.ledgers.get(ledger.key)
        if newest is None or newest.version < ledger.version:
            batch.ledgers[ledger.key] = ledger
        batch.sequence_numbers.setdefault(ledger.key, []).append(number)
        batch.keys[ledger.key] = key["pk"], key["sk"]
    return batch


def park(client: Callable[[], "SQSClient"], queue_url: str, parked: Sequence[Parked]) -> list[str]:
    """Put records into the failure queue; return the sequence numbers of those it did not take."""
    failed: list[str] = []
    for one in parked:
        logger.warning("parked", extra={"sequence_number": one.sequence_number, "reason": one.reason})
        message = {"pk": one.pk, "sk": one.sk, "sequence_number": one.sequence_number, "reason": one.reason}
        try:
            client().send_message(QueueUrl=queue_url, MessageBody=json.dumps(message))
        except (ClientError, BotoCoreError):
            logger.exception("parking failed")
            failed.append(one.sequence_number)
    return failed
