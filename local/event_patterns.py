"""Event patterns: the one language of EventBridge rules and of event source filters.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from local.template import TemplateError

_ABSENT = object()
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _anything_but(argument: Any, value: Any) -> bool:
    unwanted = argument if isinstance(argument, list) else [argument]
    return not any(_fits(each, value) for each in unwanted)


def _numeric(argument: list[Any], value: Any) -> bool:
    """`argument` is comparisons and bounds in turn: [">", 0, "<=", 10]."""
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return isinstance(value, int | float) and all(_COMPARISONS[sign](value, bound) for sign, bound in pairs)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": lambda argument, value: isinstance(value, str) and value.startswith(argument),
    "suffix": lambda argument, value: isinstance(value, str) and value.endswith(argument),
    "equals-ignore-case": lambda argument, value: str(value).casefold() == argument.casefold(),
    "anything-but": _anything_but,
    "numeric": _numeric,
}


def check_pattern(pattern: Any, where: str) -> None:
    """Raise TemplateError if `pattern` uses something this module does not know; `where` names its place."""
    if not isinstance(pattern, Mapping):
        raise TemplateError(f"{where}: a pattern is a map, not {pattern!r}.")
    for key, wanted in pattern.items():
        if key == "$or":
            for each in wanted:
                check_pattern(each, where)
        elif isinstance(wanted, list):
            for each in wanted:
                if isinstance(each, Mapping) and not (len(each) == 1 and set(each) <= {*_OPERATORS, "exists"}):
                    raise TemplateError(f"{where}: the local stack does not know the pattern {each!r}.")
        else:
            check_pattern(wanted, where)


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether `event` has everything `pattern` asks for."""
    for key, wanted in pattern.items():
        if key == "$or":
            if not any(matches(each, event) for each in wanted):
                return False
            continue
        value = event.get(key, _ABSENT) if isinstance(event, Mapping) else _ABSENT
        if isinstance(wanted, Mapping):
            found = matches(wanted, {} if value is _ABSENT else value)
        else:
            found = any(_fits(each, value) for each in wanted)
        if not found:
            return False
    return True


def _fits(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping) and "exists" in wanted:
        return bool(wanted["exists"]) == (value is not _ABSENT)
    if isinstance(value, list):  # an array in an event matches if any of its values does
        return any(_fits(wanted, each) for each in value)
    if not isinstance(wanted, Mapping):
        return value is not _ABSENT and type(value) is type(wanted) and value == wanted
    [(name, argument)] = wanted.items()
    return value is not _ABSENT and _OPERATORS[name](argument, value)
