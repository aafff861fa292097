"""What is not ours: items of a shape that this software does not know, and reading many among which one may be."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
FOREIGN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading something of an unforeseen shape raises."""


def text(value: Any) -> Any:
    """The same: a word that newer software knows is one as well. Raises TypeError for what is no text."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def texts(value: Any) -> dict[str, str]:
    """The same. Raises AttributeError or TypeError for what is no mapping of texts."""
    return {name: text(each) for name, each in value.items()}


def score(value: Any) -> int:
    """The same. Raises ValueError for what is no score."""
    if not (type(value) is int and 0 <= value <= 10):
        raise ValueError("no score")
    return value


class Skipped:
    """Items that could not be read, and were left out of many."""

    def __init__(self) -> None:
        self._places: set[tuple[Any, Any]] = set()

    @property
    def count(self) -> int:
        """How many they are; one that was read twice is one."""
        return len(self._places)

    def read(self, from_item: Callable[[Mapping[str, Any]], T], items: Iterable[Mapping[str, Any]]) -> Iterator[T]:
        """What items stand for, without those that cannot be read."""
        for item in items:
            try:
                made = from_item(item)
            except FOREIGN:
                self._places.add((item["pk"], item["sk"]))
            else:
                yield made
