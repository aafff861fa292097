"""Everything below /_local/: the control API, the pages for people, the mail endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from local.control import Control
from local.event_endpoint import EventEndpoint
from local.example import ExampleSite
from local.mail_endpoint import MailEndpoint
from local.pages import Pages

if TYPE_CHECKING:
    from local.stack import Stack

PREFIX = "/_local"
MAIL_ENDPOINT = f"{PREFIX}/ses"
EVENT_ENDPOINT = f"{PREFIX}/eventbridge"


class Site:
    """Answers requests below the prefix."""

    def __init__(self, stack: Stack, mail: MailEndpoint, events: EventEndpoint) -> None:
        self._mail, self._events = mail, events
        control, pages = Control(stack), Pages(stack)
        example = ExampleSite(stack, pages.templates)
        routes: list[tuple[str, str, Callable[..., Response]]] = [
            ("GET", "/", pages.status),
            ("GET", "/style.css", pages.style),
            ("GET", "/outbox", pages.outbox),
            ("GET", "/outbox/<message_id>", pages.mail),
            ("GET", "/outbox/<message_id>/html", pages.mail_html),
            ("POST", "/advance", pages.advance),
            ("GET", "/example", example.page),
            ("GET", "/stack", control.stack),
            ("GET", "/outbox.json", control.outbox),
            ("GET", "/events.json", control.events),
            ("GET", "/clock", control.clock),
            ("POST", "/clock", control.move_clock),
            ("GET", "/idle", control.idle),
            ("POST", "/invoke/<logical_id>", control.invoke),
            ("GET", "/faults", control.faults),
            ("POST", "/faults", control.set_faults),
        ]
        self._routes = Map([Rule(PREFIX + path, methods=[method], endpoint=answer) for method, path, answer in routes])

    def answer(self, request: Request) -> Response:
        """The response to a request below the prefix."""
        if request.path.startswith(MAIL_ENDPOINT):
            return self._mail.answer(request, request.path.removeprefix(MAIL_ENDPOINT))
        if request.path.startswith(EVENT_ENDPOINT):
            return self._events.answer(request)
        origin = request.headers.get("Origin")
        if origin not in (None, request.host_url.rstrip("/")):
            return Response("Only the stack's own pages may ask this.\n", status=403)
        try:
            answer, arguments = self._routes.bind_to_environ(request.environ).match()
            response: Response = answer(request, **_as_keywords(arguments))
        except HTTPException as error:
            return Response(f"{error.description}\n", status=error.code)
        return response


def _as_keywords(arguments: Any) -> dict[str, str]:
    return dict(arguments)
