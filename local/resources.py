"""Makes one resource of the template in the engine. Making it again over kept data changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from local.engine import ACCOUNT, REGION, Engine

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """What `Ref` and `GetAtt` answer for a resource that exists."""

    ref: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


def make_table(engine: Engine, name: str, properties: Properties) -> Made:
    """A table with its indexes and stream. Expiry is the stack's (see expiry.py): the engine's knows only real time."""
    dynamodb = engine.client("dynamodb")
    wanted = {
        key: properties[key]
        for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        if key in properties
    }
    if "StreamSpecification" in properties:
        wanted["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    with suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **wanted)
    table = dynamodb.describe_table(TableName=name)["Table"]
    attributes = {"Arn": table["TableArn"]}
    if "LatestStreamArn" in table:
        attributes["StreamArn"] = table["LatestStreamArn"]
    return Made(name, attributes)


def make_queue(engine: Engine, name: str, properties: Properties) -> Made:
    """A queue without its delay: the queue mapping holds messages itself, by the simulated clock."""
    sqs = engine.client("sqs")
    wanted = {
        key: json.dumps(properties[key]) if key == "RedrivePolicy" else str(properties[key])
        for key in ("MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout")
        if key in properties
    }
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        if wanted:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=wanted)
    except sqs.exceptions.QueueDoesNotExist:
        url = sqs.create_queue(QueueName=name, Attributes=wanted)["QueueUrl"]
    return Made(url, {"Arn": _arn("sqs", name), "QueueName": name, "QueueUrl": url})


def make_secret(engine: Engine, name: str, properties: Properties) -> Made:
    """A secret, generated the first time and kept ever after."""
    secrets = engine.client("secretsmanager")
    try:
        arn = secrets.describe_secret(SecretId=name)["ARN"]
    except secrets.exceptions.ResourceNotFoundException:
        arn = secrets.create_secret(Name=name, SecretString=_first_value(secrets, properties))["ARN"]
    return Made(arn, {"Id": arn})


def make_topic(engine: Engine, name: str, _: Properties) -> Made:
    """A topic. Nobody is subscribed: an alarm on a laptop is a line on the status page."""
    arn = engine.client("sns").create_topic(Name=name)["TopicArn"]
    return Made(arn, {"TopicArn": arn, "TopicName": name})


def _first_value(secrets: Any, properties: Properties) -> str:
    if "GenerateSecretString" not in properties:
        return str(properties.get("SecretString", ""))
    wanted = dict(properties["GenerateSecretString"])
    template = wanted.pop("SecretStringTemplate", None)
    key = wanted.pop("GenerateStringKey", None)
    password = secrets.get_random_password(**wanted)["RandomPassword"]
    return str(password) if template is None else json.dumps({**json.loads(template), key: password})


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


MAKERS: Mapping[str, Callable[[Engine, str, Properties], Made]] = {
    "AWS::DynamoDB::Table": make_table,
    "AWS::SQS::Queue": make_queue,
    "AWS::SecretsManager::Secret": make_secret,
    "AWS::SNS::Topic": make_topic,
}

# What exists on a machine only as a name: the stack itself plays the part, or nobody needs it here.
NAMED_ONLY: Mapping[str, str] = {
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{name}}",
    "AWS::Lambda::LayerVersion": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{{name}}:1",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{name}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*",
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{name}}",
    "AWS::Events::EventBus": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{{name}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{name}}",
    "AWS::Scheduler::Schedule": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{{name}}",
    "AWS::SES::ConfigurationSet": f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{{name}}",
    "AWS::ApiGatewayV2::Api": f"arn:aws:apigateway:{REGION}::/apis/{{name}}",
    "AWS::ApiGatewayV2::Stage": f"arn:aws:apigateway:{REGION}::/apis/{{name}}/stages/$default",
    "AWS::ApiGatewayV2::DomainName": f"arn:aws:apigateway:{REGION}::/domainnames/{{name}}",
}
