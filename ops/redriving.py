"""Going through a failure queue: each message is applied, and deleted only then.

Whatever is applied may be applied twice: counting again is what ledgers are for, and what follows an answer
stands under its claim.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aggregate.stream import Parked
from followup import settle_queue
from ops import failure_message
from ops.fact_name import fact_name
from ops.failure_message import Event, Positions
from ops.message_queue import Message, MessageQueue, MessagesNotTaken
from ops.stream_records import Trimmed


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a failure."""

    applied: bool
    how: str
    """What was done, or why nothing was."""


def facts_in_words(count: int, done: str, parked: int) -> str:
    """What became of several facts at once: so many are `done`, so many could not be."""
    words = f"{count:,} fact{'s are' if count != 1 else ' is'} {done}"
    if parked:
        words += f", {parked:,} cannot be and {'are parked each' if parked != 1 else 'is parked'} by itself"
    return words


NOT_KNOWN = Done(False, "this software does not know such a message")


@dataclass(frozen=True, slots=True)
class Redriven:
    what: str
    done: Done


Apply = Callable[[Message], Done]
"""Applies one failure. Raises Trimmed if its records are gone from the stream."""
Recover = Callable[[Sequence[Positions]], Done]
"""Does from the facts what records that are gone would have asked for."""


def redrive(
    queue: MessageQueue, apply: Apply, recover: Recover | None = None, progressed: Callable[[int], None] | None = None
) -> list[Redriven]:
    """Apply what a queue holds."""
    redriven: list[Redriven] = []

    def end(message: Message, done: Done) -> None:
        if done.applied:
            queue.delete(message)
        redriven.append(Redriven(describe(message), done))
        if progressed:
            progressed(1)

    trimmed: list[tuple[Message, Positions]] = []
    try:
        for message in queue.messages():
            try:
                done = apply(message)
            except Trimmed as gone:
                trimmed.append((message, gone.positions))
            except MessagesNotTaken as refusal:
                end(message, Done(False, f"SQS did not take everything: {refusal}"))
            else:
                end(message, done)
        if trimmed and recover:
            done = recover([positions for _, positions in trimmed])
            for message, _ in trimmed:
                end(message, done)
    finally:
        queue.give_back()
    return redriven


def look(queue: MessageQueue) -> list[str]:
    """What a queue holds; nothing is applied."""
    try:
        return [describe(message) + _reason(message) for message in queue.messages()]
    finally:
        queue.give_back()


def describe(message: Message) -> str:
    """A failure in one line, without anything personal."""
    match failure_message.read(message.content):
        case Parked() as parked:
            return fact_name(parked.pk, parked.sk)
        case Positions() as positions:
            return f"{positions.records} stream records of {positions.arrived_first:%Y-%m-%d %H:%M} UTC"
        case Event(content):
            kind = content.get("detail-type") or content.get("source") or "event"
            return f"{kind} {content.get('id', '')}".strip()
    return settle_queue.named(message.content) or f"message {message.id}"


def _reason(message: Message) -> str:
    failure = failure_message.read(message.content)
    return f": {failure.reason}" if isinstance(failure, Parked) else ""
