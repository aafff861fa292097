"""A step of a handling: one call to AWS, by the name that the table gives it, and whom it is about."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from hearback.fact import BadFactId, kind_and_id
from local.aws_calls import AwsCall

SEND = "sesv2 SendEmail"
_NAMES = {"R": "answer", "I": "invitation", "SURVEYS": "survey"}


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
            kind = given["ExpressionAttributeValues"].get(":kind", {"S": ""})["S"].partition("#")[0]
            return f"{named} {given.get('IndexName', 'table')} {kind}".rstrip()
        case "SendMessage" | "SendMessageBatch":
            return f"{named} {given['QueueUrl'].rpartition('-')[2]}"
    return named


def _about(request: Mapping[str, Any]) -> str:
    """What an item is: by its sort key if that is a name, else by its partition."""
    key: Mapping[str, Mapping[str, str]] = request.get("Key") or request["Item"]
    partition, sort = (key[name]["S"].partition("#")[0] for name in ("pk", "sk"))
    return _NAMES.get(partition) or (sort if sort.replace("_", "").isalpha() else partition).lower()


def names_in(value: Any) -> Iterator[str]:
    """Every text in a call's parameters that may be the name of something: whole, and without its key's kind."""
    match value:
        case str():
            yield value
            if tail := value.partition("#")[2]:
                yield tail
            if value.startswith("{"):
                with suppress(ValueError):
                    yield from names_in(json.loads(value))
        case Mapping():
            for part in value.values():
                yield from names_in(part)
        case list():
            for part in value:
                yield from names_in(part)


def names_made(call: AwsCall) -> Iterator[str]:
    """Names of claims and facts that a call writes, by which later calls know them."""
    writes = [next(iter(write.values())) for write in call.parameters.get("TransactItems", ())]
    for write in writes or [call.parameters]:
        if "pk" in (item := write.get("Item", {})):
            pk, sk = item["pk"]["S"], item["sk"]["S"]
            if pk.startswith("CLAIM#"):
                yield pk.removeprefix("CLAIM#")
            with suppress(BadFactId):
                yield str(kind_and_id(pk, sk)[1])
