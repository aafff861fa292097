"""Event buses: the template's rules, and the functions they send to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.event_patterns import check_pattern, matches

DEFAULT_BUS = "default"
"""The bus every account has, where AWS's own services put theirs."""


def bus_name(name_or_arn: str) -> str:
    """A bus is named by its name or its ARN."""
    return name_or_arn.rpartition("/")[2]


@dataclass(frozen=True)
class EventRule:
    """One AWS::Events::Rule with a pattern."""

    bus: str
    pattern: Mapping[str, Any]
    functions: Sequence[str]  # logical ids

    @classmethod
    def from_template(cls, name: str, properties: Mapping[str, Any], function_named: Callable[[str], str]) -> EventRule:
        """Read a rule. Its targets' retry policy and dead-letter queue are for when Lambda refuses an event,
        which it never does here; a failing function is the business of async_events.py.
        """
        check_pattern(properties["EventPattern"], name)
        targets = [function_named(target["Arn"]) for target in properties.get("Targets", [])]
        return cls(bus_name(properties.get("EventBusName", DEFAULT_BUS)), properties["EventPattern"], targets)


class EventBuses:
    """Routes events to functions by the rules of their bus that match."""

    def __init__(self, rules: Sequence[EventRule], deliver: Callable[[str, Any], None]) -> None:
        """`deliver(logical_id, event)` hands an event to a function."""
        self._rules = rules
        self._deliver = deliver

    def put(self, event: Mapping[str, Any], bus: str = DEFAULT_BUS) -> None:
        """Send `event` to every function that a matching rule of the bus names."""
        for rule in self._rules:
            if rule.bus == bus and matches(rule.pattern, event):
                for logical_id in rule.functions:
                    self._deliver(logical_id, event)
