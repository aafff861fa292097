"""An auditor of the tally table: what stands there, and what ought to, from the ledgers and from the facts.

It reads DynamoDB's own notation and uses nothing of the code under test, so that both cannot err alike.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

Item = dict[str, Any]
Place = tuple[str, str, str]
"""Partition key, sort key and attribute of a counter."""


def ledgers(items: Iterable[Item]) -> dict[str, Item]:
    """The ledgers among the items of the tally table, by key."""
    return {item["pk"]["S"]: item for item in items if item["pk"]["S"].startswith("L#")}


def tallies(items: Iterable[Item]) -> Counter[Place]:
    """Every counter that is not zero."""
    found: Counter[Place] = Counter()
    for item in items:
        if not item["pk"]["S"].startswith("L#"):
            for attribute, value in item.items():
                if attribute not in ("pk", "sk") and value != {"N": "0"}:
                    found[item["pk"]["S"], item["sk"]["S"], attribute] = int(value["N"])
    return found


def sum_of_ledgers(items: Iterable[Item]) -> Counter[Place]:
    return Counter(place for ledger in ledgers(items).values() for place in _of_ledger(ledger))


def sum_of_facts(facts: Iterable[Item]) -> Counter[Place]:
    return Counter(place for fact in facts for place in _of_fact(fact))


def ledger_key(fact: Item) -> str:
    kind, survey, _, shard = fact["pk"]["S"].split("#")
    return f"L#{kind}#{survey}.{shard}{fact['sk']['S']}"


def _of_ledger(ledger: Item) -> Iterator[Place]:
    for cell in ledger["cells"]["L"]:
        place, _, value = cell["S"].partition("=")
        dimension, _, page = place.partition("/")
        for counter in ledger["counters"]["L"]:
            pk = f"{ledger['survey']['S']}#{dimension}"
            yield pk, f"{ledger['day']['S']}#{page}", f"{value}|{counter['S']}"


def _of_fact(fact: Item) -> Iterator[Place]:
    kind, survey, _, _ = fact["pk"]["S"].split("#")
    counters = _counters_of_response(fact) if kind == "R" else _counters_of_invitation(fact)
    pages = fact.get("pages", {"M": {}})["M"]
    cells = [("all", "", "0")]
    for dimension, value in fact.get("dimensions", {"M": {}})["M"].items():
        cells.append((dimension, value["S"], pages.get(dimension, {"N": "0"})["N"]))
    for dimension, value, page in cells:
        for counter in counters:
            yield f"{survey}#{dimension}", f"{fact['day']['S']}#{page}", f"{value}|{counter}"


def _counters_of_response(fact: Item) -> list[str]:
    if "excluded" in fact or "provisional" in fact:
        return []
    commented = "comment" in fact or fact.get("had_comment") == {"BOOL": True}
    return [f"s{fact['score']['N']}"] + ["comments"] * commented


def _counters_of_invitation(fact: Item) -> list[str]:
    if fact["skipped"]["BOOL"]:
        return []
    return ["invited", *(mark for mark in ("delivered", "answered") if fact[mark]["BOOL"])]
