"""Stream records in, ids into the settle queue: counted responses and new invitations.

Nothing is decided here. The queue's delay lets the comment arrive first; the worker reads the newest state.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from hearback.aws import clients
from hearback.aws.dynamodb import from_wire
from hearback.fact import INVITATION, SCHEMA, BadFactId, kind_and_id

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

T = TypeVar("T")
logger = Logger()
MOST_ENTRIES = 10
"""Messages SQS takes in one call."""


@cache
def _settle_queue() -> str:
    return os.environ["SETTLE_QUEUE_URL"]


def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Queue a batch; answer with the lowest sequence number that must be delivered again, if any."""
    settling: dict[str, list[str]] = {}
    parked: dict[str, list[str]] = {}
    for record in event["Records"]:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            message = message_for(record)
        except ValueError as problem:
            key = from_wire(record["dynamodb"]["Keys"])
            parked[json.dumps({**key, "sequence_number": number, "reason": str(problem)})] = [number]
            logger.warning("parked", extra={"sequence_number": number, "reason": str(problem)})
            continue
        if message:
            settling.setdefault(json.dumps(message), []).append(number)
    failed = send(_settle_queue(), settling)
    if parked:
        failed += send(os.environ["FOLLOWUP_FAILURES_URL"], parked)
    logger.info("queued", extra={"records": len(event["Records"]), "messages": len(settling), "parked": len(parked)})
    return {"batchItemFailures": [{"itemIdentifier": min(failed, key=int)}] if failed else []}


def message_for(record: Mapping[str, Any]) -> dict[str, str] | None:
    """What the worker is to look at, or None if nothing follows. Raises ValueError for a foreign record."""
    if record["eventName"] not in ("INSERT", "MODIFY"):
        return None
    image = from_wire(record["dynamodb"].get("NewImage", {}))
    try:
        kind, fact = kind_and_id(image["pk"], image["sk"])
    except (AttributeError, BadFactId, KeyError, TypeError):
        raise ValueError("its key is not that of a fact") from None
    schema = image.get("schema")
    if type(schema) is not int:
        raise ValueError("it does not say its schema")
    if schema > SCHEMA:
        raise ValueError(f"its schema is {schema}; this software knows up to {SCHEMA}")
    if kind == INVITATION:
        return {"invitation": str(fact)} if record["eventName"] == "INSERT" else None
    # Excluded after it was counted, it may have to take something back. What nobody confirmed has given nothing.
    # Whether its person came back changes with it even where no play follows.
    presumed = image.get("provisional") and not image.get("confirmed_by")
    silent = image.get("excluded") and (record["eventName"] == "INSERT" or presumed)
    judged_anew = record["eventName"] == "MODIFY" and _excluded_before(record) != bool(image.get("excluded"))
    return {"response": str(fact)} if (image.get("follow_up") or judged_anew) and not silent else None


def _excluded_before(record: Mapping[str, Any]) -> bool:
    return "excluded" in record["dynamodb"].get("OldImage", {})


def send(queue_url: str, messages: Mapping[str, Sequence[str]]) -> list[str]:
    """Send messages; return the sequence numbers behind those the queue did not take."""
    failed: list[str] = []
    for entries in tens(messages):
        batch: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": body} for place, body in enumerate(entries)
        ]
        try:
            refused = clients.sqs().send_message_batch(QueueUrl=queue_url, Entries=batch).get("Failed", [])
            lost = [entries[int(entry["Id"])] for entry in refused]
        except (ClientError, BotoCoreError):
            logger.exception("queueing failed")
            lost = entries
        failed += [number for body in lost for number in messages[body]]
    return failed


def tens(items: Iterable[T]) -> Iterator[list[T]]:
    """As many at a time as one call to the queue takes."""
    rest = iter(items)
    while some := list(islice(rest, MOST_ENTRIES)):
        yield some
