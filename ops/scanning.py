"""A whole table, read in segments side by side. Only operators do this: no function reads a table from end to end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hearback.aws.dynamodb import Table

SEGMENTS = 8
Wire = Mapping[str, Any]
"""An item in DynamoDB's own notation."""
Start = Mapping[str, str] | None
"""The key after which a segment goes on; None at its beginning."""
FROM_THE_BEGINNING: Mapping[int, Start] = dict.fromkeys(range(SEGMENTS))

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Step(Generic[Made]):
    """A page that was read and worked on."""

    segment: int
    goes_on: Start
    """Where the segment goes on; None if this was its last page."""
    read: int
    """Items that were read, whether the filter let them through or not."""
    made: Made


def scan(
    table: Table,
    work: Callable[[Sequence[Wire]], Made],
    request: Mapping[str, Any] | None = None,
    starts: Mapping[int, Start] = FROM_THE_BEGINNING,
) -> Iterator[Step[Made]]:
    """Read a table's segments from where each starts, and give what the work makes of each page, as it comes.

    The work runs in the segments' threads, so it only reads. The first error ends it.
    """

    def step(segment: int, start: Start) -> Step[Made]:
        place = {"ExclusiveStartKey": start} if start else {}
        asked = {**(request or {}), **place, "Segment": segment, "TotalSegments": SEGMENTS}
        items, read, goes_on = table.scan_page(asked)
        return Step(segment, goes_on, read, work(items))

    with ThreadPoolExecutor(SEGMENTS) as pool:
        running: set[Future[Step[Made]]] = {pool.submit(step, *begin) for begin in starts.items()}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                made = future.result()
                if made.goes_on:
                    running.add(pool.submit(step, made.segment, made.goes_on))
                yield made


def item_count(table: Table) -> int:
    """About how many items a table holds: DynamoDB counts them every six hours. For progress bars."""
    return table.client.describe_table(TableName=table.name)["Table"]["ItemCount"]
