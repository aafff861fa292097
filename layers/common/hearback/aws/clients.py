"""AWS clients, each made on first use: a function pays only for those its path needs."""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sqs import SQSClient

_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=2, read_timeout=5)
# Counting has its own retries, which fit the time the function has left: a call must end within four seconds.
_IMPATIENT = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=1, read_timeout=3)
# SES has no idempotency token: a send that timed out may have been accepted, so the SDK must not repeat it.
_ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=3, read_timeout=10)


@cache
def dynamodb(*, patient: bool = True) -> "DynamoDBClient":
    return boto3.client("dynamodb", config=_PATIENT if patient else _IMPATIENT)


@cache
def secretsmanager() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=_PATIENT)


@cache
def sqs(*, patient: bool = True) -> "SQSClient":
    return boto3.client("sqs", config=_PATIENT if patient else _IMPATIENT)


@cache
def ses() -> "SESV2Client":
    return boto3.client("sesv2", config=_ONCE)
