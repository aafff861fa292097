"""Which stack a command works on."""

from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from ops import cli
from ops.deployment import in_aws

ELSEWHERE = "eu-central-1"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Signed in, with no region set anywhere."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


@pytest.mark.parametrize(
    "environment",
    [
        {"AWS_REGION": ELSEWHERE},
        {"AWS_DEFAULT_REGION": ELSEWHERE},
        {"AWS_REGION": "", "AWS_DEFAULT_REGION": ELSEWHERE},
        {"AWS_REGION": ELSEWHERE, "AWS_DEFAULT_REGION": "us-east-1"},
    ],
)
def test_the_region_is_that_of_the_environment_however_it_is_named(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, region in environment.items():
        monkeypatch.setenv(name, region)

    def described(client: BaseClient, operation: str, request: Any) -> Any:  # moto's CloudFormation wants much more
        return {"Stacks": [{"Outputs": [{"OutputKey": "Where", "OutputValue": client.meta.region_name}]}]}

    monkeypatch.setattr(BaseClient, "_make_api_call", described)

    deployment = in_aws("foo")

    assert deployment.output("Where") == ELSEWHERE
    assert deployment.dynamodb.meta.region_name == ELSEWHERE


def test_without_a_region_one_is_told_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--stack", "foo", "survey", "list"])
    told = capsys.readouterr().err
    assert "AWS_REGION" in told
    assert ".." not in told
