"""Three ways to count a batch into the same tally items. Each makes one call at a time, like one invocation."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from aggregate.counting import Pace, change_of, count
from hearback.aws.dynamodb import Table, TransactionFailed, to_wire
from hearback.tally import Ledger, add_request

Way = Callable[[Table, Sequence[Ledger]], None]

_PACE = Pace(seconds_left=lambda: 60.0, sleep=time.sleep, random=random.random)


def naive(table: Table, ledgers: Sequence[Ledger]) -> None:
    """An `ADD` for each tally item of each record. What comes twice counts twice."""
    for ledger in ledgers:
        for request in _adds(ledger):
            values = {part: to_wire(request[part]) for part in ("Key", "ExpressionAttributeValues")}
            table.client.update_item(TableName=table.name, **{**request, **values})


def marker(table: Table, ledgers: Sequence[Ledger]) -> None:
    """A transaction for each record: a marker that must not be there yet, and the `ADD`s."""
    for ledger in ledgers:
        put = {"Item": {"pk": ledger.key, "sk": "marker"}, "ConditionExpression": "attribute_not_exists(pk)"}
        with suppress(TransactionFailed):  # counted before
            table.transact([{"Put": put}, *({"Update": request} for request in _adds(ledger))])


def ours(table: Table, ledgers: Sequence[Ledger]) -> None:
    """A transaction for as much of the batch as fits: its ledgers, and a sum for each tally item."""
    outcome = count(table, ledgers, _PACE)
    if outcome.uncounted or outcome.refused:
        raise RuntimeError(f"{len(outcome.uncounted)} facts were left and {len(outcome.refused)} refused")


def _adds(ledger: Ledger) -> Iterator[dict[str, Any]]:
    for (pk, sk), terms in change_of(ledger, None).items():
        yield add_request(pk, sk, terms)
