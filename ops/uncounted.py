"""Redriving what aggregate could not count."""

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from aggregate.counting import Outcome, Pace, count
from aggregate.facts import Inapplicable, ledger_of
from aggregate.stream import Parked
from aggregate.stream import read as read_records
from hearback.aws.dynamodb import Table, Unreadable
from hearback.tally import Ledger
from ops import failure_message
from ops.failure_message import Positions
from ops.message_queue import Message, MessageQueue
from ops.reconciliation import Reconciliation
from ops.redriving import NOT_KNOWN, Done, facts_in_words

LONGEST = 60.0
"""Seconds that counting one message may try, against throttles and conflicts with aggregators."""
Records = Callable[[Positions], Sequence[Mapping[str, Any]]]
"""Reads records from the stream again. Raises Trimmed."""


@dataclass(frozen=True, slots=True)
class Uncounted:
    feedback: Table
    tallies: Table
    queue: MessageQueue
    records: Records
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def apply(self, message: Message) -> Done:
        """Count one failure. Raises Trimmed."""
        match failure_message.read(message.content):
            case Parked() as parked:
                return self._parked(parked)
            case Positions() as positions:
                return self._batch(self.records(positions))
        return NOT_KNOWN

    def recover(self, _: Sequence[Positions]) -> Done:
        """Count every fact that its ledger does not know yet.

        Positions do not say whose records they were, and neither does anything else: a late answer to an old
        mail, a change to any fact at all may have been among them. What changed since and was not counted is
        what reconciling finds. A scan reads the whole table whichever surveys it is for, so it is for all.
        """
        run = Reconciliation(self.feedback, self.tallies, fix=True, sleep=self.sleep, monotonic=self.monotonic)
        run.compare_facts(lambda _: None)
        if any(one.wrong == "not counted" and not one.repaired for one in run.differences):
            return Done(False, "DynamoDB was too busy to count everything; run this again")
        repaired = sum(one.repaired for one in run.differences)
        return Done(True, f"older than the stream: {run.facts:,} facts compared, {repaired:,} of them counted")

    def _parked(self, parked: Parked) -> Done:
        """Count the fact as it is now, which is at least what the record held."""
        try:
            item = self.feedback.get({"pk": parked.pk, "sk": parked.sk})
            if item is None:
                return Done(True, "its fact is gone, there is nothing to count")
            ledger = ledger_of(item)
        except (Inapplicable, Unreadable) as reason:
            return Done(False, str(reason))
        outcome = self._count([ledger])
        if outcome.refused:
            return Done(False, outcome.refused[ledger.key])
        return _busy() if outcome.uncounted else Done(True, f"version {ledger.version} is counted")

    def _batch(self, records: Sequence[Mapping[str, Any]]) -> Done:
        batch = read_records(records)
        outcome = self._count([found.ledger for found in batch.newest.values()])
        if outcome.uncounted:
            return _busy()
        parked = batch.parked + [batch.newest[key].park(reason) for key, reason in outcome.refused.items()]
        self.queue.put([json.dumps(asdict(one)) for one in parked])
        return Done(True, facts_in_words(len(batch.newest), "counted", len(parked)))

    def _count(self, ledgers: Sequence[Ledger]) -> Outcome:
        until = self.monotonic() + LONGEST
        return count(self.tallies, ledgers, Pace(lambda: until - self.monotonic(), self.sleep, random.random))


def _busy() -> Done:
    return Done(False, "DynamoDB is busy; run this again")
