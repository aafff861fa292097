"""Records of a table's stream, read again by their positions."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ops.failure_message import Positions

if TYPE_CHECKING:
    from types_boto3_dynamodbstreams import DynamoDBStreamsClient


MOST_EMPTY_PAGES = 100
"""In a row, before records are taken for gone. An open shard has a next page for ever, and some are empty."""


class Trimmed(LookupError):
    """The records are older than 24 hours, and gone from the stream."""

    def __init__(self, positions: Positions) -> None:
        super().__init__(positions.shard)
        self.positions = positions


def between(streams: "DynamoDBStreamsClient", positions: Positions) -> list[Mapping[str, Any]]:
    """The records from the first to the last position, both included. Raises Trimmed."""
    found: list[Mapping[str, Any]] = []
    try:
        for record in _from(streams, positions):
            found.append(record)
            if int(record["dynamodb"]["SequenceNumber"]) >= int(positions.last):
                return found
    except (streams.exceptions.TrimmedDataAccessException, streams.exceptions.ResourceNotFoundException):
        pass
    raise Trimmed(positions)


def _from(streams: "DynamoDBStreamsClient", positions: Positions) -> Iterator[Mapping[str, Any]]:
    iterator: str | None = streams.get_shard_iterator(
        StreamArn=positions.stream,
        ShardId=positions.shard,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=positions.first,
    )["ShardIterator"]
    empty = 0
    while iterator and empty < MOST_EMPTY_PAGES:
        page = streams.get_records(ShardIterator=iterator)
        yield from page["Records"]
        empty = 0 if page["Records"] else empty + 1
        iterator = page.get("NextShardIterator")
