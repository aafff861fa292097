"""Which Hearback a command works on: a stack in AWS, or the one that runs on this machine."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import boto3
import typer
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hearback import clock
from hearback.aws.directory import Directory, UnknownSurvey
from hearback.aws.dynamodb import Table
from hearback.aws.feedback import Feedback
from hearback.aws.secrets import Keys
from hearback.aws.tallies import Tallies
from hearback.survey import Survey
from ops.terminal import Stop

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_secretsmanager import SecretsManagerClient

CONNECTIONS = 12
"""Requests to DynamoDB that a command keeps in flight at once."""
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 6},
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=CONNECTIONS,
)
LONGEST_RUN = 310
"""Seconds to wait for a function that is invoked: a little more than any of the template's may take."""
_INVOKING = Config(retries={"total_max_attempts": 1}, read_timeout=LONGEST_RUN, tcp_keepalive=True)
"""An answer that comes late is no reason to run a function twice."""
_LOCAL_CONFIG = _CONFIG.merge(Config(account_id_endpoint_mode="disabled"))


@dataclass(frozen=True)
class Deployment:
    """A Hearback that runs: its outputs, its clients, its time."""

    outputs: Mapping[str, str]
    session: boto3.Session
    stack: str = ""
    """The CloudFormation stack's name; empty on this machine."""
    local: str = ""
    """The local stack's URL; empty in AWS."""
    endpoint: str | None = None
    """Where AWS is played on this machine."""

    def client(self, service: Any) -> Any:
        """A new client of an AWS service."""
        config = _LOCAL_CONFIG if self.local else _CONFIG
        if service == "lambda":
            config = config.merge(_INVOKING)
        return self.session.client(service, endpoint_url=self.endpoint, config=config)

    def output(self, name: str) -> str:
        """One of the stack's outputs. Raises Stop if the stack does not have it."""
        if name not in self.outputs:
            raise Stop(f"the stack has no output {name}; deploy this version of the template first")
        return self.outputs[name]

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self.client("dynamodb")
        return client

    @cached_property
    def _secretsmanager(self) -> "SecretsManagerClient":
        client: SecretsManagerClient = self.client("secretsmanager")
        return client

    @cached_property
    def feedback(self) -> Feedback:
        return Feedback(Table(self.dynamodb, self.output("FeedbackTable")))

    @cached_property
    def tallies(self) -> Tallies:
        return Tallies(Table(self.dynamodb, self.output("TallyTable")))

    @cached_property
    def directory(self) -> Directory:
        return Directory(Table(self.dynamodb, self.output("DirectoryTable")))

    @cached_property
    def contact_keys(self) -> Keys:
        return Keys(self._secretsmanager, self.output("ContactSecret"))

    @property
    def retention(self) -> timedelta:
        """How long words are kept."""
        return timedelta(days=int(self.output("RetentionDays")))

    def now(self) -> datetime:
        """The time it is there: the local stack has a clock of its own, which can be moved."""
        if not self.local:
            return clock.now()
        return datetime.fromisoformat(ask_local(self.local, "/_local/clock")["now"])

    def invoke(self, function: str) -> Any:
        """Run a function now, by its name in the template, with an empty event; what it returns. Raises Stop."""
        if self.local:
            answer = ask_local(self.local, f"/_local/invoke/{function}", {}, timeout=LONGEST_RUN)["result"]
        else:
            found = self.client("cloudformation").describe_stack_resource(
                StackName=self.stack, LogicalResourceId=function
            )
            name = found["StackResourceDetail"]["PhysicalResourceId"]
            invoked = self.client("lambda").invoke(FunctionName=name, Payload=b"{}")
            answer = json.load(invoked["Payload"])
            if "FunctionError" in invoked:
                raise Stop(f"{function} failed: {answer.get('errorMessage', answer)}. Its log group says more")
        return answer

    def survey(self, survey: str) -> Survey:
        """A survey as applied. Raises Stop, naming those there are."""
        try:
            return self.directory.survey(survey, self.now())
        except UnknownSurvey:
            known = ", ".join(each.id for each in self.directory.surveys())
            there = f"there are: {known}" if known else "none is applied yet; run: hearback survey apply surveys/*.yaml"
            raise Stop(f"no survey {survey!r} is applied; {there}") from None


def in_aws(stack: str) -> Deployment:
    """The deployment of a CloudFormation stack in the account one is signed in to. Raises Stop."""
    try:
        # botocore itself reads only AWS_DEFAULT_REGION; the AWS CLI and the other SDKs read this one first
        session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
        described = session.client("cloudformation", config=_CONFIG).describe_stacks(StackName=stack)
    except ClientError as error:
        raise Stop(f"cannot read stack {stack!r}: {error.response['Error']['Message']}") from error
    except BotoCoreError as error:
        why = str(error).rstrip(".")
        raise Stop(f"cannot reach AWS: {why}. Sign in and set a region (AWS_PROFILE, AWS_REGION)") from error
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Stacks"][0].get("Outputs", [])}
    return Deployment(outputs, session, stack=stack)


def on_this_machine(url: str) -> Deployment:
    """The deployment that `make local` or `make demo` runs. Raises Stop."""
    url = url.rstrip("/")
    described = ask_local(url, "/_local/stack")
    session = boto3.Session(
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the emulator takes any
        region_name=described["region"],
    )
    return Deployment(described["outputs"], session, local=url, endpoint=described["endpoint"])


def ask_local(url: str, path: str, body: Mapping[str, Any] | None = None, timeout: float = 30) -> Any:
    """The local stack's JSON answer; with a body, to a POST. Raises Stop if it does not answer."""
    if not url.startswith(("http://", "https://")):
        raise Stop(f"--local takes a URL such as http://127.0.0.1:8000, not {url!r}")
    try:
        method = "GET" if body is None else "POST"
        answer = urllib3.request(method, url + path, json=body, timeout=timeout, retries=False)
        if answer.status == HTTPStatus.OK:
            return answer.json()
        reason = f"it answered {answer.status} to {path}"
    except urllib3.exceptions.HTTPError:
        reason = "nothing listens there"
    except ValueError:
        reason = f"it answered something else than JSON to {path}"
    raise Stop(
        f"no Hearback answers at {url}: {reason}. Start one with: make local\n"
        "For a stack in AWS name it: hearback --stack NAME …, or set HEARBACK_STACK"
    )


def chosen(ctx: typer.Context) -> Deployment:
    """The deployment that the command line names. Raises Stop if it cannot be reached."""
    deployment: Deployment = ctx.obj()
    return deployment
