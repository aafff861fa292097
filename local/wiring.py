"""Reads off the provisioned template how its parts hang together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from local.async_events import AsyncSettings
from local.engine import CREDENTIALS, REGION, Engine
from local.event_rules import EventRule
from local.expiry import ExpiringTable
from local.functions import FunctionSettings
from local.provisioning import Provisioned
from local.queues import QueueMappingSettings
from local.routes import Routes, routes_of
from local.schedules import Schedule
from local.streams import StreamMappingSettings

_HTTP_CONCURRENCY = 2  # a page and what it asks for while it waits

_MAPPING = "AWS::Lambda::EventSourceMapping"
_FUNCTION = "AWS::Lambda::Function"
_QUEUE = "AWS::SQS::Queue"
_UNHURRIED = {"MAIL_RATE": "10000"}  # the outbox takes as many mails as come


class Wiring:
    """What the template says, as the settings of the parts that play it."""

    def __init__(self, provisioned: Provisioned) -> None:
        self._template = provisioned
        self._mappings = provisioned.of_type(_MAPPING)
        self._queues = provisioned.of_type(_QUEUE)
        self.queue_urls = {logical_id: provisioned.ref(logical_id) for logical_id in self._queues}
        self.urls_by_arn = {
            provisioned.value({"Fn::GetAtt": [logical_id, "Arn"]}): url for logical_id, url in self.queue_urls.items()
        }

    def functions(self, engine: Engine, mail_endpoint: str, event_endpoint: str) -> dict[str, FunctionSettings]:
        """Every function's settings. Its environment is the template's variables and what Lambda sets, no more."""
        settings = {}
        for logical_id, properties in self._template.of_type(_FUNCTION).items():
            name = self._template.ref(logical_id)
            memory = int(properties.get("MemorySize", 128))
            variables = properties.get("Environment", {}).get("Variables", {})
            settings[logical_id] = FunctionSettings(
                name=name,
                arn=self._template.value({"Fn::GetAtt": [logical_id, "Arn"]}),
                handler=properties["Handler"],
                seconds=float(properties.get("Timeout", 3)),
                memory=memory,
                environment={
                    **_runtime_environment(name, memory, properties["Handler"]),
                    **_endpoints(engine.endpoint, mail_endpoint, event_endpoint),
                    **{key: str(value) for key, value in variables.items()},
                    **_UNHURRIED,
                },
                code=self._template.template.code[logical_id],
            )
        return settings

    def concurrency(self, logical_id: str) -> int:
        """How many processes a function may have at once."""
        behind_http = any(route.function == logical_id for route in self._route_list())
        from_queues = [
            each.concurrency for name, each in self.queue_mappings().items() if self.function_behind(name) == logical_id
        ]
        return max([_HTTP_CONCURRENCY if behind_http else 1, *from_queues])

    def function_behind(self, mapping: str) -> str:
        """The logical id of the function an event source mapping leads to."""
        return self._template.function_named(self._mappings[mapping]["FunctionName"])

    def stream_mappings(self) -> dict[str, StreamMappingSettings]:
        """The event source mappings that read a table's stream."""
        return {
            name: StreamMappingSettings.from_template(name, properties)
            for name, properties in self._mappings.items()
            if ":dynamodb:" in properties["EventSourceArn"]
        }

    def queue_mappings(self) -> dict[str, QueueMappingSettings]:
        """The event source mappings that read a queue."""
        settings = {}
        for name, properties in self._mappings.items():
            if ":sqs:" in properties["EventSourceArn"]:
                queue = self._template.with_arn(properties["EventSourceArn"])
                settings[name] = QueueMappingSettings.from_template(
                    name, queue, self.queue_urls[queue], self._queues[queue], properties
                )
        return settings

    def async_settings(self) -> dict[str, AsyncSettings]:
        """Retries and failure queue of the functions that say something of them."""
        return {
            self._template.function_named(properties["FunctionName"]): AsyncSettings.from_template(properties)
            for properties in self._template.of_type("AWS::Lambda::EventInvokeConfig").values()
        }

    def buses(self) -> frozenset[str]:
        """The names of the template's own event buses."""
        return frozenset(self._template.ref(name) for name in self._template.of_type("AWS::Events::EventBus"))

    def rules(self) -> list[EventRule]:
        """The rules of every bus."""
        return [
            EventRule.from_template(name, properties, self._template.function_named)
            for name, properties in self._template.of_type("AWS::Events::Rule").items()
        ]

    def schedules(self) -> list[Schedule]:
        """The schedules."""
        return [
            Schedule.from_template(
                name,
                self._template.value({"Fn::GetAtt": [name, "Arn"]}),
                properties,
                self._template.function_named,
            )
            for name, properties in self._template.of_type("AWS::Scheduler::Schedule").items()
        ]

    def routes(self) -> Routes:
        """The HTTP API's routes."""
        return Routes(self._route_list())

    def published_mail_events(self) -> dict[str, frozenset[str]]:
        """Configuration set -> the event types it publishes to the default bus."""
        published = {
            self._template.ref(name): frozenset[str]() for name in self._template.of_type("AWS::SES::ConfigurationSet")
        }
        destinations = self._template.of_type("AWS::SES::ConfigurationSetEventDestination")
        for properties in destinations.values():
            destination = properties["EventDestination"]
            if destination.get("Enabled", True) and "EventBridgeDestination" in destination:
                published[properties["ConfigurationSetName"]] |= set(destination["MatchingEventTypes"])
        return published

    def expiring_tables(self) -> list[ExpiringTable]:
        """The tables whose items expire."""
        tables = [
            ExpiringTable.from_template(self._template.ref(name), properties)
            for name, properties in self._template.of_type("AWS::DynamoDB::Table").items()
        ]
        return [table for table in tables if table is not None]

    def failure_queues(self) -> frozenset[str]:
        """The queues that hold what went wrong: every dead-letter queue and on-failure destination."""
        arns: set[str] = set()
        _collect_failure_arns([self._queues, self._mappings], arns)
        for kind in ("AWS::Lambda::EventInvokeConfig", "AWS::Events::Rule", "AWS::Scheduler::Schedule"):
            _collect_failure_arns(self._template.of_type(kind), arns)
        return frozenset(self._template.with_arn(arn) for arn in arns)

    def _route_list(self) -> list[Any]:
        return [
            route
            for properties in self._template.of_type("AWS::ApiGatewayV2::Api").values()
            for route in routes_of(properties["Body"], self._template.function_named)
        ]


def _runtime_environment(name: str, memory: int, handler: str) -> dict[str, str]:
    """What Lambda itself sets, as far as code can see a difference."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        **CREDENTIALS,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "_HANDLER": handler,
    }


def _endpoints(engine: str, mail: str, events: str) -> dict[str, str]:
    """Where the SDK finds AWS, and that it is to look nowhere else."""
    return {
        "AWS_ENDPOINT_URL": engine,
        "AWS_ENDPOINT_URL_SESV2": mail,
        "AWS_ENDPOINT_URL_EVENTBRIDGE": events,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _collect_failure_arns(node: Any, arns: set[str]) -> None:
    if isinstance(node, list):
        for each in node:
            _collect_failure_arns(each, arns)
    elif isinstance(node, Mapping):
        for key, each in node.items():
            if key == "RedrivePolicy":
                arns.add(each["deadLetterTargetArn"])
            elif key == "OnFailure":
                arns.add(each["Destination"])
            elif key == "DeadLetterConfig":
                arns.add(each["Arn"])
            else:
                _collect_failure_arns(each, arns)
