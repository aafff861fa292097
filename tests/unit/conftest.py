"""The `hearback` command over the tables under moto."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3
import pytest

from hearback import clock
from hearback.aws import clients
from hearback.survey import Survey
from ops import cli, terminal
from ops.deployment import Deployment
from tests.conftest import NOW, Tables


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Hearback = Callable[..., Ended]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time it is for whoever asks the clock."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return NOW


@pytest.fixture
def deployment(tables: Tables, survey: Survey, now: datetime) -> Deployment:
    """A deployment in AWS, played by moto, with the shop's survey."""
    tables.people.put_survey(survey, now)
    outputs = {"RetentionDays": "730", "BaseUrl": "https://api.example.com"}
    for name, table in {"Feedback": tables.feedback, "Directory": tables.directory, "Tally": tables.tally}.items():
        outputs[f"{name}Table"] = table.name
    secrets = clients.secretsmanager().list_secrets()["SecretList"]
    outputs |= {secret["Name"]: secret["ARN"] for secret in secrets}
    outputs |= {f"{url.rpartition('/')[2]}Url": url for url in clients.sqs().list_queues()["QueueUrls"]}
    return Deployment(outputs, boto3.Session(), stack="test")


@pytest.fixture
def hearback(deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hearback:
    """Runs `hearback …` against the deployment."""
    monkeypatch.setattr(cli, "in_aws", lambda stack: deployment)
    monkeypatch.setattr("ops.at_once.CONNECTIONS", 1)  # moto's tables are not for several threads
    for console in (terminal.out, terminal.err):  # made on import, at the width of whatever terminal there was
        monkeypatch.setattr(console, "width", 200)

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(["--stack", "test", *arguments])
        printed = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run
