"""DynamoDB in memory, as far as Hearback uses it: the client's operations, transactions, streams and expiry.

Fast, atomic, and exact where counting depends on it: conditions, the limits of a transaction, a stream record
for each change and none for a write that changes nothing. It is held to AWS's own engine by
`tests/dynamodb_local`. It never fails by itself: that is for `tests.aws_faults`.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from zlib import crc32

from botocore.exceptions import ClientError

from tests.dynamodb_expressions import Item, Names, changed, holds, placeholders

Key = tuple[str, str]
_READ = {"TableName", "ExpressionAttributeValues", "ExclusiveStartKey"}
_QUERIED = _READ | {"KeyConditionExpression", "ScanIndexForward", "Limit"}
_SCANNED = _READ | {"ConsistentRead", "FilterExpression", "Segment", "TotalSegments"}
MOST_IN_TRANSACTION = 100
MOST_BYTES_IN_TRANSACTION = 4 << 20
MOST_BYTES_IN_ITEM = 400 << 10
MOST_BYTES_IN_EXPRESSION = 4 << 10
MOST_IN_PAGE = 100


def aws_error(code: str, message: str = "", more: Mapping[str, Any] | None = None) -> ClientError:
    """The error botocore raises for an answer of AWS, which may hold more than a code and a message."""
    answer: Any = {"Error": {"Code": code, "Message": message or code}, **(more or {})}
    return ClientError(answer, "AnOperation")


class FakeDynamoDB:
    """A client and all it talks to. Every table has the keys `pk` and `sk`."""

    def __init__(self, streamed: Collection[str] = ()) -> None:
        self.tables: dict[str, dict[Key, Item]] = defaultdict(dict)
        self.stream: list[dict[str, Any]] = []
        """Records of the streamed tables as Lambda gets them, NEW_AND_OLD_IMAGES."""
        self._streamed = frozenset(streamed)
        self._lock = threading.RLock()

    # --- the client's operations ----------------------------------------------------------------

    def get_item(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            found = self.tables[request["TableName"]].get(_key(request["Key"]))
            return {"Item": dict(found)} if found else {}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            responses = {}
            for table, wanted in request["RequestItems"].items():
                keys = [_key(key) for key in wanted["Keys"]]
                if not 1 <= len(keys) <= 100 or len(set(keys)) != len(keys):
                    raise aws_error("ValidationException", "between 1 and 100 different keys")
                responses[table] = [dict(self.tables[table][key]) for key in keys if key in self.tables[table]]
            return {"Responses": responses, "UnprocessedKeys": {}}

    def query(self, **request: Any) -> dict[str, Any]:
        if more := request.keys() - _QUERIED:
            raise NotImplementedError(f"query with {more}")
        with self._lock:
            names = Names({}, request["ExpressionAttributeValues"])
            asked = request["KeyConditionExpression"]
            found = [item for item in self.tables[request["TableName"]].values() if holds(asked, item, names)]
            forward = request.get("ScanIndexForward", True)
            found.sort(key=_key, reverse=not forward)
            if "ExclusiveStartKey" in request:
                start = _key(request["ExclusiveStartKey"])
                found = [item for item in found if (_key(item) > start if forward else _key(item) < start)]
            page = found[: request.get("Limit", len(found))]
            more_to_come = {"LastEvaluatedKey": _key_item(page[-1])} if len(page) < len(found) else {}
            return {"Items": [dict(item) for item in page], **more_to_come}

    def scan(self, **request: Any) -> dict[str, Any]:
        """A segment in pages of at most a hundred items."""
        if more := request.keys() - _SCANNED:
            raise NotImplementedError(f"scan with {more}")
        with self._lock:
            items = self.tables[request["TableName"]]
            segment, segments = request.get("Segment", 0), request.get("TotalSegments", 1)
            start = _key(request["ExclusiveStartKey"]) if "ExclusiveStartKey" in request else ("", "")
            rest = [key for key in sorted(items) if crc32(key[0].encode()) % segments == segment and key > start]
            page = [dict(items[key]) for key in rest[:MOST_IN_PAGE]]
            names = Names({}, request.get("ExpressionAttributeValues", {}))
            test = request.get("FilterExpression", "")
            found = [item for item in page if not test or holds(test, item, names)]
            more_to_come = {"LastEvaluatedKey": _key_item(page[-1])} if len(page) < len(rest) else {}
            return {"Items": found, "ScannedCount": len(page), **more_to_come}

    def put_item(self, **request: Any) -> dict[str, Any]:
        self._write_one("Put", request)
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            before = self.tables[request["TableName"]].get(_key(request["Key"]))
            after = self._write_one("Update", request)
        returned = {"ALL_OLD": before, "ALL_NEW": after}.get(request.get("ReturnValues", "NONE"))
        return {"Attributes": dict(returned)} if returned else {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self._write_one("Delete", request)
        return {}

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            writes = [(kind, write) for one in request["TransactItems"] for kind, write in one.items()]
            places = [(write["TableName"], _key(write.get("Key") or write["Item"])) for _, write in writes]
            if not 1 <= len(places) <= MOST_IN_TRANSACTION:
                raise aws_error("ValidationException", f"between 1 and {MOST_IN_TRANSACTION} items")
            if len(set(places)) != len(places):
                raise aws_error("ValidationException", "an item twice in one transaction")
            after: list[Item] = []
            reasons: list[str] = []
            for (kind, write), (table, key) in zip(writes, places, strict=True):
                before = self.tables[table].get(key, {})
                try:
                    after.append(_after(kind, write, before))
                    reasons.append("None")
                except _ConditionFailed:
                    reasons.append("ConditionalCheckFailed")
                except _Refused:
                    reasons.append("ValidationError")
            if set(reasons) != {"None"}:
                causes = [{"Code": reason} for reason in reasons]
                raise aws_error("TransactionCanceledException", ", ".join(reasons), {"CancellationReasons": causes})
            if sum(map(size, after)) > MOST_BYTES_IN_TRANSACTION:
                raise aws_error("ValidationException", "more than 4 MB in one transaction")
            for (table, key), item in zip(places, after, strict=True):
                self._store(table, key, item)
            return {}

    # --- what happens by itself -----------------------------------------------------------------

    def expire(self, table: str, key: Item) -> None:
        """Delete an item as its time to live does."""
        with self._lock:
            self._store(table, _key(key), {}, {"type": "Service", "principalId": "dynamodb.amazonaws.com"})

    def _write_one(self, kind: str, request: Mapping[str, Any]) -> Item:
        returned = request.get("ReturnValuesOnConditionCheckFailure", "NONE")
        with self._lock:
            table = request["TableName"]
            key = _key(request.get("Key") or request["Item"])
            before = self.tables[table].get(key, {})
            try:
                after = _after(kind, request, before)
            except _ConditionFailed:
                found = {"Item": dict(before)} if returned == "ALL_OLD" and before else {}
                raise aws_error("ConditionalCheckFailedException", more=found) from None
            except _Refused as refusal:
                raise aws_error("ValidationException", str(refusal)) from None
            self._store(table, key, after)
            return after

    def _store(self, table: str, key: Key, after: Item, by: Mapping[str, str] | None = None) -> None:
        before = self.tables[table].pop(key, None)
        if after:
            self.tables[table][key] = after
        if table not in self._streamed or (before or {}) == after:
            return
        change: dict[str, Any] = {
            "Keys": _key_item(after or before or {}),
            "SequenceNumber": str(10**20 + len(self.stream)),
        }
        if after:
            change["NewImage"] = after
        if before:
            change["OldImage"] = before
        name = "REMOVE" if not after else "MODIFY" if before else "INSERT"
        self.stream.append({"eventName": name, "dynamodb": change, **({"userIdentity": dict(by)} if by else {})})


class _ConditionFailed(Exception):
    pass


class _Refused(Exception):
    pass


def _after(kind: str, request: Mapping[str, Any], before: Item) -> Item:
    """The item as a write leaves it; {} if it deletes it. Raises _ConditionFailed, _Refused."""
    names = Names(request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))
    condition, update = request.get("ConditionExpression", ""), request.get("UpdateExpression", "")
    if unused := {*names.names, *names.values} - placeholders(condition) - placeholders(update):
        raise _Refused(f"not used: {unused}")
    if len(update.encode()) > MOST_BYTES_IN_EXPRESSION:
        raise _Refused("an expression over 4 KB")
    held = not condition or holds(condition, before, names)
    try:
        match kind:
            case "Put":
                after = dict(request["Item"])
            case "Update":
                after = changed(update, before or dict(request["Key"]), names)
            case _:
                after = {}
    except ValueError as error:
        raise _Refused(str(error)) from None
    if not held:
        raise _ConditionFailed
    if size(after) > MOST_BYTES_IN_ITEM:
        raise _Refused("an item over 400 KB")
    return after


def size(item: Item) -> int:
    """Bytes of an item: names and values, as AWS documents it."""
    return sum(len(name.encode()) + sum(map(_bytes, value.items())) for name, value in item.items())


def _bytes(value: tuple[str, Any]) -> int:
    kind, content = value
    match kind:
        case "S":
            length = len(content.encode())
        case "N":
            length = (len(content.strip("-")) + 1) // 2 + 1
        case "M":
            length = 3 + size(content) + len(content)
        case "L":
            length = 3 + sum(1 + _bytes(pair) for part in content for pair in part.items())
        case "SS" | "NS":
            length = sum(map(len, content))
        case "B":
            length = len(content)
        case _:
            length = 1
    return length


def _key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def _key_item(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}
