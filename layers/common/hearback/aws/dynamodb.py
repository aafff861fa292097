"""A DynamoDB table that takes the entities' requests in plain Python values and raises the domain's errors."""

from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Context, Decimal, Inexact, Overflow, Underflow
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Request = Mapping[str, Any]
Item = dict[str, Any]

_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class ConditionFailed(Exception):
    """A conditional write found something else. `item` is what it found, where that was asked for."""

    def __init__(self, item: Item | None = None) -> None:
        super().__init__("the condition does not hold")
        self.item = item


class TransactionFailed(Exception):
    """Nothing of a transaction was written, because of conditions: reading again tells what stands there now.

    `reasons` has one for each of its writes: "ConditionalCheckFailed", or "None" where it was not the cause.
    """

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


class RequestRefused(Exception):
    """DynamoDB will never take this request: an item grew too large, or a value has the wrong shape."""


class TemporarilyUnavailable(Exception):
    """DynamoDB throttled, is busy or did not answer in time; the same request may succeed later.

    A write that was not answered may have been done.
    """


class Conflicted(TemporarilyUnavailable):
    """Somebody else wrote one of a transaction's items at that moment. Nothing was written."""


class Unreadable(ValueError):
    """Something is not in DynamoDB's notation, so that no item was read.

    No item in a table is: whatever DynamoDB can hold is read, so that one with an attribute that is none of ours does
    not stop those read with it. Who needs an attribute judges what it is.
    """


_NUMBERS = Context(prec=38, Emin=-130, Emax=125, traps=[Inexact, Overflow, Underflow])
"""What DynamoDB keeps of a number. One that would lose something is refused, with an ArithmeticError."""


def to_wire(value: Mapping[str, Any]) -> dict[str, Any]:
    """An item in DynamoDB's own notation.

    Raises TypeError for what DynamoDB does not hold. A float is one of these: it would come back as another number.
    """
    return {name: _to_wire(part) for name, part in value.items()}


def from_wire(item: Mapping[str, Any]) -> Item:
    """An item out of DynamoDB's own notation, whole numbers as int. Raises Unreadable."""
    try:
        return {name: _from_wire(part) for name, part in item.items()}
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise Unreadable(f"not an item of DynamoDB's: {type(error).__name__}") from None


def _to_wire(value: Any) -> dict[str, Any]:
    kind: str
    wire: Any
    match value:
        case str():
            kind, wire = "S", value
        case bool():  # before int, which it is as well
            kind, wire = "BOOL", value
        case int() | Decimal():
            kind, wire = "N", _number(value)
        case Mapping():
            kind, wire = "M", to_wire(value)
        case list() | tuple():
            kind, wire = "L", [_to_wire(part) for part in value]
        case None:
            kind, wire = "NULL", True
        case bytes():
            kind, wire = "B", value
        case set() | frozenset():
            kind, wire = _set(value)
        case _:
            raise TypeError(f"DynamoDB holds no {type(value).__name__}")
    return {kind: wire}


def _set(members: Collection[Any]) -> tuple[str, list[Any]]:
    for kind, types in (("SS", str), ("NS", int | Decimal), ("BS", bytes)):
        if members and all(isinstance(member, types) for member in members):
            return kind, [part for member in members for part in _to_wire(member).values()]
    raise TypeError("DynamoDB holds no empty set, and none of several kinds")


def _number(value: int | Decimal) -> str:
    number = _NUMBERS.create_decimal(value)
    if not number.is_finite():
        raise TypeError(f"DynamoDB has no {number}")
    return str(number)


def _from_wire(part: Mapping[str, Any]) -> Any:
    ((kind, wire),) = part.items()
    value: Any
    match kind:
        case "S" | "BOOL":
            value = wire
        case "N":
            number = _NUMBERS.create_decimal(wire)
            whole = int(number)
            value = whole if whole == number else number
        case "M":
            value = {name: _from_wire(each) for name, each in wire.items()}
        case "L":
            value = [_from_wire(each) for each in wire]
        case "NULL":
            value = None
        case "B":
            value = wire if isinstance(wire, bytes) else b64decode(wire, validate=True)  # as stream records have it
        case "SS" | "NS" | "BS":
            value = {_from_wire({kind[0]: each}) for each in wire}
        case _:
            raise TypeError(kind)
    return value


_IN_VALUES = ("Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey")


def _wired(request: Request) -> dict[str, Any]:
    return {name: to_wire(part) if name in _IN_VALUES else part for name, part in request.items()}


