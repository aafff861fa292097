"""CloudFormation's intrinsic functions and conditions, resolved against values we know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from local.template import Template, TemplateError

_NO_VALUE = object()  # AWS::NoValue: the property or list entry is as if it had not been written
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class Resolver:
    """Turns nodes of a template into plain values.

    `resource(logical_id, attribute)` answers what a Ref (attribute None) or a GetAtt to a resource means; it is
    called only for resources, so it may create them on the way.
    """

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, str],
        pseudo: Mapping[str, str],
        resource: Callable[[str, str | None], Any],
    ) -> None:
        self._template = template
        self._values = {**pseudo, **parameters}
        self._resource = resource
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "GetAtt": self._get_att,
            "Sub": self._sub,
            "If": self._if,
            "Join": self._join,
            "Split": self._split,
            "Select": self._select,
            **{name: self._logic(name) for name in ("Equals", "Not", "And", "Or")},
        }

    def value(self, node: Any) -> Any:
        """`node` with every intrinsic function in it replaced by what it means."""
        resolved = self._resolve(node)
        return None if resolved is _NO_VALUE else resolved

    def condition(self, name: str) -> bool:
        """Whether the condition called `name` holds."""
        if name not in self._template.conditions:
            raise TemplateError(f"There is no condition {name!r} in the template.")
        return self._holds(self._template.conditions[name])

    def _resolve(self, node: Any) -> Any:
        if isinstance(node, list):
            resolved = [self._resolve(each) for each in node]
            return [each for each in resolved if each is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name == "Ref":
                return self._ref(argument)
            if name == "Condition" and isinstance(argument, str) and argument in self._template.conditions:
                return self.condition(argument)
            if name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        properties = {key: self._resolve(each) for key, each in node.items()}
        return {key: each for key, each in properties.items() if each is not _NO_VALUE}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._values:
            return self._values[name]
        return self._attribute(name, None)

    def _attribute(self, logical_id: str, attribute: str | None) -> Any:
        if logical_id not in self._template.resources:
            raise TemplateError(f"The template refers to {logical_id!r}, which it does not contain.")
        return self._resource(logical_id, attribute)

    def _function(self, name: str, argument: Any) -> Any:
        if name not in self._functions:
            raise TemplateError(f"The local stack does not know the intrinsic function Fn::{name}.")
        return self._functions[name](argument)

    def _get_att(self, argument: Any) -> Any:
        logical_id, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
        return self._attribute(logical_id, self._resolve(attribute))

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self._resolve(then if self.condition(condition) else otherwise)

    def _join(self, argument: Any) -> str:
        separator, parts = argument
        return str(separator).join(str(part) for part in self._resolve(parts))

    def _split(self, argument: Any) -> list[str]:
        separator, text = argument
        return str(self._resolve(text)).split(separator)

    def _select(self, argument: Any) -> Any:
        index, choices = argument
        return self._resolve(choices)[int(self._resolve(index))]

    def _sub(self, argument: Any) -> str:
        text, given = argument if isinstance(argument, list) else (argument, {})

        def replacement(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            if name in given:
                return str(self._resolve(given[name]))
            if name in self._values:
                return self._values[name]
            logical_id, _, attribute = name.partition(".")
            return str(self._attribute(logical_id, attribute or None))

        return _PLACEHOLDER.sub(replacement, text)

    def _logic(self, name: str) -> Callable[[Any], bool]:
        return lambda argument: self._holds({f"Fn::{name}": argument})

    def _holds(self, node: Any) -> bool:
        if isinstance(node, dict) and len(node) == 1:
            [(name, argument)] = node.items()
            match name:
                case "Condition":
                    return self.condition(argument)
                case "Fn::Equals":
                    left, right = (self._resolve(each) for each in argument)
                    return bool(left == right)
                case "Fn::Not":
                    return not self._holds(argument[0])
                case "Fn::And":
                    return all(self._holds(each) for each in argument)
                case "Fn::Or":
                    return any(self._holds(each) for each in argument)
        resolved = self._resolve(node)
        if not isinstance(resolved, bool):
            raise TemplateError(f"{node!r} is not a condition.")
        return resolved
