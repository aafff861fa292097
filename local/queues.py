"""Event source mappings of queues, and the queue's delay on the simulated clock.

The engine would count a delay in real time. So its queues have none: the mapping takes every message at once,
hides it from everybody else and holds it until simulated time reaches sent time + delay. Moving the clock
forward therefore releases messages.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError

from local.activity import Activity
from local.clock import SimulatedClock
from local.engine import REGION
from local.faults import Faults
from local.function_process import FunctionError
from local.functions import Function

Message = dict[str, Any]  # as Lambda hands it to a function

_HIDDEN_SECONDS = 43_200  # the longest SQS allows; a message held longer comes again under the same id
_AGAIN_SECONDS = 1  # a failed message is visible again after this; AWS would wait for the visibility timeout
_AT_A_TIME = 10  # what one ReceiveMessage may return
_MOST_CONCURRENT = 2  # invocations side by side on a laptop, whatever the template allows


@dataclass(frozen=True)
class QueueMappingSettings:
    """What the template says of one queue mapping and of the delay of its queue."""

    name: str
    queue: str  # logical id
    url: str
    arn: str
    delay: timedelta
    visibility: timedelta
    batch_size: int
    reports_failures: bool
    concurrency: int

    @classmethod
    def from_template(
        cls, name: str, queue: str, url: str, queue_properties: Mapping[str, Any], properties: Mapping[str, Any]
    ) -> QueueMappingSettings:
        """Read the properties of an AWS::Lambda::EventSourceMapping, and those of its queue, called `queue`."""
        most = properties.get("ScalingConfig", {}).get("MaximumConcurrency", _MOST_CONCURRENT)
        return cls(
            name=name,
            queue=queue,
            url=url,
            arn=properties["EventSourceArn"],
            delay=timedelta(seconds=float(queue_properties.get("DelaySeconds", 0))),
            visibility=timedelta(seconds=float(queue_properties.get("VisibilityTimeout", 30))),
            batch_size=int(properties.get("BatchSize", 10)),
            reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
            concurrency=min(int(most), _MOST_CONCURRENT),
        )


class QueueMapping:
    """Takes messages from a queue, holds them until they are due, hands them to a function.

    `held` are messages a previous run still held; in the engine they are hidden, so only this knows of them.
    """

    def __init__(
        self,
        settings: QueueMappingSettings,
        sqs: Any,
        function: Function,
        clock: SimulatedClock,
        faults: Faults,
        activity: Activity,
        printed: Callable[[str], None],
        held: Sequence[Message] = (),
    ) -> None:
        self.settings = settings
        self.function = function
        self._sqs = sqs
        self._clock = clock
        self._faults = faults
        self._activity = activity
        self._printed = printed
        self._held: dict[str, Message] = {}
        self._due: list[tuple[datetime, str]] = []  # a heap over the ids in _held
        self._not_before: dict[str, datetime] = {}  # by id, of failed messages that come again by the clock
        self._changed = threading.Condition()
        self._busy = 0
        self._found_empty = float("-inf")
        self._comes_again = float("-inf")
        self._stopped = threading.Event()
        self._workers = ThreadPoolExecutor(settings.concurrency, settings.name)
        self._thread = threading.Thread(target=self._run, name=settings.name, daemon=True)
        for message in held:
            self._hold(message)

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    def stop(self) -> list[Message]:
        """End after the batches in hand. Returns the messages held, to be given to the next start."""
        self._stopped.set()
        self._thread.join()
        self._workers.shutdown()
        return list(self._held.values())

    @property
    def held(self) -> list[datetime]:
        """When each message that waits becomes due, soonest first (simulated time)."""
        with self._changed:
            return sorted(due for due, message_id in self._due if message_id in self._held)

    def nothing_since(self, moment: float) -> bool:
        """Whether a look that began after `moment` (monotonic seconds) found nothing due and nothing coming again."""
        return self._found_empty > max(moment, self._comes_again)

    def hurry(self) -> None:
        """Look at once."""
        with self._changed:
            self._changed.notify_all()

    # --- the thread that receives --------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopped.is_set():
            looked = time.monotonic()
            try:
                received = self._receive()
            except BotoCoreError as error:  # the engine does not answer: it may be ending before us
                self._printed(f"{self.settings.name}: {error}")
                self._stopped.wait(1.0)
                continue
            with self._changed:
                for message in received:
                    self._hold(message)
                started = self._start_due()
                if not received and not started and not self._busy and not self._any_due():
                    self._found_empty = looked
                if not received:
                    self._changed.wait(self._activity.poll_seconds)

    def _receive(self) -> list[Message]:
        answer = self._sqs.receive_message(
            QueueUrl=self.settings.url,
            MaxNumberOfMessages=_AT_A_TIME,
            VisibilityTimeout=_HIDDEN_SECONDS,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [self._as_lambda_sends_it(message) for message in answer.get("Messages", [])]

    def _as_lambda_sends_it(self, message: Mapping[str, Any]) -> Message:
        attributes = dict(message["Attributes"])
        for name in ("SentTimestamp", "ApproximateFirstReceiveTimestamp"):
            real = datetime.fromtimestamp(int(attributes[name]) / 1000, UTC)
            attributes[name] = str(round(self._clock.simulated(real).timestamp() * 1000))
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": attributes,
            "messageAttributes": {
                name: {
                    "stringValue": each.get("StringValue"),
                    "stringListValues": [],
                    "binaryListValues": [],
                    "dataType": each["DataType"],
                }
                for name, each in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.settings.arn,
            "awsRegion": REGION,
        }

    def _hold(self, message: Message) -> None:
        message_id = message["messageId"]
        if message_id not in self._held:
            sent = datetime.fromtimestamp(int(message["attributes"]["SentTimestamp"]) / 1000, UTC)
            due = self._not_before.pop(message_id, sent + self.settings.delay)
            heapq.heappush(self._due, (due, message_id))
        self._held[message_id] = message

    def _any_due(self) -> bool:
        return bool(self._due) and self._due[0][0] <= self._clock.now()

    def _start_due(self) -> bool:
        started = False
        most = 1 if self._faults.lone_messages else self.settings.batch_size
        while self._any_due() and self._busy < self.settings.concurrency:
            batch: list[Message] = []
            while self._any_due() and len(batch) < most:
                _, message_id = heapq.heappop(self._due)
                batch.append(self._held[message_id])
            self._busy += 1
            self._workers.submit(self._deliver, batch)
            started = True
        return started

    # --- the threads that deliver --------------------------------------------------------------------

    def _deliver(self, batch: list[Message]) -> None:
        try:
            with self._activity.working():
                failed = self._invoke(batch)
                self._finish(batch, failed)
        except Exception as error:  # a worker's exception would otherwise vanish with its future
            self._printed(f"{self.settings.name}: {error!r}")
        finally:
            with self._changed:
                for message in batch:
                    self._held.pop(message["messageId"], None)
                self._busy -= 1
                self._changed.notify_all()

    def _invoke(self, batch: list[Message]) -> set[str]:
        """The ids of the messages that failed."""
        if not self._faults.duplicate_messages:
            return self._attempt(batch)
        with ThreadPoolExecutor(1, f"{self.settings.name}-twin") as beside:
            twin = beside.submit(self._attempt, batch)
            return self._attempt(batch) & twin.result()

    def _attempt(self, batch: list[Message]) -> set[str]:
        everything = {message["messageId"] for message in batch}
        try:
            answer = self.function.invoke({"Records": batch}, f"{self.settings.name}: batch of {len(batch)}")
        except FunctionError:
            return everything
        if not self.settings.reports_failures or not answer:
            return set()
        try:
            failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures") or []}
        except (AttributeError, KeyError, TypeError):
            return everything
        return failed if failed <= everything else everything

    def _finish(self, batch: list[Message], failed: set[str]) -> None:
        if failed:
            self._comes_again = time.monotonic() + _AGAIN_SECONDS
            if self._faults.clocked_retries:
                with self._changed:
                    self._not_before |= dict.fromkeys(failed, self._clock.now() + self.settings.visibility)
        for start in range(0, len(batch), _AT_A_TIME):
            entries = {
                message["messageId"]: {"Id": str(number), "ReceiptHandle": message["receiptHandle"]}
                for number, message in enumerate(batch[start : start + _AT_A_TIME])
            }
            done = [entry for message_id, entry in entries.items() if message_id not in failed]
            again = [
                {**entry, "VisibilityTimeout": _AGAIN_SECONDS}
                for message_id, entry in entries.items()
                if message_id in failed
            ]
            if done:
                self._sqs.delete_message_batch(QueueUrl=self.settings.url, Entries=done)
            if again:
                self._sqs.change_message_visibility_batch(QueueUrl=self.settings.url, Entries=again)
                self._comes_again = time.monotonic() + _AGAIN_SECONDS
