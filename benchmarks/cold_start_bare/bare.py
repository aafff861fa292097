"""The least a function that uses DynamoDB can do: the measure of every other cold start."""

from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    return {"statusCode": 200}
