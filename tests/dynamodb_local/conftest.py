"""AWS's own engine on this machine. `python -m tests.dynamodb_local` brings it; `make test` goes without it."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from local.engine import CREDENTIALS, REGION, free_port

EMULATOR = os.environ.get("DYNAMODB_LOCAL", "")
"""The folder with DynamoDBLocal.jar."""
SECONDS_TO_START = 30.0

collect_ignore_glob = [] if EMULATOR else ["test_*.py"]


@pytest.fixture
def client() -> Iterator[Callable[[str], Any]]:
    """Gives clients of an empty engine."""
    port = free_port()
    command = ["java", "-Xmx512m", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    process = subprocess.Popen(
        [*command, "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)],
        cwd=Path(EMULATOR),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    @cache
    def client_of(service: str) -> Any:
        made: Any = boto3.client(
            service,  # type: ignore[call-overload] # a name that is not known here
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(account_id_endpoint_mode="disabled", max_pool_connections=16),
        )
        return made

    try:
        _wait(client_of("dynamodb"))
        with closing(client_of("dynamodb")), closing(client_of("dynamodbstreams")):
            yield client_of
    finally:
        process.terminate()
        process.wait()


def _wait(dynamodb: Any) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            dynamodb.list_tables()
        except (ClientError, HTTPClientError, NoConnection):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
