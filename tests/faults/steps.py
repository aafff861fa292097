"""A step of a handling: one call to AWS, by the name that the table gives it."""

from collections.abc import Mapping
from typing import Any

from local.aws_calls import AwsCall

SEND = "sesv2 SendEmail"
_NAMES = {"R": "answer", "SURVEYS": "survey"}


def step_of(call: AwsCall) -> str:
    """`dynamodb PutItem claim`: the service, the operation, and what it is about."""
    given = call.parameters
    named = f"{call.service} {call.operation}"
    match call.operation:
        case "TransactWriteItems":
            return f"{named} {' + '.join(_about(next(iter(item.values()))) for item in given['TransactItems'])}"
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
            return f"{named} {_about(given)}"
        case "Query":
            return f"{named} {given.get('IndexName', 'table')}"
        case "SendMessage":
            return f"{named} {given['QueueUrl'].rpartition('-')[2]}"
    return named


def _about(request: Mapping[str, Any]) -> str:
    """What an item is: by its sort key if that is a name, else by its partition."""
    key: Mapping[str, Mapping[str, str]] = request.get("Key") or request["Item"]
    partition, sort = (key[name]["S"].partition("#")[0] for name in ("pk", "sk"))
    return _NAMES.get(partition) or (sort if sort.replace("_", "").isalpha() else partition).lower()
