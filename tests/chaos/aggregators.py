"""Aggregators at work on a stream: several at once, interleaved at each call to AWS, at AWS's worst.

A record is handled once an aggregator said so: it ended, and handed back no number that is as low. Aggregators
get runs of a shard's records, again and again in part, as Lambda does after a death, a time-out or a hand-back.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from aggregate import stream
from aggregate.counting import Pace
from hearback.aws.dynamodb import Table
from tests.aws_faults import Fault, FaultyClient
from tests.chaos.invocation import Invocation
from tests.fake_dynamodb import FakeDynamoDB
from tests.fake_sqs import FakeSqs

MOST = 4
"""Aggregators at once."""
SHARDS = 2
PLENTY = 60.0
"""Seconds, as the template gives."""


class Turn(NamedTuple):
    """One of the aggregators does its next call, and this goes wrong with it."""

    whose: int
    fault: Fault


class Delivery(NamedTuple):
    """The same records of a shard go to aggregators that each have some seconds."""

    shard: int
    back: int
    """How many handled records come once more before the first that is not."""
    length: int
    again: Sequence[int]
    """Which of them come twice, out of their order."""
    seconds: float
    copies: int


class Aggregators:
    def __init__(
        self, database: FakeDynamoDB, queue: FakeSqs, happened: Counter[str], after_call: Callable[[], None]
    ) -> None:
        self.handled: set[int] = set()
        """Places in the stream."""
        self._database, self._queue = database, queue
        self._happened, self._after_call = happened, after_call
        self._running: list[tuple[Invocation, list[int]]] = []

    def do(self, work: Turn | Delivery) -> None:
        """Do some work, if it can be done now."""
        match work:
            case Turn(whose, fault):
                if self._running:
                    self._turn(whose % len(self._running), fault)
            case Delivery(shard, back, length, again, seconds, copies):
                log = self._log(shard)
                reached = next((index for index, place in enumerate(log) if place not in self.handled), len(log))
                if places := log[max(0, reached - back) :][:length]:
                    places += [places[index % len(places)] for index in again]
                    for _ in range(min(copies, MOST - len(self._running))):
                        self._invoke(places, seconds)

    def handle_the_rest(self) -> None:
        """Let all end, and deliver what is left; nothing goes wrong any more."""
        self._let_end()
        for shard in range(SHARDS):
            while left := [place for place in self._log(shard) if place not in self.handled][:7]:
                self._invoke(left, PLENTY)
                self._let_end()
                assert self.handled.issuperset(left), "records are handed back though nothing is wrong"

    def handle_everything_again(self) -> None:
        for shard in range(SHARDS):
            if log := self._log(shard):
                self._invoke(log, PLENTY)
                self._let_end()

    def _invoke(self, places: list[int], seconds: float) -> None:
        records = [self._database.stream[place] for place in places]
        self._running.append((Invocation(partial(self._aggregate, records), seconds), places))
        self._happened["at once"] = max(self._happened["at once"], len(self._running))
        self._note_end(len(self._running) - 1)

    def _aggregate(self, records: list[dict[str, Any]], invocation: Invocation) -> str | None:
        """What an aggregator does, on its thread."""
        database: Any = FaultyClient(self._database, invocation.next_fault)
        queue: Any = FaultyClient(self._queue, invocation.next_fault)
        pace = Pace(lambda: invocation.seconds_left, invocation.sleep, lambda: 0.5)
        return stream.take_in(records, Table(database, "tally"), stream.Failures(lambda: queue, "failures"), pace)

    def _let_end(self) -> None:
        while self._running:
            self._turn(0, Fault.NONE)

    def _turn(self, which: int, fault: Fault) -> None:
        self._running[which][0].turn(fault)
        self._happened[fault.value] += 1
        self._note_end(which)
        self._after_call()

    def _note_end(self, which: int) -> None:
        invocation, places = self._running[which]
        if not invocation.finished:
            return
        del self._running[which]
        if invocation.died:
            return
        if invocation.result is not None:
            self._happened["handed back"] += 1
        for place in places:
            number = self._database.stream[place]["dynamodb"]["SequenceNumber"]
            if invocation.result is None or int(number) < int(invocation.result):
                self.handled.add(place)

    def _log(self, shard: int) -> list[int]:
        """Places in the stream of a shard's records, in order."""
        keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in self._database.stream]
        return [place for place, pk in enumerate(keys) if int(pk[-1]) == shard]
