"""Facts against their ledgers: every fact that exists is in the tallies with what it says now.

A ledger without a fact is that of an expired one and stays, so it is the facts that are gone through.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from aggregate.counting import Pace, count
from aggregate.facts import Inapplicable, ledger_of
from hearback.aws.dynamodb import Table, Unreadable, from_wire, to_wire
from hearback.fact import INVITATION, RESPONSE, kind_and_id
from hearback.tally import BadLedger, Ledger
from ops.fact_name import fact_name
from ops.scanning import Wire

Wrong = Literal["not counted", "counted wrongly", "cannot be counted", "its ledger cannot be read"]
Place = tuple[str, str]
"""Partition and sort key of a fact."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A fact that is not in the tallies with what it says now."""

    place: Place
    wrong: Wrong
    detail: str
    wanted: Ledger | None = None
    """The ledger that the fact asks for, if it can be counted."""
    stored: Ledger | None = None
    """The ledger there is, if it can be read."""

    @property
    def name(self) -> str:
        return fact_name(*self.place)


def facts_of(survey: str) -> dict[str, Any]:
    """The scan request for a survey's facts; for all surveys' if it is empty."""
    if not survey:
        return {}
    kinds = {":responses": f"{RESPONSE}#{survey}#", ":invitations": f"{INVITATION}#{survey}#"}
    return {
        "FilterExpression": "begins_with(pk, :responses) OR begins_with(pk, :invitations)",
        "ExpressionAttributeValues": kinds,
    }


def suspects(feedback: Table, tallies: Table, page: Sequence[Wire]) -> list[Suspect]:
    """The suspects among some facts, which a scan may have read a moment ago."""
    asked = {(wire["pk"]["S"], wire["sk"]["S"]): _asked(wire) for wire in page}
    stored = _stored(tallies, [ledger.key for ledger in asked.values() if isinstance(ledger, Ledger)])
    found = list(_compared(asked, stored))
    foreign = [one for one in found if one.wrong == "cannot be counted"]
    return foreign + look_again(feedback, tallies, [one.place for one in found if one not in foreign])


def look_again(feedback: Table, tallies: Table, places: Sequence[Place]) -> list[Suspect]:
    """The suspects among the facts at some places, as they stand now.

    Ledgers are read before facts, so that a ledger ahead of its fact cannot be just a fact read too early.
    """
    stored = _stored(tallies, [Ledger.key_of(*kind_and_id(*place)) for place in places])
    found = feedback.get_many([{"pk": pk, "sk": sk} for pk, sk in places])
    return list(_compared({(item["pk"], item["sk"]): _asked(to_wire(item)) for item in found}, stored))


def repair(tallies: Table, found: Iterable[Suspect], pace: Pace) -> None:
    """Count what can be counted, as aggregate does and next to it. Look again to see what is left."""
    wanted = [one for one in found if one.wanted]
    wrong = {one.wanted.key: one.stored for one in wanted if one.wanted and one.stored}
    count(tallies, [one.wanted for one in wanted if one.wanted], pace, wrong)


def _stored(tallies: Table, keys: Sequence[str]) -> dict[str, Ledger | BadLedger]:
    stored: dict[str, Ledger | BadLedger] = {}
    for item in tallies.get_many([Ledger.key_item(key) for key in keys]):
        try:
            stored[item["pk"]] = Ledger.from_item(item)
        except BadLedger as bad:
            stored[item["pk"]] = bad
    return stored


def _asked(fact: Wire) -> Ledger | Inapplicable | Unreadable:
    """The ledger a fact asks for, or why there can be none."""
    try:
        return ledger_of(from_wire(fact))
    except (Inapplicable, Unreadable) as reason:
        return reason


def _compared(
    asked: Mapping[Place, Ledger | Inapplicable | Unreadable], stored: Mapping[str, Ledger | BadLedger]
) -> Iterator[Suspect]:
    for place, ledger in asked.items():
        if not isinstance(ledger, Ledger):
            yield Suspect(place, "cannot be counted", str(ledger))
            continue
        found = stored.get(ledger.key)
        if isinstance(found, BadLedger):
            detail = f"delete item {ledger.key} of TallyTable, then run this again with --fix"
            yield Suspect(place, "its ledger cannot be read", detail)
        elif found is None:
            yield Suspect(place, "not counted", f"version {ledger.version}", ledger)
        elif found.version < ledger.version:
            detail = f"version {ledger.version}; version {found.version} is counted"
            yield Suspect(place, "not counted", detail, ledger, found)
        elif found != ledger:
            yield Suspect(place, "counted wrongly", _unlike(ledger, found), ledger, found)


def _unlike(ledger: Ledger, found: Ledger) -> str:
    """Where what is counted is not what the fact says."""
    said, counted = (_parts(each) for each in (ledger, found))
    return ", ".join(
        f"{name} is {said[name]}, counted is {counted[name]}" for name in said if said[name] != counted[name]
    )


def _parts(ledger: Ledger) -> dict[str, str]:
    contribution = ledger.contribution
    return {
        "version": str(ledger.version),
        "survey": contribution.survey,
        "day": contribution.day,
        "cells": " ".join(map(str, contribution.cells)),
        "counters": " ".join(contribution.counters) or "none",
    }
