"""Event source mappings of table streams: one thread each, batches in order."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError

from local.activity import Activity
from local.clock import real_time
from local.event_patterns import check_pattern, matches
from local.failure_messages import FailureQueues, stream_failure
from local.faults import Faults
from local.function_process import FunctionError
from local.functions import Function
from local.stream_batches import Record, RetrySettings, deliver
from local.stream_reader import StreamReader

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds between attempts


@dataclass(frozen=True)
class StreamMappingSettings:
    """What the template says of one stream mapping."""

    name: str
    stream_arn: str
    batch_size: int
    window: float  # seconds to wait for a fuller batch
    filters: Sequence[Mapping[str, Any]]
    retry: RetrySettings
    on_failure: str | None  # the destination queue's ARN

    @classmethod
    def from_template(cls, name: str, properties: Mapping[str, Any]) -> StreamMappingSettings:
        """Read the properties of an AWS::Lambda::EventSourceMapping. Raises TemplateError for unknown filters."""
        filters = [json.loads(each["Pattern"]) for each in properties.get("FilterCriteria", {}).get("Filters", [])]
        for each in filters:
            check_pattern(each, f"{name}.FilterCriteria")
        return cls(
            name=name,
            stream_arn=properties["EventSourceArn"],
            batch_size=int(properties.get("BatchSize", 100)),
            window=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
            filters=filters,
            retry=RetrySettings(
                reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
                bisects=bool(properties.get("BisectBatchOnFunctionError", False)),
                attempts=_limit(properties.get("MaximumRetryAttempts")),
                record_age=_limit(properties.get("MaximumRecordAgeInSeconds")),
            ),
            on_failure=properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        )


class StreamMapping:
    """Reads a stream and hands its records to a function until stopped.

    `undelivered` are records a previous run had read or left unread; they come first. Record ages and retries
    run on real time: moving the simulated clock must not make records expire unseen.
    """

    def __init__(
        self,
        settings: StreamMappingSettings,
        reader: StreamReader,
        function: Function,
        failures: FailureQueues,
        faults: Faults,
        activity: Activity,
        printed: Callable[[str], None],
        undelivered: Sequence[Record] = (),
    ) -> None:
        self.settings = settings
        self.function = function
        self._reader = reader
        self._failures = failures
        self._faults = faults
        self._activity = activity
        self._printed = printed
        self._waiting: deque[Record] = deque(record for record in undelivered if self._passes(record))
        self._window_ends = 0.0
        self._hurried = threading.Event()
        self._stopped = threading.Event()
        self._found_empty = float("-inf")
        self._thread = threading.Thread(target=self._run, name=settings.name, daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopped.set()
        self._hurried.set()
        self._thread.join()

    def undelivered(self) -> list[Record]:
        """What a stopped mapping has not delivered, to be given to the next start: the engine will forget it."""
        unread: list[Record] = []
        while records := self._reader.read():
            unread.extend(records)
        return [*self._waiting, *unread]

    def nothing_since(self, moment: float) -> bool:
        """Whether a look that began after `moment` (monotonic seconds) found nothing left to deliver."""
        return self._found_empty > moment

    def hurry(self) -> None:
        """Look at once, and deliver what is waiting instead of letting the batching window end."""
        self._hurried.set()

    # --- what a batch needs (see stream_batches.Delivery) -------------------------------------------

    def invoke(self, records: Sequence[Record]) -> Any:
        """Hand one batch to the function. Raises FunctionError, also when a fault says so afterwards."""
        event = {"Records": list(records)}
        source = f"{self.settings.name}: batch of {len(records)}"
        answer = self.function.invoke(event, source)
        if self._faults.duplicate_records:
            answer = self.function.invoke(event, f"{source} again")
        if self._faults.fails_this_batch():
            raise FunctionError({"errorType": "Fault", "errorMessage": "fail_every: reported after it ran"})
        return answer

    def give_up(self, records: Sequence[Record], condition: str, invoked: int) -> None:
        """Tell the failure queue which records were dropped."""
        self._printed(f"{self.settings.name} gave up a batch of {len(records)}: {condition}")
        message = stream_failure(
            self.function.settings.arn,
            self.settings.stream_arn,
            self._reader.shard_id,
            records,
            condition,
            invoked,
            real_time(),
        )
        self._failures.send(self.settings.on_failure, message)

    def pause(self, attempt: int) -> bool:
        """Wait longer with every attempt. False if the stack stops meanwhile."""
        return not self._stopped.wait(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(attempt - 1, 10)))

    # --- the thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._step()
            except BotoCoreError as error:  # the engine does not answer: it may be ending before us
                self._printed(f"{self.settings.name}: {error}")
                self._stopped.wait(1.0)

    def _step(self) -> None:
        looked = time.monotonic()
        fresh = [] if len(self._waiting) >= self.settings.batch_size else self._read()
        if fresh and not self._waiting:
            self._window_ends = looked + self.settings.window
        self._waiting.extend(fresh)
        if self._batch_is_ready():
            self._deliver_batch()
        elif not fresh:
            if not self._waiting:
                self._found_empty = looked
                self._hurried.clear()
            self._hurried.wait(self._activity.poll_seconds)

    def _read(self) -> list[Record]:
        """The next records that pass a filter; others are skipped over, as Lambda does before a batch is made."""
        while records := self._reader.read():
            if passing := [record for record in records if self._passes(record)]:
                return passing
        return []

    def _passes(self, record: Record) -> bool:
        return not self.settings.filters or any(matches(each, record) for each in self.settings.filters)

    def _batch_is_ready(self) -> bool:
        if not self._waiting:
            return False
        full = len(self._waiting) >= self.settings.batch_size
        return full or self._hurried.is_set() or time.monotonic() >= self._window_ends

    def _deliver_batch(self) -> None:
        size = min(self.settings.batch_size, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(size)]
        left: Sequence[Record] = batch
        try:
            with self._activity.working():
                left = deliver(batch, self.settings.retry, self, _age)
        finally:
            self._waiting.extendleft(reversed(left))


def _age(record: Record) -> float:
    return real_time().timestamp() - float(record["dynamodb"]["ApproximateCreationDateTime"])


def _limit(value: Any) -> int | None:
    """The template's number; -1 and nothing mean no limit."""
    return None if value is None or int(value) == -1 else int(value)
