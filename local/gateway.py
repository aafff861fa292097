"""The HTTP API: matches a request to a route, invokes its function, answers as API Gateway would."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from werkzeug.wrappers import Request, Response

from local.clock import SimulatedClock
from local.function_process import FunctionError
from local.functions import Function, NoFreeProcess
from local.payload import BadAnswer, event_of, raw_path, response_of
from local.routes import Routes

_LARGEST_BODY = 10 * 1024 * 1024
_LONGEST_WAIT = 30.0  # seconds: the integration timeout of an HTTP API


class Gateway:
    """Answers public requests."""

    def __init__(
        self,
        routes: Routes,
        functions: Mapping[str, Function],
        clock: SimulatedClock,
        printed: Callable[[str], None],
    ) -> None:
        self._routes = routes
        self._functions = functions
        self._clock = clock
        self._printed = printed

    def answer(self, request: Request) -> Response:
        """The response to any request outside the stack's own pages."""
        matched = self._routes.match(request.method, raw_path(request))
        if matched is None:
            return _message(404, "Not Found")
        route, path_parameters = matched
        if route.iam and not request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return _message(403, "Forbidden")
        if (request.content_length or 0) > _LARGEST_BODY:
            return _message(413, "Request Entity Too Large")
        event = event_of(request, request.get_data(), route, path_parameters, self._clock.now())
        try:
            answer = self._functions[route.function].invoke(event, route.key, wait=_LONGEST_WAIT)
            response = response_of(answer)
        except NoFreeProcess:
            response = _message(503, "Service Unavailable")
        except (FunctionError, BadAnswer) as error:
            self._printed(f"{route.key}: {error}")
            response = _message(500, "Internal Server Error")
        self._printed(f"{response.status_code} {route.key}")  # the route, never the path: paths hold tokens
        return response


def _message(status: int, message: str) -> Response:
    return Response(json.dumps({"message": message}), status=status, content_type="application/json")
