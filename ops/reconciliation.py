"""One run through all facts, ledgers and tallies: what differs, what was repaired, what remains."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from aggregate.counting import Pace
from hearback.aws.dynamodb import Table
from ops import recount, tally_check
from ops.recount import Place, Suspect
from ops.scanning import FROM_THE_BEGINNING, Start, Wire, scan
from ops.tally_check import Day, Drift, Sums

LOOKS, BETWEEN_LOOKS = 3, 2.0
"""A fact that was just written is counted within about a second: how often it is looked at before it is called
a difference, or repaired, and the seconds in between."""
MOST_WAITING = 10_000
"""Suspects that are kept for a second look. With more of them, facts are not on their way but lost."""
REPAIRED_AT_ONCE, LONGEST_REPAIR = 1_000, 60.0
"""Suspects, and the seconds that their repair may try, against throttles and conflicts with aggregators."""

ROUNDS = 4
"""Of correcting tallies and checking them again. A further round finds what came to rest in the one before."""

Progressed = Callable[[int], None]
"""Told after each page how many items were read for it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as the facts say."""

    where: str
    wrong: str
    detail: str
    repaired: bool = False


@dataclass(slots=True)
class Reconciliation:
    """Compares, and repairs if asked to."""

    feedback: Table
    tallies: Table
    survey: str = ""
    """Only this one; all of them if empty."""
    fix: bool = False
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    facts: int = 0
    """Facts compared so far."""
    differences: list[Difference] = field(default_factory=list)
    moving: list[Day] = field(default_factory=list)
    """Days whose tallies were counted on all the while, so that they could not be judged."""
    _starts: dict[int, Start] = field(default_factory=lambda: dict(FROM_THE_BEGINNING))
    _waiting: list[Place] = field(default_factory=list)
    """Suspects that perhaps are just about to be counted."""

    @property
    def remaining(self) -> int:
        return sum(not one.repaired for one in self.differences)

    def come(self) -> dict[str, Any]:
        """How far it has come through the facts, for `go_on`."""
        return {
            "starts": {str(segment): start for segment, start in self._starts.items()},
            "facts": self.facts,
            "waiting": self._waiting,
            "differences": [asdict(one) for one in self.differences],
        }

    def go_on(self, come: Mapping[str, Any]) -> None:
        self._starts = {int(segment): start for segment, start in come["starts"].items()}
        self.facts = come["facts"]
        self._waiting = [(pk, sk) for pk, sk in come["waiting"]]
        self.differences = [Difference(**one) for one in come["differences"]]

    def compare_facts(self, progressed: Progressed) -> None:
        """Every fact with its ledger. Can be stopped after any page and go on."""

        def work(page: Sequence[Wire]) -> tuple[int, list[Suspect]]:
            return len(page), recount.suspects(self.feedback, self.tallies, page)

        for step in scan(self.feedback, work, recount.facts_of(self.survey), dict(self._starts)):
            compared, found = step.made
            self._take(found)
            self.facts += compared
            if step.goes_on:
                self._starts[step.segment] = step.goes_on
            else:
                del self._starts[step.segment]
            if len(self._waiting) >= MOST_WAITING:
                self._settle()
            progressed(step.read)
        self._settle()

    def compare_tallies(self, progressed: Progressed) -> None:
        """Every tally with the sum of its ledgers. Begins again if it is stopped: a sum is of one piece."""
        found: dict[Place, Drift] = {}
        for further in reversed(range(ROUNDS)):
            verdict = self._check(progressed)
            left = {drift.place: drift for drift in verdict.drifts}
            found |= left
            if not (left and self.fix and further):
                break
            tally_check.correct(self.tallies, verdict.drifts)
        no_sum = "cannot be read, so its survey's tallies were not compared"
        self.differences += [Difference(f"item {key}", "ledger", no_sum) for key in verdict.unreadable]
        self.differences += [
            Difference(drift.name, "not the sum of its ledgers", drift.detail, repaired=drift.place not in left)
            for drift in found.values()
        ]
        self.moving = verdict.moving

    def _check(self, progressed: Progressed) -> tally_check.Verdict:
        def sum_up() -> Sums:
            total = Sums()
            for step in scan(self.tallies, tally_check.summed, tally_check.tallies_of(self.survey)):
                total.merge(step.made)
                progressed(step.read)
            return total

        return tally_check.check(self.tallies, sum_up, self.sleep)

    def _take(self, found: Sequence[Suspect]) -> None:
        """Keep what was found for a second look; what can never be counted needs none."""
        self.differences += [Difference(one.name, one.wrong, one.detail) for one in found if not one.wanted]
        self._waiting += [one.place for one in found if one.wanted]

    def _settle(self) -> None:
        """Look again at what waits: what was on its way has arrived, and the rest is a difference."""
        left = self._look_again(self._waiting)
        for _ in range(LOOKS - 1):
            if not any(one.wrong == "not counted" for one in left):
                break
            self.sleep(BETWEEN_LOOKS)
            left = self._look_again([one.place for one in left])
        while left:
            self._waiting = [one.place for one in left]  # whoever stops here goes on with these
            self._conclude(left[:REPAIRED_AT_ONCE])
            del left[:REPAIRED_AT_ONCE]
        self._waiting = []

    def _conclude(self, found: Sequence[Suspect]) -> None:
        """Note differences, repaired if asked to."""
        places = [one.place for one in found]
        if self.fix:
            until = self.monotonic() + LONGEST_REPAIR
            recount.repair(self.tallies, found, Pace(lambda: until - self.monotonic(), self.sleep, random.random))
            places = [one.place for one in self._look_again(places)]
        self.differences += [
            Difference(one.name, one.wrong, one.detail, repaired=one.place not in places) for one in found
        ]

    def _look_again(self, places: Sequence[Place]) -> list[Suspect]:
        return recount.look_again(self.feedback, self.tallies, places)
