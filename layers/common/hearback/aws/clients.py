"""AWS clients, each made on first use: a function pays only for those its path needs.

They are botocore's own. boto3 makes the same ones, and brings S3 transfers and resources that nothing here uses:
its import would be a sixth of what a cold start takes.
"""

from functools import cache
from typing import TYPE_CHECKING, cast

from botocore.config import Config
from botocore.session import Session, get_session

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_events import EventBridgeClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sqs import SQSClient

_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=2, read_timeout=5)
# What goes to DynamoDB was built by `Table`, in its notation; going through it again is a fifth of botocore's work.
_AS_IT_IS = Config(parameter_validation=False)
# Counting has its own retries, which fit the time the function has left: a call must end within four seconds.
_IMPATIENT = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=1, read_timeout=3)
# SES has no idempotency token: a send that timed out may have been accepted, so the SDK must not repeat it.
_ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=3, read_timeout=10)


@cache
def _session() -> Session:
    """What clients share: region and credentials, and the models and endpoints once they are read."""
    return get_session()


@cache
def dynamodb(*, patient: bool = True) -> "DynamoDBClient":
    made = _session().create_client("dynamodb", config=(_PATIENT if patient else _IMPATIENT).merge(_AS_IT_IS))
    return cast("DynamoDBClient", made)


@cache
def secretsmanager() -> "SecretsManagerClient":
    return cast("SecretsManagerClient", _session().create_client("secretsmanager", config=_PATIENT))


@cache
def sqs(*, patient: bool = True) -> "SQSClient":
    return cast("SQSClient", _session().create_client("sqs", config=_PATIENT if patient else _IMPATIENT))


@cache
def ses() -> "SESV2Client":
    return cast("SESV2Client", _session().create_client("sesv2", config=_ONCE))


@cache
def events() -> "EventBridgeClient":
    return cast("EventBridgeClient", _session().create_client("events", config=_PATIENT))
