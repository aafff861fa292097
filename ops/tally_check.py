"""Tallies against the sum of their ledgers, while answers keep coming.

Every transaction of aggregate changes a ledger and its tallies alike, so what a tally differs by is the same
whatever is counted meanwhile, and adding that amount is right at any moment. Measuring it needs stillness,
though: ledgers are summed once before and once after the tallies are read, and a day whose ledgers are the
same in both sums had that sum when its tallies were read. A day that keeps moving is not judged.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aggregate.counting import MOST_TERMS
from hearback.aws.dynamodb import ConditionFailed, Item, Table, Unreadable, from_wire
from hearback.fact import INVITATION, RESPONSE
from hearback.tally import CORRECTIONS, LEDGER, BadLedger, Ledger, correct_request, counters_of
from ops.scanning import Wire

Place = tuple[str, str]
"""Partition and sort key of a tally item."""
Day = tuple[str, str]
"""A survey and a local day."""
LOOKS = 3
"""Times that moving days are measured before they are left for later."""
SETTLING = 2.0
"""Seconds between reading tallies and summing ledgers again. DynamoDB shows a transaction's writes one by one
to reads outside of transactions; a commit that was under way shows itself after this time."""


@dataclass(slots=True)
class Sums:
    """What ledgers add up to."""

    tallies: dict[Place, Counter[str]] = field(default_factory=dict)
    prints: Counter[Day] = field(default_factory=Counter)
    """A fingerprint of each day's ledgers: the sum of their digests, whatever the order."""
    stored: set[Place] = field(default_factory=set)
    """The tally items that were seen on the way."""
    unreadable: list[str] = field(default_factory=list)
    """Keys of ledgers that cannot be read."""

    def add(self, ledger: Ledger) -> None:
        contribution = ledger.contribution
        digest = hashlib.blake2b(repr(ledger).encode(), digest_size=16).digest()
        self.prints[contribution.survey, contribution.day] += int.from_bytes(digest, "big")
        for pk, sk, counter in contribution.increments():
            self.tallies.setdefault((pk, sk), Counter())[counter] += 1

    def merge(self, other: "Sums") -> None:
        for place, counters in other.tallies.items():
            self.tallies.setdefault(place, Counter()).update(counters)
        self.prints.update(other.prints)
        self.stored |= other.stored
        self.unreadable += other.unreadable

    @property
    def places(self) -> set[Place]:
        return self.stored | self.tallies.keys()


@dataclass(frozen=True, slots=True)
class Drift:
    """A tally item that is not the sum of its ledgers."""

    place: Place
    counted: Mapping[str, int]
    """What its counters say."""
    summed: Mapping[str, int]
    """What they should say."""
    corrections: int
    """How often it had been corrected when it was read."""
    spoiled: Sequence[str] = ()
    """Counters that are no whole numbers. Nothing can be added to them."""

    @property
    def name(self) -> str:
        return f"tally {' '.join(self.place)}"

    @property
    def lacks(self) -> dict[str, int]:
        """What is to be added to each counter."""
        names = sorted(self.counted.keys() | self.summed.keys())
        missing = {name: self.summed.get(name, 0) - self.counted.get(name, 0) for name in names}
        return {name: amount for name, amount in missing.items() if amount}

    @property
    def detail(self) -> str:
        if self.spoiled:
            item = f"delete item {' '.join(self.place)} of TallyTable, then run this again with --fix"
            return f"{self.spoiled[0].strip('|')} is no whole number: {item}"
        return "; ".join(
            f"{name.strip('|')} is {self.counted.get(name, 0)}, its ledgers say {self.summed.get(name, 0)}"
            for name in self.lacks
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    drifts: list[Drift]
    moving: list[Day]
    """Days that differed but were counted on all the while: to be judged when they are quiet."""
    unreadable: list[str] = field(default_factory=list)
    """Keys of ledgers that cannot be read. There is no sum with them, so nothing else was judged."""


def tallies_of(survey: str) -> dict[str, Any]:
    """The scan request for a survey's ledgers and tallies; for all surveys' if it is empty."""
    if not survey:
        return {"ConsistentRead": True}
    return {
        "ConsistentRead": True,
        "FilterExpression": "begins_with(pk, :responses) OR begins_with(pk, :invitations) OR begins_with(pk, :tallies)",
        "ExpressionAttributeValues": {
            ":responses": f"{LEDGER}{RESPONSE}#{survey}.",
            ":invitations": f"{LEDGER}{INVITATION}#{survey}.",
            ":tallies": f"{survey}#",
        },
    }


def summed(page: Sequence[Wire]) -> Sums:
    """What the ledgers of a page add up to, and the tally items it holds."""
    sums = Sums()
    for wire in page:
        pk, sk = wire["pk"]["S"], wire["sk"]["S"]
        if not pk.startswith(LEDGER):
            sums.stored.add((pk, sk))
            continue
        try:
            sums.add(Ledger.from_item(from_wire(wire)))
        except (BadLedger, Unreadable):
            sums.unreadable.append(pk)
    return sums


def check(tallies: Table, sum_up: Callable[[], Sums], sleep: Callable[[float], None]) -> Verdict:
    """Find the tally items that differ. `sum_up` reads all ledgers, which takes its time; traffic may go on."""
    drifts: list[Drift] = []
    before = sum_up()
    if before.unreadable:
        return Verdict([], [], before.unreadable)
    watched = before.places
    for _ in range(LOOKS):
        first = _read(tallies, watched)
        watched = {
            place
            for place in watched
            if _spoiled(found := first.get(place, {})) or counters_of(found) != before.tallies.get(place, {})
        }
        if not watched:
            break
        sleep(SETTLING)
        after = sum_up()
        second = _read(tallies, watched)
        still = {
            place
            for place in watched
            if before.prints[_day(place)] == after.prints[_day(place)] and first.get(place) == second.get(place)
        }
        for place in sorted(still):
            item = first.get(place, {})
            corrections = item.get(CORRECTIONS, 0)
            wanted: Mapping[str, int] = before.tallies.get(place, {})
            drifts.append(Drift(place, counters_of(item), wanted, corrections, _spoiled(item)))
        watched -= still
        before = after
    return Verdict(drifts, sorted({_day(place) for place in watched}))


def correct(tallies: Table, drifts: Iterable[Drift]) -> None:
    """Add to tally items what they lack. Where somebody else is correcting too, one of both does it."""
    for drift in drifts:
        if drift.spoiled:
            continue
        lacks = list(drift.lacks.items())
        for number, first in enumerate(range(0, len(lacks), MOST_TERMS)):
            terms = dict(lacks[first : first + MOST_TERMS])
            try:
                tallies.update(correct_request(*drift.place, terms, drift.corrections + number))
            except ConditionFailed:
                break


def _read(tallies: Table, places: Iterable[Place]) -> dict[Place, Item]:
    found = tallies.get_many([{"pk": pk, "sk": sk} for pk, sk in sorted(places)])
    return {(item["pk"], item["sk"]): item for item in found}


def _spoiled(item: Item) -> list[str]:
    return sorted(name for name, count in item.items() if "|" in name and type(count) is not int)


def _day(place: Place) -> Day:
    pk, sk = place
    return pk.partition("#")[0], sk.partition("#")[0]
