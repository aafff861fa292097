"""What a role allows, what a call needs, and how the two differ.

Which actions an API asks for is IAM's business: a transaction those of its items, a batch of messages that of a
message. https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from local.aws_calls import AwsCall
from local.engine import ACCOUNT, REGION
from local.event_rules import DEFAULT_BUS, bus_name
from local.stack import Stack

_TRANSACTED = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
_READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True)
class Use:
    """One action on one resource, an ARN or "*"; `context` are the values of IAM's condition keys."""

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.action} on {_short(self.resource)}"


@dataclass(frozen=True)
class Permission:
    """One action on one pattern of resources, where every condition holds."""

    action: str
    resource: str
    conditions: Mapping[str, str] = field(default_factory=dict, hash=False)

    def allows(self, use: Use) -> bool:
        context = dict(use.context)
        return (
            self.action == use.action
            and fnmatchcase(use.resource, self.resource)
            and all(context.get(key) == value for key, value in self.conditions.items())
        )

    def __str__(self) -> str:
        return f"{self.action} on {_short(self.resource)}"


@dataclass(frozen=True)
class Role:
    name: str  # logical id
    permissions: Sequence[Permission]


def role_of(stack: Stack, function: str) -> Role:
    """The role that the template gives a function, both by logical id."""
    arn = stack.resources("AWS::Lambda::Function")[function]["Role"]
    name = next(name for name in stack.resources("AWS::IAM::Role") if arn.endswith(f"-{name}"))
    policies = stack.resources("AWS::IAM::Role")[name]["Policies"]
    statements = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    return Role(name, [permission for statement in statements for permission in _permissions(statement)])


def _permissions(statement: Mapping[str, Any]) -> Iterator[Permission]:
    conditions = dict(statement.get("Condition", {}))
    equal = conditions.pop("StringEquals", {})
    if statement["Effect"] != "Allow" or conditions:
        raise ValueError(f"nobody here knows what this statement allows: {statement}")
    for action in _as_list(statement["Action"]):
        for resource in _as_list(statement["Resource"]):
            yield Permission(action, resource, equal)


def needed_by(call: AwsCall) -> Iterator[Use]:
    """What IAM asks for before it lets a call through. Raises LookupError for an API that nobody described here."""
    given = call.parameters
    match call.service, call.operation:
        case "dynamodb", "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query" | "Scan":
            index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
            yield Use(f"dynamodb:{call.operation}", _table(given["TableName"]) + index)
        case "dynamodb", "BatchGetItem" | "BatchWriteItem":
            for table in given["RequestItems"]:
                yield Use(f"dynamodb:{call.operation}", _table(table))
        case "dynamodb", "TransactWriteItems" | "TransactGetItems":
            for item in given["TransactItems"]:
                for kind, request in item.items():
                    yield Use(_TRANSACTED[kind], _table(request["TableName"]))
        case "secrets-manager", "GetSecretValue":
            yield Use("secretsmanager:GetSecretValue", given["SecretId"])
        case "sqs", "SendMessage" | "SendMessageBatch":
            yield Use("sqs:SendMessage", _arn("sqs", given["QueueUrl"].rpartition("/")[2]))
        case "sesv2", "SendEmail" if "Raw" in given["Content"]:
            sender = given["FromEmailAddress"]
            context = (("ses:FromAddress", sender),)
            yield Use("ses:SendRawEmail", _arn("ses", f"identity/{sender.rpartition('@')[2]}"), context)
            yield Use("ses:SendRawEmail", _arn("ses", f"configuration-set/{given['ConfigurationSetName']}"), context)
        case "eventbridge", "PutEvents":
            for entry in given["Entries"]:
                bus = bus_name(entry.get("EventBusName", DEFAULT_BUS))
                yield Use("events:PutEvents", _arn("events", f"event-bus/{bus}"))
        case _:
            raise LookupError(f"{call.function} calls {call.operation} of {call.service}: say here what IAM asks for")


def needed_by_lambda(stack: Stack, function: str) -> Iterator[Use]:
    """What the Lambda service does in a function's name, with its role: no handler is seen doing it."""
    properties = stack.resources("AWS::Lambda::Function")[function]
    for action in _WRITE_LOGS:  # it writes what the handler prints
        yield Use(action, _arn("logs", f"log-group:{properties['LoggingConfig']['LogGroup']}:*"))
    for mapping in stack.resources("AWS::Lambda::EventSourceMapping").values():
        if mapping["FunctionName"] != _name(stack, function):
            continue
        source = mapping["EventSourceArn"]
        if ":dynamodb:" in source:  # it polls the stream; listing streams is an action without a resource
            yield Use("dynamodb:ListStreams", "*")
        for action in _READ_STREAM if ":dynamodb:" in source else _READ_QUEUE:  # or the queue
            yield Use(action, source)
        yield from _to_failure_queue(mapping)
    for config in stack.resources("AWS::Lambda::EventInvokeConfig").values():
        if config["FunctionName"] == _name(stack, function):
            yield from _to_failure_queue(config)


def _to_failure_queue(source: Mapping[str, Any]) -> Iterator[Use]:
    """It tells the on-failure destination what it gave up."""
    if destination := source.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"):
        yield Use("sqs:SendMessage", destination)


def differences(stack: Stack, function: str, calls: Sequence[AwsCall]) -> list[str]:
    """What a function did that its role does not allow, and what its role allows that nothing used."""
    role = role_of(stack, function)
    used = {use for call in calls if call.function == function for use in needed_by(call)}
    all_used = used | set(needed_by_lambda(stack, function))
    refused = [use for use in all_used if not any(each.allows(use) for each in role.permissions)]
    unused = [each for each in role.permissions if not any(each.allows(use) for use in all_used)]
    return sorted(
        [f"{function} needs {use}, which {role.name} does not allow" for use in refused]
        + [f"{role.name} allows {permission}, which nothing used" for permission in unused]
    )


def _name(stack: Stack, function: str) -> str:
    return stack.functions[function].settings.name


def _table(name: str) -> str:
    return _arn("dynamodb", f"table/{name}")


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _short(arn: str) -> str:
    """`table/DirectoryTable/index/by_due`: what an ARN of the local stack is about."""
    return arn.split(":", 5)[-1].replace("hearback-", "")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
