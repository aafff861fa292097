"""Brings the template's resources into being, each after those it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.engine import ACCOUNT, REGION, Engine
from local.intrinsics import Resolver
from local.resources import MAKERS, NAMED_ONLY, Made
from local.template import Template, TemplateError, parameter_values

STACK_NAME = "hearback"


class Provisioned:
    """The template's resources as they exist here, and everything that can be read off them.

    `engine` makes the resources; `base_url` is where this stack's HTTP side answers, which is what the API's
    endpoint means on one machine.
    """

    def __init__(self, template: Template, engine: Engine, base_url: str, parameters: Mapping[str, str]) -> None:
        self.template = template
        self._engine = engine
        self._base_url = base_url
        self._made: dict[str, Made] = {}
        self._in_progress: list[str] = []
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackName": STACK_NAME,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK_NAME}/local",
            "AWS::URLSuffix": "amazonaws.com",
        }
        self._resolver = Resolver(template, parameter_values(template, parameters), pseudo, self._resource_value)
        for logical_id, resource in template.resources.items():
            if resource["Type"] in MAKERS and self.exists(logical_id):
                self._make(logical_id)

    def exists(self, logical_id: str) -> bool:
        """Whether the resource's condition, if it has one, holds."""
        condition = self.template.resources[logical_id].get("Condition")
        return condition is None or self._resolver.condition(condition)

    def value(self, node: Any) -> Any:
        """A node of the template with every reference in it resolved."""
        return self._resolver.value(node)

    def ref(self, logical_id: str) -> str:
        """What `!Ref logical_id` means: a table's name, a queue's URL, a secret's ARN."""
        return self._make(logical_id).ref

    def of_type(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The resolved properties of every existing resource of one type, by logical id."""
        return {
            logical_id: self.value(resource.get("Properties", {}))
            for logical_id, resource in self.template.of_type(resource_type).items()
            if self.exists(logical_id)
        }

    def outputs(self) -> dict[str, str]:
        """The template's outputs as `aws cloudformation describe-stacks` would list them."""
        return {
            name: str(self.value(output["Value"]))
            for name, output in self.template.outputs.items()
            if "Condition" not in output or self._resolver.condition(output["Condition"])
        }

    def with_arn(self, arn: str) -> str:
        """The logical id of the function, queue or table stream with this ARN."""
        for logical_id, made in self._made.items():
            if arn in (made.attributes.get("Arn"), made.attributes.get("StreamArn")):
                return logical_id
        raise TemplateError(f"No resource of the template has the ARN {arn}.")

    def function_named(self, reference: str) -> str:
        """The logical id of a function from its name or its ARN, as event sources give either."""
        for logical_id in self.template.of_type("AWS::Lambda::Function"):
            made = self._make(logical_id)
            if reference in (made.ref, made.attributes["Arn"]):
                return logical_id
        raise TemplateError(f"No function of the template is {reference}.")

    def _resource_value(self, logical_id: str, attribute: str | None) -> Any:
        made = self._make(logical_id)
        if attribute is None:
            return made.ref
        if attribute not in made.attributes:
            raise TemplateError(f"The local stack does not know {logical_id}.{attribute}.")
        return made.attributes[attribute]

    def _make(self, logical_id: str) -> Made:
        if logical_id in self._made:
            return self._made[logical_id]
        if not self.exists(logical_id):
            raise TemplateError(f"{logical_id} is referred to, but its condition does not hold.")
        if logical_id in self._in_progress:
            raise TemplateError(f"Circular reference: {' -> '.join([*self._in_progress, logical_id])}.")
        self._in_progress.append(logical_id)
        resource = self.template.resources[logical_id]
        name = f"{STACK_NAME}-{logical_id}"
        kind = resource["Type"]
        if kind in MAKERS:
            properties = self.value(resource.get("Properties", {}))
            made = MAKERS[kind](self._engine, name, properties)
        elif kind in NAMED_ONLY:
            made = Made(name, {"Arn": NAMED_ONLY[kind].format(name=name), **self._part_played_here(kind, name)})
        else:
            raise TemplateError(f"{logical_id} is a {kind}, which the local stack does not make.")
        self._in_progress.pop()
        self._made[logical_id] = made
        return made

    def _part_played_here(self, kind: str, name: str) -> dict[str, str]:
        if kind == "AWS::ApiGatewayV2::Api":
            return {"ApiEndpoint": self._base_url, "ApiId": "local"}
        if kind == "AWS::ApiGatewayV2::DomainName":
            return {"RegionalDomainName": "local.invalid"}
        if kind == "AWS::Events::EventBus":
            return {"Name": name}
        return {}
