"""Write request units: what the engine says was consumed, and what DynamoDB's documentation says it must be.

A write costs one unit for each started KB of the item, of the larger of before and after; in a transaction two.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html#write-operation-consumption
Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Wired = Mapping[str, Any]
"""A request or an item in DynamoDB's own notation."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write that was done."""

    request: Wired
    in_transaction: bool


@dataclass(slots=True)
class Spent:
    """What some work asked of DynamoDB."""

    calls: int = 0
    units: float = 0.0
    """Write request units, as the engine says."""
    writes: list[Write] = field(default_factory=list)


class Meter:
    """Reads off a client's calls what they consume."""

    def __init__(self, client: Any) -> None:
        self._spent = Spent()
        self._asked: Wired = {}
        events = client.meta.events
        events.register("after-call.dynamodb", self._count_call)
        for operation in ("UpdateItem", "TransactWriteItems"):
            events.register(f"provide-client-params.dynamodb.{operation}", self._ask)
            events.register(f"after-call.dynamodb.{operation}", self._note_writes)

    def take(self) -> Spent:
        """What was spent since the last time."""
        spent, self._spent = self._spent, Spent()
        return spent

    def _count_call(self, **_: Any) -> None:
        self._spent.calls += 1

    def _ask(self, params: Wired, **_: Any) -> Wired:
        self._asked = params
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def _note_writes(self, parsed: Wired, **_: Any) -> None:
        if "ConsumedCapacity" not in parsed:  # the write was refused
            return
        if writes := self._asked.get("TransactItems"):
            self._spent.units += sum(table["CapacityUnits"] for table in parsed["ConsumedCapacity"])
            self._spent.writes += [Write(request, True) for write in writes for request in write.values()]
        else:
            self._spent.units += parsed["ConsumedCapacity"]["CapacityUnits"]
            self._spent.writes.append(Write(self._asked, False))


class DocumentedTable:
    """What writes to a table cost by the documentation. It follows every item and its size."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], dict[str, Any]] = {}
        self._sizes: dict[tuple[str, str], int] = {}

    def units(self, write: Write) -> int:
        """Follow a put, or an update that adds; what it costs."""
        request = write.request
        key = request.get("Key") or {name: request["Item"][name] for name in ("pk", "sk")}
        place = (key["pk"]["S"], key["sk"]["S"])
        before = self._sizes.get(place, 0)
        if "Item" in request:
            after = item_bytes(request["Item"])
        else:
            item = self._items.setdefault(place, dict(key))
            after = (before or item_bytes(key)) + _add(item, request)
        self._sizes[place] = after
        started_kb = -(-max(before, after) // 1024)
        return started_kb * (2 if write.in_transaction else 1)


def _add(item: dict[str, Any], request: Wired) -> int:
    """Do an update that adds to an item; by how many bytes it grows."""
    names, values, grown = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"], 0
    for term in request["UpdateExpression"].removeprefix("ADD ").split(", "):
        alias, placeholder = term.split(" ")
        name = names[alias]
        before = {name: item[name]} if name in item else {}
        count = int(before[name]["N"] if before else 0) + int(values[placeholder]["N"])
        item[name] = {"N": str(count)}
        grown += item_bytes({name: item[name]}) - item_bytes(before)
    return grown


def item_bytes(item: Wired) -> int:
    """The size of an item of strings, whole numbers and lists of these."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Wired) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_bytes(int(content))
        case "L":
            return 3 + sum(1 + _value_bytes(part) for part in content)
        case _:
            raise ValueError(f"no item here holds a {kind}")


def _number_bytes(number: int) -> int:
    """One byte, one more for each two digits without trailing zeros, and one for a sign: documented as approximate."""
    rest, pairs = abs(number), 0
    while rest and rest % 100 == 0:
        rest //= 100
    while rest:
        rest, pairs = rest // 100, pairs + 1
    return 1 + pairs + (number < 0)
