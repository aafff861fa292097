"""What begins work by itself: streams, queues, schedules, and events that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.activity import Activity
from local.async_events import AsyncEvents
from local.clock import SimulatedClock
from local.engine import Engine
from local.failure_messages import FailureQueues
from local.faults import Faults
from local.functions import Function
from local.idleness import Idle, Idleness
from local.kept_state import KeptState
from local.queues import QueueMapping
from local.schedules import Scheduler
from local.stream_reader import StreamReader
from local.streams import StreamMapping
from local.wiring import Wiring


class EventSources:
    """Those of one stack, from `start` to `stop`; `kept` is what an earlier stack had not finished."""

    def __init__(
        self,
        wiring: Wiring,
        engine: Engine,
        functions: Mapping[str, Function],
        clock: SimulatedClock,
        faults: Faults,
        activity: Activity,
        printed: Callable[[str], None],
        kept: KeptState,
    ) -> None:
        self._clock, self._kept = clock, kept
        failures = FailureQueues(engine, wiring.urls_by_arn)
        self._events = AsyncEvents(functions, wiring.async_settings(), failures, clock, activity, printed)
        self.scheduler = Scheduler(wiring.schedules(), clock, self.put)
        self._streams = [
            StreamMapping(
                settings,
                StreamReader(engine.client("dynamodbstreams"), settings.stream_arn),
                functions[wiring.function_behind(name)],
                failures,
                faults,
                activity,
                printed,
                kept.undelivered.get(name, []),
            )
            for name, settings in wiring.stream_mappings().items()
        ]
        self.queues = [
            QueueMapping(
                settings,
                engine.client("sqs"),
                functions[wiring.function_behind(name)],
                clock,
                faults,
                activity,
                printed,
                kept.held.get(name, []),
            )
            for name, settings in wiring.queue_mappings().items()
        ]
        self._idleness = Idleness(activity, self._events, self.scheduler, self._streams, self.queues)

    def start(self) -> None:
        for stream in self._streams:
            stream.start()
        for queue in self.queues:
            queue.start()
        self.scheduler.start()
        for function, event in self._kept.events:
            self.put(function, event)

    def put(self, function: str, event: Any) -> None:
        """Have a function, by its logical id, take an event as soon as it can; see async_events.py."""
        self._events.put(function, event)

    def wait(self, timeout: float) -> Idle:
        """Wait until nothing is left to do, at most `timeout` seconds; `idle` says which it was."""
        return self._idleness.wait(timeout)

    def stop(self, patience: float) -> KeptState:
        """Finish what is under way, for at most `patience` seconds; the rest is to be kept."""
        self.scheduler.stop()
        self.wait(patience)
        for stream in self._streams:
            stream.stop()
        held = {queue.settings.name: queue.stop() for queue in self.queues}
        events = list(self._events.stop())
        # Nothing runs any more, so nothing is written to a stream after it has been read for the last time.
        undelivered = {stream.settings.name: stream.undelivered() for stream in self._streams}
        return KeptState(clock=self._clock.to_json(), held=held, undelivered=undelivered, events=events)
