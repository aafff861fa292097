"""`python -m local` starts the real template, stops cleanly, and loses no data when it is killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.engine import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0  # generous: the machine may be busy with other tests
STOP_SECONDS = 60.0


@contextmanager
def _running(data: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The command once it answers, and what it says of itself."""
    command = [sys.executable, "-m", "local", "--port", str(port), "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process, _wait_for_answer(process, port)
        finally:
            if process.poll() is None:
                process.kill()


def _wait_for_answer(process: subprocess.Popen[str], port: int) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_local/stack", timeout=5) as answer:
                said: dict[str, Any] = json.load(answer)
                return said
        except OSError:  # refused, or accepted and not yet answered
            time.sleep(0.05)
    raise TimeoutError("the local stack did not answer")


def _secret(said: dict[str, Any]) -> str:
    client = boto3.client(
        "secretsmanager",
        endpoint_url=said["endpoint"],
        region_name=said["region"],
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        return str(client.get_secret_value(SecretId=said["outputs"]["TokenSecret"])["SecretString"])
    finally:
        client.close()


def test_it_keeps_its_data_even_if_killed_and_stops_cleanly(tmp_path: Path) -> None:
    port = free_port()
    with _running(tmp_path, port) as (process, said):
        secret = _secret(said)
        environment = said["functions"]["FollowupWorkerFunction"]["environment"]
        process.kill()
        process.communicate(timeout=STOP_SECONDS)
    assert said["outputs"]["BaseUrl"] == environment["BASE_URL"] == f"http://127.0.0.1:{port}"

    with _running(tmp_path, port) as (process, said):
        assert _secret(said) == secret
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=STOP_SECONDS)[0]
    assert "was killed" in output
    assert f"Hearback runs on http://127.0.0.1:{port}" in output
    assert "Everything is kept" in output
    assert process.returncode == 0


def test_a_wrong_parameter_is_explained_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "--port", "0", "--data", str(tmp_path), "--parameter", "Settle=1"]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=START_SECONDS)
    assert ended.returncode == 1
    assert "no parameter 'Settle'" in ended.stderr
    assert "Traceback" not in ended.stderr
