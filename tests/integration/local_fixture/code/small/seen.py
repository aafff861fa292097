"""Writes down what a handler saw, where a test can read it."""

import json
import os
import time
import uuid
from functools import cache
from typing import Any

import boto3

from hearback import clock


@cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["SEEN_TABLE"])


def note(about: str, what: Any) -> None:
    """Append `what` to the list of things seen about `about`; the simulated time is kept with it."""
    entry = {"at": clock.now().isoformat(), "what": what}
    _table().put_item(Item={"pk": about, "sk": f"{time.time_ns():020d}-{uuid.uuid4()}", "entry": json.dumps(entry)})


def times_before(about: str) -> int:
    """How often this was called for `about` before."""
    answer = _table().update_item(
        Key={"pk": f"times:{about}", "sk": "-"},
        UpdateExpression="ADD times :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["times"]) - 1
