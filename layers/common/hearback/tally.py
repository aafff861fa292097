"""What a fact contributes to the tallies, the ledger that remembers it, and the keys of both.

One tally item holds one survey, one dimension and one day (one page of the dimension's values where it
has many), so a batch of answers writes a handful of items, not one for each value. The whole survey is
the dimension `all`, which has no values.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hearback.fact import FactId, Kind
from hearback.nps import Score

WHOLE = "all"
SCORES = tuple(f"s{score}" for score in range(11))
COMMENTS, INVITED, DELIVERED, ANSWERED = "comments", "invited", "delivered", "answered"
COUNTERS = (*SCORES, COMMENTS, INVITED, DELIVERED, ANSWERED)
LEDGER = "L#"
"""What every ledger's key begins with."""
CORRECTIONS = "corrections"
"""Of a tally item: how often it was set right by hand of an operator."""
VALUES_PER_PAGE = 40
"""Values of a dimension that share an item. With 15 counters each and at most 60 bytes a value an item stays
under 44 KB, so that no transaction of 100 items with their ledgers comes to DynamoDB's 4 MB."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where something is counted: the whole survey, or one value of one dimension."""

    dimension: str = WHOLE
    value: str = ""
    page: int = 0

    def __str__(self) -> str:
        return f"{self.dimension}/{self.page}={self.value}"

    @classmethod
    def parse(cls, text: str) -> "Cell":
        """The inverse of str(). Raises ValueError."""
        place, equals, value = text.partition("=")
        dimension, slash, page = place.partition("/")
        if not (equals and slash):
            raise ValueError("a cell is <dimension>/<page>=<value>")
        return cls(dimension, value, int(page))


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one fact adds: one to each counter in each cell of its day. Nothing, if it has no counters."""

    survey: str
    day: str
    cells: tuple[Cell, ...]
    counters: tuple[str, ...]

    def increments(self) -> Iterator[tuple[str, str, str]]:
        """(partition key, sort key, attribute) of each counter to increase by one."""
        for cell in self.cells if self.counters else ():
            pk, sk = tally_key(self.survey, cell.dimension, self.day, cell.page)
            for counter in self.counters:
                yield pk, sk, f"{cell.value}|{counter}"


def cells(dimensions: Mapping[str, str], pages: Mapping[str, int]) -> tuple[Cell, ...]:
    """The cells of a fact: the whole survey and each of its dimension values."""
    return (Cell(), *(Cell(name, value, pages.get(name, 0)) for name, value in sorted(dimensions.items())))


def tally_key(survey: str, dimension: str, day: str, page: int = 0) -> tuple[str, str]:
    return f"{survey}#{dimension}", f"{day}#{page}"


class BadLedger(ValueError):
    """What lies under a ledger's key is not a ledger this software can read."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The version of a fact that is in the tallies now, and what it contributed."""

    key: str
    version: int
    contribution: Contribution

    @staticmethod
    def key_of(kind: Kind, fact: FactId) -> str:
        return f"{LEDGER}{kind}#{fact}"

    @staticmethod
    def key_item(key: str) -> dict[str, str]:
        return {"pk": key, "sk": "ledger"}

    def to_item(self) -> dict[str, Any]:
        contribution = self.contribution
        return {
            **self.key_item(self.key),
            "version": self.version,
            "survey": contribution.survey,
            "day": contribution.day,
            "cells": [str(cell) for cell in contribution.cells],
            "counters": list(contribution.counters),
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Ledger":
        """The inverse of to_item(). Raises BadLedger for what is not exactly such an item, others' attributes aside.

        The next version is written on condition of what was read. Of anything else, that would never hold.
        """
        try:
            cells = tuple(map(Cell.parse, item["cells"]))
            contribution = Contribution(item["survey"], item["day"], cells, tuple(item["counters"]))
            ledger = cls(item["pk"], item["version"], contribution)
            texts = (contribution.survey, contribution.day, *contribution.counters)
            exact = type(ledger.version) is int and all(type(text) is str for text in texts)
            if exact and all(item[name] == said for name, said in ledger.to_item().items()):
                return ledger
        except (AttributeError, KeyError, TypeError, ValueError):
            pass
        raise BadLedger("its stored ledger cannot be read")

    def put_request(self, read: "Ledger | None") -> dict[str, Any]:
        """Write this ledger on condition that it is still as it was read.

        Its version alone would not do: a repair replaces what a version contributed, and the change of the
        tallies was worked out from what was read.
        """
        request: dict[str, Any] = {"Item": self.to_item()}
        if read is None:
            return request | {"ConditionExpression": "attribute_not_exists(pk)"}
        stored = read.to_item()
        parts = sorted(stored.keys() - self.key_item(self.key))
        return request | {
            "ConditionExpression": " AND ".join(f"#{part} = :{part}" for part in parts),
            "ExpressionAttributeNames": {f"#{part}": part for part in parts},
            "ExpressionAttributeValues": {f":{part}": stored[part] for part in parts},
        }


def add_request(pk: str, sk: str, increments: Mapping[str, int]) -> dict[str, Any]:
    """Add to the counters of one tally item."""
    attributes = sorted(increments)
    return {
        "Key": {"pk": pk, "sk": sk},
        "UpdateExpression": "ADD " + ", ".join(f"#{i} :{i}" for i in range(len(attributes))),
        "ExpressionAttributeNames": {f"#{i}": attribute for i, attribute in enumerate(attributes)},
        "ExpressionAttributeValues": {f":{i}": increments[attribute] for i, attribute in enumerate(attributes)},
    }


def correct_request(pk: str, sk: str, increments: Mapping[str, int], corrections: int) -> dict[str, Any]:
    """Add to the counters of one tally item what it lacks, on condition that it was corrected only so often.

    Counting goes on meanwhile: it does not change what an item lacks. Another correction does.
    """
    request = add_request(pk, sk, increments)
    so_often = "#corrections = :corrections" if corrections else "attribute_not_exists(#corrections)"
    return request | {
        "UpdateExpression": request["UpdateExpression"] + ", #corrections :one",
        "ConditionExpression": so_often,
        "ExpressionAttributeNames": request["ExpressionAttributeNames"] | {"#corrections": CORRECTIONS},
        "ExpressionAttributeValues": request["ExpressionAttributeValues"]
        | {":one": 1}
        | ({":corrections": corrections} if corrections else {}),
    }


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one survey, one dimension value ("" for the whole), one day or the sum of many."""

    counters: Mapping[str, int]

    @property
    def score(self) -> Score:
        return Score.of([self.counters.get(name, 0) for name in SCORES])

    def __getitem__(self, counter: str) -> int:
        return self.counters.get(counter, 0)

    def __add__(self, other: "Tally") -> "Tally":
        names = self.counters.keys() | other.counters.keys()
        return Tally({name: self[name] + other[name] for name in names})


EMPTY = Tally({})


def day_of(item: Mapping[str, Any]) -> str:
    """The day, yyyy-mm-dd in the survey's time zone, that a tally item counts."""
    day: str = item["sk"]
    return day.partition("#")[0]


def counters_of(item: Mapping[str, Any]) -> dict[str, int]:
    """What one stored item has counted, by attribute (`<value>|<counter>`); zeros left out."""
    return {name: count for name, count in item.items() if "|" in name and isinstance(count, int) and count}


def tallies_of(item: Mapping[str, Any]) -> dict[str, Tally]:
    """The tallies in one stored item, by dimension value."""
    found: dict[str, dict[str, int]] = {}
    for attribute, count in item.items():
        value, bar, counter = attribute.rpartition("|")
        if bar:
            found.setdefault(value, {})[counter] = int(count)
    return {value: Tally(counters) for value, counters in found.items()}


def sum_by_value(items: Iterable[Mapping[str, Any]]) -> dict[str, Tally]:
    """The sum of stored items, by dimension value."""
    total: dict[str, Tally] = {}
    for item in items:
        for value, tally in tallies_of(item).items():
            total[value] = total.get(value, EMPTY) + tally
    return total
