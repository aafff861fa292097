"""A stack on the small template, and words to ask it with."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.stack import Stack

TEMPLATE = Path(__file__).with_name("template.yaml")


def small_stack(data: Path, **settings: Any) -> Stack:
    """A stack on the small template; nothing is printed."""
    return Stack(data, template=TEMPLATE, printed=settings.pop("printed", lambda line: None), **settings)


def ask(
    stack: Stack, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    """One HTTP request, exactly as written: no redirect, no header of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", int(stack.url.rpartition(":")[2]), timeout=30)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def ask_json(stack: Stack, method: str, path: str, body: Any = None) -> Any:
    """One request with a JSON body, its JSON answer."""
    payload = None if body is None else json.dumps(body).encode()
    return json.loads(ask(stack, method, path, payload, {"content-type": "application/json"})[1])


def write_facts(stack: Stack, group: str, **acts: str) -> None:
    """Write one fact for each `name=act` in one batch, so that the stream has them next to each other."""
    table = stack.outputs["Facts"]
    items = [{"pk": {"S": group}, "sk": {"S": name}, "act": {"S": act}} for name, act in sorted(acts.items())]
    stack.client("dynamodb").transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": item}} for item in items]
    )


def seen(stack: Stack, about: str) -> list[Any]:
    """What the handlers noted about `about`, in order."""
    return [entry["what"] for entry in seen_entries(stack, about)]


def seen_entries(stack: Stack, about: str) -> list[Any]:
    """What the handlers noted about `about`, with the simulated time `at` which they did."""
    answer = stack.client("dynamodb").query(
        TableName=stack.outputs["Seen"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": about}},
    )
    return [json.loads(item["entry"]["S"]) for item in answer["Items"]]


def take_messages(stack: Stack, output: str) -> list[Any]:
    """Remove and return the messages in the queue whose URL is an output."""
    sqs, url = stack.client("sqs"), stack.outputs[output]
    bodies = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            bodies.append(json.loads(message["Body"]))
    return bodies
