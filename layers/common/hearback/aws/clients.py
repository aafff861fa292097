"""AWS clients, each made on first use: a function pays only for those its path needs.

They are botocore's own. boto3 makes the same ones, and brings S3 transfers and resources that nothing here uses:
its import would be a sixth of what a cold start takes.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.session import Session, get_session

from hearback import clock

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
IDLE = timedelta(seconds=5)
"""How long a connection that carries one attempt only may have carried nothing."""


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
    made = cast("SESV2Client", _session().create_client("sesv2", config=_ONCE))
    _use_no_idle_connection(made)
    return made


@cache
def events() -> "EventBridgeClient":
    return cast("EventBridgeClient", _session().create_client("events", config=_PATIENT))


def _use_no_idle_connection(client: "SESV2Client") -> None:
    """Begin a call after a pause on a new connection, because Lambda drops idle ones while a process is frozen.

    The others try again. Nobody could tell a mail that found its connection dropped from one that SES took. A new
    connection for each mail would cost as much work as ten mails, in a row of thousands. The wall clock tells a pause:
    a monotonic one may stand still while the process does.
    https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    used: datetime | None = None

    def renew(**_: Any) -> None:
        if used is None or not used <= clock.now() < used + IDLE:
            client.close()

    def note(**_: Any) -> None:
        nonlocal used
        used = clock.now()

    client.meta.events.register("before-call", renew)
    client.meta.events.register("after-call", note)
