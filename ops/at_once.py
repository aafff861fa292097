"""Many requests to DynamoDB at once, from one thread each."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from ops.deployment import CONNECTIONS

Given = TypeVar("Given")
Found = TypeVar("Found")
_HANDED_OUT = 480


def at_once(work: Callable[[Given], Found], things: Iterable[Given]) -> Iterator[tuple[Given, Found]]:
    """Each thing with what the work makes of it, in order. The first error ends it."""
    rest = iter(things)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        while chunk := list(islice(rest, _HANDED_OUT)):  # a bounded number, so that a long file is not all in flight
            yield from zip(chunk, pool.map(work, chunk), strict=True)
