"""The local stack: everything the template declares, running on this machine.

with Stack(data=folder) as stack:
    stack.client("dynamodb").put_item(TableName=stack.outputs["FeedbackTable"], Item=...)
    stack.wait_until_idle()
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from local.activity import Activity
from local.aws_calls import Watch
from local.clock import SimulatedClock
from local.engine import REGION, EngineError, start_engine
from local.event_endpoint import EventEndpoint
from local.event_rules import EventBuses
from local.event_sources import EventSources
from local.faults import Faults
from local.functions import Function
from local.gateway import Gateway
from local.idleness import Idle
from local.kept_state import DataFolder, KeptState
from local.mail_endpoint import MailEndpoint
from local.outbox import Mail, Outbox
from local.provisioning import Provisioned
from local.queue_counts import QueueCounts, count_queues
from local.routes import Route
from local.schedules import Schedule
from local.server import LocalServer
from local.site import EVENT_ENDPOINT, MAIL_ENDPOINT, PREFIX, Site
from local.template import read_template
from local.wiring import Wiring

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
_DRAIN_SECONDS = 10.0
_BETWEEN_SWEEPS = timedelta(hours=1)  # expiry is counted in days, and a sweep reads whole tables


class NotIdle(Exception):
    """The stack was still busy when the time was up."""


class Stack:
    """A running stack, from entering the context to leaving it.

    data: folder for tables, mails and whatever is unfinished; a later stack on it goes on from there.
    port: where HTTP is answered; 0 picks a free one.
    hosts: names, with their ports, under which HTTP is asked for besides this machine's own: a tunnel's, for example.
    parameters: those of the template's parameters that are not to have their defaults.
    template: the SAM template; code is found beside it, as it says.
    fresh: begin with nothing.
    printed: receives lines of progress, of the functions' output and of trouble.
    watch: sees every call of a function to AWS, and may say what goes wrong with it; see aws_calls.py.
    mail_events: takes what SES has to tell of each mail, to `put_event` it late, twice or never. Without it, all of it
        goes to the default bus at once.
    """

    def __init__(
        self,
        data: Path,
        port: int = 0,
        parameters: Mapping[str, str] | None = None,
        template: Path = TEMPLATE,
        fresh: bool = False,
        printed: Callable[[str], None] = print,
        watch: Watch | None = None,
        mail_events: Callable[[Mapping[str, Any]], None] | None = None,
        hosts: Collection[str] = (),
    ) -> None:
        self._data, self._port, self._fresh = data, port, fresh
        self._hosts = hosts
        self._parameters, self._template = parameters or {}, template
        self._printed = printed
        self._watch = watch
        self._mail_events = mail_events
        self._open = ExitStack()
        self._stopping = False
        self.clock = SimulatedClock()
        self.fault_switches = Faults()
        self._activity = Activity()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._open:
            self._stop()

    # --- what one can ask of it ----------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where HTTP is answered: the API's endpoint."""
        return self._server.url

    @property
    def endpoint(self) -> str:
        """Where the engine answers AWS's own protocols, for an SDK or the AWS command line."""
        return self._engine.endpoint

    @property
    def schedules(self) -> Sequence[Schedule]:
        """The template's schedules."""
        return self._sources.scheduler.schedules

    @property
    def routes(self) -> Sequence[Route]:
        """The API's routes, best match first."""
        return self._routes.in_order

    @property
    def outputs(self) -> dict[str, str]:
        """The template's outputs."""
        return self._outputs

    def resources(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The resolved properties of the template's resources of one type, by logical id."""
        return self._provisioned.of_type(resource_type)

    def client(self, service: str) -> Any:
        """A boto3 client of the engine."""
        return self._engine.client(service)

    def now(self) -> datetime:
        """The simulated time."""
        return self.clock.now()

    def set_time(self, time: datetime) -> datetime:
        """Move the clock to `time`. Raises ClockError where clock.py says so."""
        now = self.clock.set_to(time)
        self._after_the_clock_moved()
        return now

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward: what was held until then comes due, schedules fire, items expire."""
        now = self.clock.advance(by)
        self._after_the_clock_moved()
        return now

    def invoke(self, logical_id: str, event: Any) -> Any:
        """One function's answer to `event`. Raises KeyError for an unknown function, FunctionError if it fails."""
        return self.functions[logical_id].invoke(event, "invoked by hand")

    def put_event(self, event: Mapping[str, Any]) -> None:
        """Put an event of AWS's own on the default bus, as it is."""
        self._buses.put(event)

    def faults(self, **wanted: Any) -> None:
        """Switch faults on and off; see faults.py."""
        self.fault_switches.set(wanted)

    def mails(self, to: str | None = None, since: datetime | None = None) -> Sequence[Mail]:
        """The outbox, oldest first."""
        return self.outbox.mails(to, since)

    def events(self, bus: str | None = None) -> Sequence[Mapping[str, Any]]:
        """What functions put on event buses, oldest first: bus, at, source, detail-type, detail.

        `bus` is the name of one of them, as outputs and function environments have it.
        """
        return [event for event in self._event_endpoint.events if bus in (None, event["bus"])]

    def queues(self) -> list[QueueCounts]:
        """What lies in every queue."""
        return count_queues(
            self.client("sqs"), self._wiring.queue_urls, self._wiring.failure_queues(), self._sources.queues
        )

    def wait_until_idle(self, timeout: float = 120.0) -> Idle:
        """Wait until streams are drained, nothing runs and nothing is due. Raises NotIdle after `timeout` seconds."""
        answer = self.look_whether_idle(timeout)
        if not answer.idle:
            raise NotIdle(f"still busy after {timeout:g} s")
        return answer

    def look_whether_idle(self, timeout: float) -> Idle:
        """Like wait_until_idle, but answers `idle=False` when the time is up."""
        return self._sources.wait(timeout)

    def check_engine(self) -> None:
        """Raises EngineError if the engine has ended by itself: nothing works any more then."""
        if self._engine.ended:
            raise EngineError(f"The AWS emulator ended. Its log is {self._folder.path / 'engine.log'}.")

    # --- starting and stopping -----------------------------------------------------------------------

    def _start(self) -> None:
        folder = DataFolder(self._data, self._fresh)
        self._open.callback(folder.close)
        self._folder = folder
        if folder.was_killed:
            self._printed(
                "The last stack on this data was killed. Tables are as they were, but what was on its way through "
                "streams and queues may be lost: run `hearback reconcile`, or start with --fresh."
            )
        kept = folder.kept()
        self.clock.restore(kept.clock)
        self._server = LocalServer(self._port, self._printed, self._hosts)
        self._open.callback(self._server.close)
        template = read_template(self._template, REGION)
        self._engine = start_engine(folder.path)
        self._open.callback(self._engine.stop)
        self._provisioned = Provisioned(template, self._engine, self._server.url, self._parameters)
        self._outputs = self._provisioned.outputs()
        self._wiring = Wiring(self._provisioned)
        self._expiring = self._wiring.expiring_tables()
        self._swept_at = self.clock.now()
        self._connect(kept)
        folder.begin()
        self._server.serve(self._answer)
        self._sources.start()

    def _connect(self, kept: KeptState) -> None:
        wiring, engine = self._wiring, self._engine
        self.functions = {
            logical_id: Function(
                logical_id,
                settings,
                wiring.concurrency(logical_id),
                self.clock,
                self._activity,
                self._printed,
                self._watch,
            )
            for logical_id, settings in wiring.functions(
                engine, self._server.url + MAIL_ENDPOINT, self._server.url + EVENT_ENDPOINT
            ).items()
        }
        for function in self.functions.values():
            self._open.callback(function.stop)
        self._sources = EventSources(
            wiring,
            engine,
            self.functions,
            self.clock,
            self.fault_switches,
            self._activity,
            self._printed,
            kept,
        )
        self._buses = EventBuses(wiring.rules(), self._sources.put)
        self._event_endpoint = EventEndpoint(
            self._folder.path / "events.jsonl", wiring.buses(), self._buses, self.clock
        )
        self.outbox = Outbox(self._folder.path / "outbox")
        self._mail = MailEndpoint(
            self.outbox,
            self.clock,
            self._mail_events or self.put_event,
            self.fault_switches,
            wiring.published_mail_events(),
            self._printed,
        )
        self._open.callback(self._mail.stop)
        self._routes = wiring.routes()
        self._gateway = Gateway(self._routes, self.functions, self.clock, self._printed)
        self._site = Site(self, self._mail, self._event_endpoint)

    def _stop(self) -> None:
        """Finish what is under way, then keep the rest."""
        if self._engine.ended:
            return  # there is nothing left to ask what could be kept
        self._stopping = True
        self._folder.end(self._sources.stop(_DRAIN_SECONDS))

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(PREFIX):
            return self._site.answer(request)
        if self._stopping:
            return Response("The local stack is stopping.", status=503)
        if (request.method, request.path) == ("GET", "/") and not self._routes.match("GET", "/"):
            return redirect(f"{PREFIX}/")  # what somebody opens who knows the port alone
        return self._gateway.answer(request)

    def _after_the_clock_moved(self) -> None:
        self._sources.scheduler.fire_due()
        now = self.clock.now()
        if abs(now - self._swept_at) < _BETWEEN_SWEEPS:
            return
        self._swept_at = now
        for table in self._expiring:
            table.sweep(self.client("dynamodb"), now)
