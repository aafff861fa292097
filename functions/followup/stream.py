"""Stream records in, ids into the settle queue: counted responses and new invitations.

Nothing is decided here. The queue's delay lets the comment arrive first; the worker reads the newest state.
"""

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from followup import settle_queue
from followup.settle_queue import Message
from hearback.aws.dynamodb import from_wire
from hearback.fact import INVITATION, SCHEMA, BadFactId, kind_and_id

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


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
            settling.setdefault(settle_queue.body(message), []).append(number)
    failed = settle_queue.send(settle_queue.url(), settling)
    if parked:
        failed += settle_queue.send(os.environ["FOLLOWUP_FAILURES_URL"], parked)
    logger.info("queued", extra={"records": len(event["Records"]), "messages": len(settling), "parked": len(parked)})
    return {"batchItemFailures": [{"itemIdentifier": min(failed, key=int)}] if failed else []}


def message_for(record: Mapping[str, Any]) -> Message | None:
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
        return settle_queue.about_invitation(fact) if record["eventName"] == "INSERT" else None
    # Excluded after it was counted, it may have to take something back. What nobody confirmed has given nothing.
    # Whether its person came back changes with it even where no play follows.
    presumed = image.get("provisional") and not image.get("confirmed_by")
    silent = image.get("excluded") and (record["eventName"] == "INSERT" or presumed)
    judged_anew = record["eventName"] == "MODIFY" and _excluded_before(record) != bool(image.get("excluded"))
    return settle_queue.about_response(fact) if (image.get("follow_up") or judged_anew) and not silent else None


def _excluded_before(record: Mapping[str, Any]) -> bool:
    return "excluded" in record["dynamodb"].get("OldImage", {})
