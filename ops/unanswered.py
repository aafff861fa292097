"""Redriving what followup could not queue, settle or take in."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregate.stream import Parked
from followup.mail_events import take_in
from followup.settle_queue import body
from followup.stream import message_for
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table, from_wire, to_wire
from hearback.aws.feedback import Feedback
from hearback.fact import INVITATION, decode_ulid_time, kind_and_id
from hearback.foreign import FOREIGN
from ops import failure_message
from ops.failure_message import Event, Positions
from ops.message_queue import Message, MessageQueue
from ops.redriving import NOT_KNOWN, Done, facts_in_words
from ops.scanning import Wire, scan
from ops.uncounted import Records

CLOCKS_APART = timedelta(minutes=5)
"""How far the time on a fact and that of its stream record may be apart."""


@dataclass(frozen=True, slots=True)
class Unqueued:
    """Stream records whose ids did not reach the settle queue."""

    feedback: Table
    queue: MessageQueue
    settle: MessageQueue
    records: Records

    def apply(self, message: Message) -> Done:
        """Queue one failure's ids. Raises Trimmed."""
        match failure_message.read(message.content):
            case Parked() as parked:
                return self._parked(parked)
            case Positions() as positions:
                return self._batch(self.records(positions))
        return NOT_KNOWN

    def recover(self, trimmed: Sequence[Positions]) -> Done:
        """Queue the facts that say they changed while those records were made.

        A response says when it was given and when each version ended, an invitation when it was made. The
        rows of an import say when their answers were given, which was another time, so they are not found.
        """
        spans = [(each.arrived_first - CLOCKS_APART, each.arrived_last + CLOCKS_APART) for each in trimmed]

        def changed_then(page: Sequence[Wire]) -> list[Wire]:
            return [
                fact
                for fact in page
                if any(first <= moment <= last for moment in _moments(fact) for first, last in spans)
            ]

        found = [fact for step in scan(self.feedback, changed_then) for fact in step.made]
        asked = list(_asked(found))
        self.settle.put(asked)
        return Done(True, f"older than the stream: {len(asked):,} facts of that time are in the settle queue")

    def _parked(self, parked: Parked) -> Done:
        try:
            item = self.feedback.get({"pk": parked.pk, "sk": parked.sk})
            if item is None:
                return Done(True, "its fact is gone, nothing follows")
            asked = message_for(_record(to_wire(item)))
        except ValueError as problem:
            return Done(False, str(problem))
        self.settle.put([body(asked)] if asked else [])
        return Done(True, "it is in the settle queue" if asked else "nothing follows it")

    def _batch(self, records: Sequence[Mapping[str, Any]]) -> Done:
        asked: dict[str, None] = {}
        parked: list[str] = []
        for record in records:
            try:
                message = message_for(record)
            except ValueError as problem:
                change = record["dynamodb"]
                key = from_wire(change["Keys"])
                parked.append(json.dumps(asdict(Parked(key["pk"], key["sk"], change["SequenceNumber"], str(problem)))))
                continue
            if message:
                asked[body(message)] = None
        self.settle.put(list(asked))
        self.queue.put(parked)
        return Done(True, facts_in_words(len(asked), "in the settle queue", len(parked)))


def _record(fact: Wire) -> dict[str, Any]:
    """The stream record of a fact's creation."""
    return {"eventName": "INSERT", "dynamodb": {"NewImage": fact}}


def _asked(facts: Iterable[Wire]) -> Iterator[str]:
    """The settle queue's messages for some facts; none for foreign ones, which reconciling shows."""
    for fact in facts:
        with suppress(ValueError):
            if message := message_for(_record(fact)):
                yield body(message)


def _moments(fact: Wire) -> list[datetime]:
    """When a fact says that it changed; nothing of a foreign one."""
    try:
        item = from_wire(fact)
        kind, fact_id = kind_and_id(item["pk"], item["sk"])
        if kind == INVITATION:
            return [datetime.fromtimestamp(decode_ulid_time(fact_id.ulid) / 1000, UTC)]
        said = [item["answered_at"], *(version["until"] for version in item.get("history", ()))]
        return [datetime.fromisoformat(moment).astimezone(UTC) for moment in said]
    except FOREIGN:
        return []


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Messages that the settle queue's worker failed on, five times each."""

    settle: MessageQueue

    def apply(self, message: Message) -> Done:
        """Give it back to the worker. What has happened already stands under its claim."""
        self.settle.put([message.body])
        return Done(True, "it is in the settle queue again")


@dataclass(frozen=True, slots=True)
class MailNews:
    """Events about mails that were not taken in.

    They are taken in here, by the function's own code: invoking the function would not tell how it ended, and
    events of AWS cannot be put on the bus by others.
    """

    claims: Claims
    feedback: Feedback
    directory: Directory
    now: datetime

    def apply(self, message: Message) -> Done:
        failure = failure_message.read(message.content)
        if not isinstance(failure, Event):
            return NOT_KNOWN
        try:
            took = take_in(failure.content, self.claims, self.feedback, self.directory, self.now)
        except FOREIGN as error:
            return Done(False, f"not an event of SES as this software knows them: {type(error).__name__} {error}")
        if took is None:
            return Done(True, "its mail is not ours")
        suppressed = f", its contact is suppressed: {took.suppressed}" if took.suppressed else ""
        return Done(True, f"{took.kind} of {took.effect}{suppressed}")


def missed_tick(_: Message) -> Done:
    """A tick needs no repeating."""
    return Done(True, "the next tick catches up")
