"""The order in which readers see a stored map: DynamoDB keeps none, and any reading may bring another."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def in_order(declared: Iterable[str], stored: Mapping[str, T]) -> list[tuple[str, T]]:
    """A map's entries: as their names are declared, and then by name what is declared no more."""
    places = {name: place for place, name in enumerate(declared)}
    return sorted(stored.items(), key=lambda entry: (places.get(entry[0], len(places)), entry[0]))
