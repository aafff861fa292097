"""`sam build` and `sam deploy`, as an operator runs them, into an emulated account on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.engine import REGION, Engine, start_engine

ROOT = Path(__file__).parents[2]
SAM_BIN = ROOT / ".venvs" / "sam" / "bin"
STACK = "hearback"


@dataclass(frozen=True)
class Deployed:
    """What `sam build` left on disk and what `sam deploy` left in the account."""

    build: Path
    engine: Engine
    resources: dict[str, dict[str, Any]]

    def physical(self, resource_type: str) -> dict[str, str]:
        """Physical ids of one type's resources, by logical id."""
        return {
            name: each["PhysicalResourceId"]
            for name, each in self.resources.items()
            if each["ResourceType"] == resource_type
        }


def account(endpoint: str) -> dict[str, str]:
    """The environment of a command that knows no other account than this."""
    return {
        "PATH": f"{SAM_BIN}:{os.environ['PATH']}",  # the build finds pip there, as `make build` does
        "HOME": os.environ["HOME"],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def sam(*arguments: str, endpoint: str) -> None:
    """Run SAM against `endpoint` alone. Fails the test with SAM's own words."""
    done = subprocess.run(
        [SAM_BIN / "sam", *arguments],
        cwd=ROOT,
        env={**account(endpoint), "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    build = tmp_path_factory.mktemp("build")
    engine = start_engine(tmp_path_factory.mktemp("account"))
    try:
        sam("build", "--build-dir", str(build), endpoint=engine.endpoint)
        sam(
            *("deploy", "--template-file", str(build / "template.yaml"), "--config-file", str(ROOT / "samconfig.toml")),
            *("--no-confirm-changeset", "--parameter-overrides", "DataPolicy=Delete"),
            endpoint=engine.endpoint,
        )
        pages = engine.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        resources = {each["LogicalResourceId"]: each for page in pages for each in page["StackResourceSummaries"]}
        yield Deployed(build, engine, resources)
    finally:
        engine.stop()


def test_the_stack_is_complete(deployed: Deployed) -> None:
    (stack,) = deployed.engine.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]

    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert {name for name, each in deployed.resources.items() if each["ResourceStatus"] != "CREATE_COMPLETE"} == set()
    assert all(output["OutputValue"] for output in stack["Outputs"])


def test_the_tables_exist_and_feedback_streams(deployed: Deployed) -> None:
    dynamodb = deployed.engine.client("dynamodb")
    tables = {
        name: dynamodb.describe_table(TableName=table)["Table"]
        for name, table in deployed.physical("AWS::DynamoDB::Table").items()
    }

    assert set(tables) == {"FeedbackTable", "TallyTable", "DirectoryTable"}
    assert tables["FeedbackTable"]["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert "LatestStreamArn" not in tables["TallyTable"]


def test_settled_answers_wait_and_failed_ones_are_kept(deployed: Deployed) -> None:
    sqs = deployed.engine.client("sqs")
    queues = deployed.physical("AWS::SQS::Queue")
    settle = sqs.get_queue_attributes(QueueUrl=queues["SettleQueue"], AttributeNames=["All"])["Attributes"]
    failures = sqs.get_queue_attributes(QueueUrl=queues["SettleFailures"], AttributeNames=["QueueArn"])["Attributes"]

    assert settle["DelaySeconds"] == "120"
    assert json.loads(settle["RedrivePolicy"])["deadLetterTargetArn"] == failures["QueueArn"]


def test_each_secret_is_a_map_from_key_id_to_a_key_of_its_own(deployed: Deployed) -> None:
    secrets = deployed.engine.client("secretsmanager")
    maps = [
        json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
        for secret in deployed.physical("AWS::SecretsManager::Secret").values()
    ]

    assert [set(keys) for keys in maps] == [{"k1"}] * 3
    assert len({keys["k1"] for keys in maps}) == 3


def test_the_functions_share_one_layer_and_each_ships_its_own_package(deployed: Deployed) -> None:
    functions = deployed.physical("AWS::Lambda::Function")
    layers = set()
    for name, function in functions.items():
        configuration = deployed.engine.client("lambda").get_function_configuration(FunctionName=function)
        package = configuration["Handler"].split(".")[0]
        layers |= {layer["Arn"] for layer in configuration["Layers"]}

        assert (configuration["Runtime"], configuration["Architectures"]) == ("python3.13", ["arm64"])
        assert {entry.name for entry in (deployed.build / name).iterdir()} - {"__pycache__"} == {package}

    assert len(functions) == 6
    assert len(layers) == 1


def test_the_layer_is_for_arm64_and_knows_only_the_apis_that_are_called(deployed: Deployed) -> None:
    site = deployed.build / "CommonLayer" / "python"
    compiled = {path.name for path in site.rglob("*.so")}
    models = {path.name for path in (site / "botocore" / "data").iterdir() if path.is_dir()}

    assert compiled
    assert {name for name in compiled if "aarch64" not in name} == set()
    assert models == {"dynamodb", "events", "secretsmanager", "sesv2", "sqs"}
    assert (site / "hearback" / "nps.py").exists()


def test_bytecode_is_the_kind_that_survives_a_zip(deployed: Deployed) -> None:
    bytecode = list(deployed.build.rglob("*.cpython-313.pyc"))
    flags = {int.from_bytes(path.read_bytes()[4:8], "little") for path in bytecode}

    assert flags <= {0b01}  # PEP 552: by hash of the source, which nobody checks when it is loaded
    # all or, where there is no python3.13, as the build says, nothing
    assert len(bytecode) in {len(list(deployed.build.rglob("*.py"))), 0}


def test_the_command_works_on_the_stack_by_its_name(deployed: Deployed) -> None:
    def hearback(*arguments: str) -> Any:
        environment = {**account(deployed.engine.endpoint), "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled"}
        command: list[str | Path] = [Path(sys.executable).with_name("hearback"), "--stack", STACK, *arguments, "--json"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    hearback("survey", "apply", "surveys/product.yaml")

    assert [survey["id"] for survey in hearback("survey", "list")] == ["product"]
    assert hearback("report", "--survey", "product")["responses"] == 0
    checked = {finding["about"]: finding["verdict"] for finding in hearback("doctor")}
    assert checked["secrets"] == checked["surveys"] == "ok"
    assert checked["sender"] == "fail"  # nobody has verified it there


def test_the_uploaded_template_has_no_aliases_which_cloudformation_refuses(deployed: Deployed) -> None:
    cloudformation = deployed.engine.client("cloudformation")
    uploaded = cloudformation.get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
    events = list(yaml.parse(uploaded if isinstance(uploaded, str) else json.dumps(uploaded)))

    assert len(events) > 1000
    assert [event for event in events if isinstance(event, yaml.AliasEvent)] == []


def test_deleting_a_test_stack_leaves_no_table(deployed: Deployed) -> None:
    cloudformation = deployed.engine.client("cloudformation")

    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )

    assert deployed.engine.client("dynamodb").list_tables()["TableNames"] == []
