"""The default event bus: the template's rules, and the functions they send to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.event_patterns import check_pattern, matches


@dataclass(frozen=True)
class EventRule:
    """One AWS::Events::Rule with a pattern."""

    pattern: Mapping[str, Any]
    functions: Sequence[str]  # logical ids

    @classmethod
    def from_template(cls, name: str, properties: Mapping[str, Any], function_named: Callable[[str], str]) -> EventRule:
        """Read a rule. Its targets' retry policy and dead-letter queue are for when Lambda refuses an event,
        which it never does here; a failing function is the business of async_events.py.
        """
        check_pattern(properties["EventPattern"], name)
        targets = [function_named(target["Arn"]) for target in properties.get("Targets", [])]
        return cls(properties["EventPattern"], targets)


class EventBus:
    """Routes events to functions by the rules that match."""

    def __init__(self, rules: Sequence[EventRule], deliver: Callable[[str, Any], None]) -> None:
        """`deliver(logical_id, event)` hands an event to a function."""
        self._rules = rules
        self._deliver = deliver

    def put(self, event: Mapping[str, Any]) -> None:
        """Send `event` to every function a matching rule names."""
        for rule in self._rules:
            if matches(rule.pattern, event):
                for logical_id in rule.functions:
                    self._deliver(logical_id, event)
