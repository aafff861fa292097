"""Reads a table's stream from the engine, record by record, in the shape Lambda hands to a function."""

from __future__ import annotations

import base64
from typing import Any

from botocore.exceptions import ClientError

Record = dict[str, Any]

_READ_AT_MOST = 1000  # what one GetRecords may return


class StreamReader:
    """A position in the one shard of a stream.

    The engine keeps stream records in memory only: after a restart the stream is empty and starts anew, so the
    first read is always from its beginning.
    """

    def __init__(self, streams: Any, stream_arn: str) -> None:
        self._streams = streams
        self._arn = stream_arn
        [shard] = streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]
        self.shard_id: str = shard["ShardId"]
        self._last: str | None = None
        self._iterator = self._new_iterator()

    def read(self) -> list[Record]:
        """The next records, oldest first; empty when there are none yet."""
        try:
            answer = self._streams.get_records(ShardIterator=self._iterator, Limit=_READ_AT_MOST)
        except ClientError as error:
            # Iterators live a few minutes: a laptop that slept wakes up with an old one.
            if error.response["Error"]["Code"] not in {"ExpiredIteratorException", "TrimmedDataAccessException"}:
                raise
            self._iterator = self._new_iterator()
            return []
        self._iterator = answer["NextShardIterator"]
        records = [_as_lambda_sends_it(record, self._arn) for record in answer["Records"]]
        if records:
            self._last = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def _new_iterator(self) -> str:
        position = (
            {"ShardIteratorType": "TRIM_HORIZON"}
            if self._last is None
            else {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last}
        )
        answer = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=self.shard_id, **position)
        return str(answer["ShardIterator"])


def _as_lambda_sends_it(record: Record, stream_arn: str) -> Record:
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    for image in ("Keys", "NewImage", "OldImage"):
        if image in change:
            change[image] = {name: _json_value(value) for name, value in change[image].items()}
    return {**record, "dynamodb": change, "eventSourceARN": stream_arn}


def _json_value(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute value with its bytes in base64, as in every JSON protocol of AWS."""
    [(kind, content)] = value.items()
    match kind:
        case "B":
            content = base64.b64encode(content).decode()
        case "BS":
            content = [base64.b64encode(each).decode() for each in content]
        case "M":
            content = {name: _json_value(each) for name, each in content.items()}
        case "L":
            content = [_json_value(each) for each in content]
    return {kind: content}
