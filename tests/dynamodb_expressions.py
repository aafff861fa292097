"""The part of DynamoDB's expression language that Hearback uses, evaluated on items in DynamoDB's notation.

What is not here raises NotImplementedError, so that no test passes on an expression nobody evaluated.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

Item = dict[str, Any]
_TOKEN = re.compile(r"\s*([:#]?\w+|<=|>=|<>|[=<>(),+-])")
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<>": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
_FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "IF_NOT_EXISTS": lambda stored, value: value if stored is None else stored,
    "LIST_APPEND": lambda first, second: {"L": first["L"] + second["L"]},
}
_SECTIONS = ("SET", "ADD", "REMOVE")


@dataclass(frozen=True, slots=True)
class Names:
    """What the placeholders of one request stand for."""

    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def attribute(self, token: str) -> str:
        return self.names[token] if token.startswith("#") else token

    def value(self, token: str) -> Any:
        return self.values[token]


Test = Callable[[Item, Names], bool]
Operand = Callable[[Item, Names], Any]
Change = Callable[[Item, Item, Names], None]
"""Changes the second item by what stood in the first."""


def holds(expression: str, item: Item, names: Names) -> bool:
    """Whether a condition holds for an item; {} is an item that does not exist."""
    return _condition(expression)(item, names)


def changed(expression: str, item: Item, names: Names) -> Item:
    """The item after an update."""
    after = dict(item)
    for change in _update(expression):
        change(item, after, names)
    return after


@lru_cache(maxsize=1000)
def placeholders(expression: str) -> frozenset[str]:
    """The placeholders in an expression."""
    return frozenset(token for token in _tokens(expression) if token[0] in "#:")


class _Reader:
    """The tokens of one expression, read from left to right."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = list(_tokens(expression))
        self.place = 0

    @property
    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.next
        self.place += 1
        return token

    def took(self, token: str) -> bool:
        if self.next.upper() != token:
            return False
        self.place += 1
        return True

    def expect(self, token: str) -> None:
        if not self.took(token):
            raise NotImplementedError(f"{token} expected at {self.next!r} in {self.expression!r}")


def _tokens(expression: str) -> Iterator[str]:
    place, end = 0, len(expression.rstrip())
    while place < end:
        token = _TOKEN.match(expression, place)
        if not token:
            raise NotImplementedError(f"not understood: {expression[place:]!r}")
        yield token[1]
        place = token.end()


@lru_cache(maxsize=1000)
def _condition(expression: str) -> Test:
    reader = _Reader(expression)
    test = _either(reader)
    reader.expect("")
    return test


def _either(reader: _Reader) -> Test:
    tests = [_both(reader)]
    while reader.took("OR"):
        tests.append(_both(reader))
    return lambda item, names: any(test(item, names) for test in tests)


def _both(reader: _Reader) -> Test:
    tests = [_single(reader)]
    while reader.took("AND"):
        tests.append(_single(reader))
    return lambda item, names: all(test(item, names) for test in tests)


def _single(reader: _Reader) -> Test:
    if reader.took("NOT"):
        test = _single(reader)
        return lambda item, names: not test(item, names)
    if reader.took("("):
        test = _either(reader)
        reader.expect(")")
        return test
    if reader.took("ATTRIBUTE_EXISTS"):
        attribute = _in_brackets(reader)
        return lambda item, names: names.attribute(attribute) in item
    if reader.took("ATTRIBUTE_NOT_EXISTS"):
        attribute = _in_brackets(reader)
        return lambda item, names: names.attribute(attribute) not in item
    if reader.took("BEGINS_WITH"):
        reader.expect("(")
        whole = _operand(reader)
        reader.expect(",")
        beginning = _operand(reader)
        reader.expect(")")
        return lambda item, names: (whole(item, names) or {}).get("S", "").startswith(beginning(item, names)["S"])
    return _comparison(reader)


def _comparison(reader: _Reader) -> Test:
    left = _operand(reader)
    if reader.took("BETWEEN"):
        low = _operand(reader)
        reader.expect("AND")
        high = _operand(reader)
        return lambda item, names: (
            _compare("<=", low(item, names), left(item, names)) and _compare("<=", left(item, names), high(item, names))
        )
    if reader.took("IN"):
        reader.expect("(")
        among = [_operand(reader)]
        while reader.took(","):
            among.append(_operand(reader))
        reader.expect(")")
        return lambda item, names: any(_compare("=", left(item, names), one(item, names)) for one in among)
    operator = reader.take()
    if operator not in _COMPARED:
        raise NotImplementedError(f"{operator!r} in {reader.expression!r}")
    right = _operand(reader)
    return lambda item, names: _compare(operator, left(item, names), right(item, names))


def _in_brackets(reader: _Reader) -> str:
    reader.expect("(")
    attribute = reader.take()
    reader.expect(")")
    return attribute


def _operand(reader: _Reader) -> Operand:
    token = reader.take()
    if token.startswith(":"):
        return lambda item, names: names.value(token)
    if token.upper() in _FUNCTIONS and reader.took("("):
        first = _operand(reader)
        reader.expect(",")
        second = _operand(reader)
        reader.expect(")")
        function = _FUNCTIONS[token.upper()]
        return lambda item, names: function(first(item, names), second(item, names))
    if not re.fullmatch(r"#?\w+", token) or reader.next == "(":
        raise NotImplementedError(f"{token!r} in {reader.expression!r}")
    return lambda item, names: item.get(names.attribute(token))


def _compare(operator: str, left: Any, right: Any) -> bool:
    """Values of different types, or missing ones, are unlike and in no order."""
    if left is None or right is None or left.keys() != right.keys():
        return operator == "<>"
    (kind, a), (b,) = next(iter(left.items())), right.values()
    if kind == "N":
        a, b = Decimal(a), Decimal(b)
    return _COMPARED[operator](a, b)


@lru_cache(maxsize=1000)
def _update(expression: str) -> list[Change]:
    reader = _Reader(expression)
    changes: list[Change] = []
    while reader.next:
        section = reader.take().upper()
        if section not in _SECTIONS:
            raise NotImplementedError(f"{section!r} in {expression!r}")
        changes.append(_action(section, reader))
        while reader.took(","):
            changes.append(_action(section, reader))
    return changes


def _action(section: str, reader: _Reader) -> Change:
    target = reader.take()
    if section == "REMOVE":

        def remove(before: Item, after: Item, names: Names) -> None:
            after.pop(names.attribute(target), None)

        return remove
    if section == "SET":
        reader.expect("=")
    operand = _operand(reader)
    if section == "SET":

        def assign(before: Item, after: Item, names: Names) -> None:
            after[names.attribute(target)] = operand(before, names)

        return assign

    def add(before: Item, after: Item, names: Names) -> None:
        attribute, value = names.attribute(target), operand(before, names)
        after[attribute] = _sum(before[attribute], value) if attribute in before else value

    return add


def _sum(stored: Any, value: Any) -> Any:
    if stored.keys() != value.keys():
        raise ValueError("an operand has the wrong type")
    (kind, a), (b,) = next(iter(stored.items())), value.values()
    if kind == "N":
        return {"N": str(Decimal(a) + Decimal(b))}
    if kind in ("SS", "NS"):
        return {kind: sorted({*a, *b})}
    raise ValueError("only numbers and sets can be added to")
