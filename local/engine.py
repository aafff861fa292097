"""Starts and stops the embedded AWS emulator and hands out clients for it."""

from __future__ import annotations

import http
import http.client
import os
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-west-1"
ACCOUNT = "123456789012"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}

_START_SECONDS = 20.0
_STOP_SECONDS = 30.0
_INTERPRETER = Path(__file__).parents[1] / ".venvs" / "engine" / "bin" / "python"


class EngineError(Exception):
    """The engine cannot be started. The message says what to do."""


def free_port() -> int:
    """A port nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Engine:
    """A running engine. `stop` lets it save its data; it also stops when this process ends."""

    def __init__(self, endpoint: str, process: subprocess.Popen[bytes]) -> None:
        self.endpoint = endpoint
        self._process = process
        self._session = boto3.session.Session()
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        """The boto3 client of `service` that talks to the engine. Threads may share it."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(  # type: ignore[call-overload]
                    service,
                    endpoint_url=self.endpoint,
                    region_name=REGION,
                    aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
                    aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
                    config=Config(account_id_endpoint_mode="disabled", max_pool_connections=16),
                )
            return self._clients[service]

    @property
    def ended(self) -> bool:
        """Whether the engine has ended, which it should not do by itself."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """Ask the engine to save and end; wait until it has."""
        for client in self._clients.values():
            client.close()
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def start_engine(data: Path) -> Engine:
    """Start the engine with its data in `data`/engine. Raises EngineError if it is missing or does not come up."""
    if not _INTERPRETER.exists():
        raise EngineError(
            f"The AWS emulator is not installed ({_INTERPRETER} is missing). Run `make local`, which installs it first."
        )
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    log_path = data / "engine.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [str(_INTERPRETER), str(Path(__file__).with_name("engine_process.py"))],
            env=_environment(data, port),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the stack, which stops the engine last
        )
    engine = Engine(f"http://127.0.0.1:{port}", process)
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(port):
        if engine.ended or time.monotonic() > deadline:
            engine.stop()
            raise EngineError(f"The AWS emulator did not start. Its log is {log_path}.")
        time.sleep(0.02)
    return engine


def _environment(data: Path, port: int) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(data / "engine"),
        "TMPDIR": str(data),
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=1)) as connection:
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
