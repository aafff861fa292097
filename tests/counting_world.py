"""A feedback table, its stream and an aggregator, in memory, with faults to order: what tests of counting share."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aggregate import stream
from aggregate.counting import Outcome, Pace, count
from hearback.aws.dynamodb import Table, to_wire
from hearback.aws.feedback import Feedback
from hearback.aws.tallies import Tallies
from hearback.fact import FactId
from hearback.response import Response
from hearback.tally import Ledger
from tests.aws_faults import Fault, FaultyClient
from tests.fake_dynamodb import FakeDynamoDB
from tests.fake_sqs import FakeSqs

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = "2026-03-01"
CALL, TIMEOUT = 0.01, 4.0
"""Seconds a call takes, and one that is not answered."""


def response(number: int = 0, score: int = 9, **said: Any) -> Response:
    """The answer with this number; numbers make different facts."""
    fact = FactId.mint("shop", 4, NOON, number.to_bytes(10, "big"))
    return Response(**{"id": fact, "score": score, "answered_at": NOON, "day": DAY, **said})


def insert(fact: Response, number: int = 1) -> dict[str, Any]:
    """The stream record of a fact that was written."""
    key, image = to_wire(fact.key), to_wire(fact.to_item())
    return {"eventName": "INSERT", "dynamodb": {"Keys": key, "NewImage": image, "SequenceNumber": str(number)}}


class CountingWorld:
    def __init__(self) -> None:
        self.database = FakeDynamoDB(streamed={"feedback"})
        self.queue = FakeSqs()
        client: Any = self.database
        self.feedback = Feedback(Table(client, "feedback"))
        self.tallies = Tallies(Table(client, "tally"))
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        """What goes wrong with the next calls of each operation."""
        self.calls: list[str] = []
        self.pauses: list[float] = []
        self.seconds_left = 60.0

    @property
    def pace(self) -> Pace:
        return Pace(lambda: self.seconds_left, self._sleep, lambda: 0.5)

    @property
    def records(self) -> list[dict[str, Any]]:
        return self.database.stream

    def put(self, *facts: Response) -> None:
        """Write versions of facts as they are."""
        for fact in facts:
            self.database.put_item(TableName="feedback", Item=to_wire(fact.to_item()))

    def deliver(self, *batches: Sequence[dict[str, Any]]) -> str | None:
        """Hand batches of records to an aggregator, everything so far if none is given; what it said last."""
        failures = stream.Failures(lambda: self._faulty(self.queue), "failures")
        said = None
        for batch in batches or [self.records]:
            said = stream.take_in(batch, Table(self._faulty(self.database), "tally"), failures, self.pace)
        return said

    def count(self, *ledgers: Ledger) -> Outcome:
        return count(Table(self._faulty(self.database), "tally"), ledgers, self.pace)

    def counted(self, dimension: str = "all", value: str = "", day: str = DAY) -> dict[str, int]:
        """The counters that are not zero."""
        found = self.tallies.total("shop", day, day, dimension).get(value)
        return {name: number for name, number in found.counters.items() if number} if found else {}

    @property
    def ledgers(self) -> dict[str, dict[str, Any]]:
        return {pk: item for (pk, _), item in self.database.tables["tally"].items() if pk.startswith("L#")}

    @property
    def transactions(self) -> int:
        return self.calls.count("transact_write_items")

    def _faulty(self, client: Any) -> Any:
        return FaultyClient(client, self._next_fault)

    def _next_fault(self, operation: str) -> Fault:
        self.calls.append(operation)
        fault = self.faults[operation].pop(0) if self.faults[operation] else Fault.NONE
        self.seconds_left -= TIMEOUT if fault in (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER) else CALL
        return fault

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds_left -= seconds
