"""Counting exactly: from the ledgers that facts ask for to transactions that leave tallies = sum of ledgers.

Read the ledgers, sum new less old contributions for each tally item, write ledgers (each on condition that
it is still as read) and tallies in one transaction. The condition covers the race between reading and
writing and two aggregators on one fact; a lost race reads again. Counting a fact twice, or an older version
after a newer one, changes nothing.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hearback.aws.dynamodb import RequestRefused, Table, TemporarilyUnavailable, TransactionFailed
from hearback.tally import BadLedger, Ledger, add_request

MOST_ITEMS = 100
"""Items in one DynamoDB transaction. As large as they get (`hearback.tally`), they stay under its 4 MB too."""
MOST_TERMS = 200
"""Counters changed in one update: an expression may have 4 KB and 300 operators."""
TRIES = 6
"""Of one transaction, before it is split."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds; a retry waits a random part of a bound that doubles (full jitter)."""
TO_TRY = 8.0
"""Seconds that one try may take at most: a read and a write, each one impatient call."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What counting needs of the world around it."""

    seconds_left: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    """Uniform in [0, 1)."""

    def keeping(self, seconds: float) -> "Pace":
        """The same pace, with some seconds kept for what comes after."""
        return replace(self, seconds_left=lambda: self.seconds_left() - seconds)


@dataclass(slots=True)
class Outcome:
    """What became of a batch, by ledger key."""

    counted: int = 0
    uncounted: set[str] = field(default_factory=set)
    """Not counted for a passing reason: to be delivered again."""
    refused: dict[str, str] = field(default_factory=dict)
    """Never countable, with the reason."""


@dataclass(slots=True)
class Pack:
    """Ledgers that are written in one transaction, and what they change."""

    ledgers: list[Ledger] = field(default_factory=list)
    changes: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def take(self, ledger: Ledger, change: Mapping[tuple[str, str], Counter[str]]) -> bool:
        """Add a ledger with its change of the tallies, unless the transaction would grow too large."""
        items = len(self.ledgers) + 1 + len(self.changes.keys() | change.keys())
        terms = max((len(self.changes.get(key, Counter()).keys() | terms) for key, terms in change.items()), default=0)
        if self.ledgers and (items > MOST_ITEMS or terms > MOST_TERMS):
            return False
        self.ledgers.append(ledger)
        for key, terms_of_key in change.items():
            self.changes.setdefault(key, Counter()).update(terms_of_key)
        return True

    def writes(self, stored: Mapping[str, Ledger]) -> list[dict[str, Any]]:
        puts = [{"Put": ledger.put_request(stored.get(ledger.key))} for ledger in self.ledgers]
        for (pk, sk), terms in self.changes.items():
            if changed := {counter: count for counter, count in terms.items() if count}:
                puts.append({"Update": add_request(pk, sk, changed)})
        return puts


def change_of(ledger: Ledger, stored: Ledger | None) -> dict[tuple[str, str], Counter[str]]:
    """What replacing the stored ledger changes, by tally item and counter."""
    change: dict[tuple[str, str], Counter[str]] = {}
    for pk, sk, counter in ledger.contribution.increments():
        change.setdefault((pk, sk), Counter())[counter] += 1
    for pk, sk, counter in stored.contribution.increments() if stored else ():
        change.setdefault((pk, sk), Counter())[counter] -= 1
    return change


def packs(ledgers: Sequence[Ledger], stored: Mapping[str, Ledger]) -> Iterator[Pack]:
    """The ledgers in as few transactions as fit, those of one day together."""
    pack = Pack()
    for ledger in sorted(ledgers, key=lambda one: (one.contribution.survey, one.contribution.day)):
        change = change_of(ledger, stored.get(ledger.key))
        if not pack.take(ledger, change):
            yield pack
            pack = Pack()
            pack.take(ledger, change)
    if pack.ledgers:
        yield pack


def count(table: Table, ledgers: Sequence[Ledger], pace: Pace, wrong: Mapping[str, Ledger] | None = None) -> Outcome:
    """Bring ledgers (at most one for a fact) and tallies to these, where they are newer than what is stored.

    Tries for as long as the pace has time. Every ledger is then up to date, uncounted or refused. `wrong` are
    stored ledgers, by key, that do not say what their facts say: they are replaced at any version, as long as
    they are what is stored.
    """
    outcome = Outcome()
    waiting = deque([list(ledgers)] if ledgers else [])
    while waiting:
        waiting += _count_together(table, waiting.popleft(), pace, outcome, wrong or {})
    return outcome


def _count_together(
    table: Table, ledgers: list[Ledger], pace: Pace, outcome: Outcome, wrong: Mapping[str, Ledger]
) -> list[list[Ledger]]:
    """Count some ledgers in one transaction; what it could not take is returned in smaller parts."""
    for attempt in range(TRIES):
        pause = pace.random() * min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) if attempt else 0.0
        if pace.seconds_left() - pause < TO_TRY:
            outcome.uncounted.update(ledger.key for ledger in ledgers)
            return []
        if pause:
            pace.sleep(pause)
        try:
            stored = read_ledgers(table, [ledger.key for ledger in ledgers])
            newer = [one for one in ledgers if _replaces(one, stored.get(one.key), wrong)]
            first, *others = packs(newer, stored) if newer else [Pack()]
            if first.ledgers:
                table.transact(first.writes(stored))
        except (TemporarilyUnavailable, TransactionFailed):
            continue
        except (RequestRefused, BadLedger) as refusal:
            return _refuse_or_split(ledgers, str(refusal), outcome)
        outcome.counted += len(first.ledgers)
        return [pack.ledgers for pack in others]
    return _halves(ledgers)


def _replaces(ledger: Ledger, stored: Ledger | None, wrong: Mapping[str, Ledger]) -> bool:
    return stored is None or stored.version < ledger.version or stored == wrong.get(ledger.key)


def _refuse_or_split(ledgers: list[Ledger], reason: str, outcome: Outcome) -> list[list[Ledger]]:
    if len(ledgers) > 1:
        return _halves(ledgers)
    outcome.refused[ledgers[0].key] = reason
    return []


def _halves(ledgers: list[Ledger]) -> list[list[Ledger]]:
    """Two parts; a single ledger stays one."""
    middle = len(ledgers) // 2
    return [part for part in (ledgers[:middle], ledgers[middle:]) if part]


def read_ledgers(table: Table, keys: Sequence[str]) -> dict[str, Ledger]:
    """The stored ledgers of some keys. Raises BadLedger."""
    found = map(Ledger.from_item, table.get_many([Ledger.key_item(key) for key in keys]))
    return {ledger.key: ledger for ledger in found}