@contextmanager
def _own_errors() -> Iterator[None]:
    """Raise what botocore raises as this module's errors, where it has one."""
    try:
        yield
    except (HTTPClientError, NoConnection) as error:
        raise TemporarilyUnavailable(type(error).__name__) from error
    except ClientError as error:
        response: Any = error.response
        code = response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            found = response.get("Item")
            raise ConditionFailed(from_wire(found) if found else None) from None
        if code == "TransactionCanceledException":
            raise _cancelled([reason["Code"] for reason in response["CancellationReasons"]]) from error
        if code == "ValidationException":
            raise RequestRefused(response["Error"]["Message"]) from error
        if code in _PASSING or response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
            raise TemporarilyUnavailable(code) from error
        raise


def _cancelled(reasons: Sequence[str]) -> Exception:
    """Why a transaction was cancelled; what other writes or the table's load did to it goes before conditions.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    causes = set(reasons) - {"None"}
    if causes == {"ConditionalCheckFailed"}:
        return TransactionFailed(reasons)
    named = ", ".join(sorted(causes))
    if causes & {"ItemCollectionSizeLimitExceeded", "ValidationError"}:
        return RequestRefused(f"a transaction: {named}")
    return Conflicted(named) if "TransactionConflict" in causes else TemporarilyUnavailable(named)


class Table:
    """One table. Methods take what the entities' `..._request` functions return.

    All raise ConditionFailed, TransactionFailed, RequestRefused or TemporarilyUnavailable where they apply.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self.client = client
        self.name = name

    def get(self, key: Mapping[str, str], *, consistent: bool = True) -> Item | None:
        found = self._call("get_item", {"Key": key, "ConsistentRead": consistent}).get("Item")
        return from_wire(found) if found else None

    def put(self, request: Request) -> None:
        """Write an item. A failed condition brings back what stands there."""
        self._call("put_item", {**request, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})

    def update(self, request: Request) -> Item:
        """Change an item and return it as it is now. A failed condition brings back what stands there."""
        returned = {"ReturnValues": "ALL_NEW", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        return from_wire(self._call("update_item", {**request, **returned})["Attributes"])

    def overwrite(self, request: Request) -> Item | None:
        """Change an item and return what was there before, usually nothing. A failed condition brings back what is."""
        returned = {"ReturnValues": "ALL_OLD", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        before = self._call("update_item", {**request, **returned}).get("Attributes")
        return from_wire(before) if before else None

    def delete(self, request: Request) -> None:
        self._call("delete_item", request)

    def query(self, request: Request) -> Iterator[Item]:
        """Every item of a query, page after page; with Limit, that many to a page."""
        start: dict[str, Any] = {}
        while True:
            page = self._call("query", {**request, **start})
            for item in page["Items"]:
                yield from_wire(item)
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": from_wire(page["LastEvaluatedKey"])}

    def scan_page(self, request: Request) -> tuple[list[Request], int, Item | None]:
        """A page of a scan, how many items were read for it, and the key to go on from (None at the end).

        Items are in DynamoDB's own notation: who reads a whole table may meet one that is none of ours.
        """
        page = self._call("scan", request)
        rest = page.get("LastEvaluatedKey")
        return page["Items"], page["ScannedCount"], from_wire(rest) if rest else None

    def get_many(self, keys: Sequence[Mapping[str, str]]) -> Iterator[Item]:
        """The items of some keys that exist, read consistently, in no order."""
        for first in range(0, len(keys), 100):
            part = [to_wire(key) for key in keys[first : first + 100]]
            wanted: Any = {self.name: {"Keys": part, "ConsistentRead": True}}
            while wanted:
                with _own_errors():
                    page = self.client.batch_get_item(RequestItems=wanted)
                for item in page["Responses"].get(self.name, []):
                    yield from_wire(item)
                left: Any = page["UnprocessedKeys"]
                if left and len(left[self.name]["Keys"]) == len(wanted[self.name]["Keys"]):
                    raise TemporarilyUnavailable("no key was processed")
                wanted = left

    def transact(self, writes: Sequence[Mapping[str, Request]]) -> None:
        """Write at most 100 items together or not at all: `{"Put": request}`, `{"Update": …}`, `{"Delete": …}`."""
        transact([(self, write) for write in writes])

    def _call(self, operation: str, request: Request) -> Any:
        with _own_errors():
            return getattr(self.client, operation)(TableName=self.name, **_wired(request))


def transact(writes: Sequence[tuple[Table, Mapping[str, Request]]]) -> None:
    """Write to several tables together or not at all; at most 100 items."""
    items: Any = [
        {kind: {"TableName": table.name, **_wired(request)} for kind, request in write.items()}
        for table, write in writes
    ]
    with _own_errors():
        writes[0][0].client.transact_write_items(TransactItems=items)
