"""The one HTTP server of the stack: the API, its own pages, the mail endpoint."""

from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Answer = Callable[[Request], Response]
HTTP_PORT = 80
"""Which a browser leaves out of a Host header."""
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")


class PortTaken(Exception):
    """Somebody else listens on the port."""


class LocalServer:
    """Binds its port at once, so that the address is known; answers when `serve` is called.

    It answers only who asks for this machine by its own names, or by one of `hosts`. Another site can have its own
    name lead here, and a browser would then take what it asks for that site's own pages (DNS rebinding).
    """

    def __init__(self, port: int, printed: Callable[[str], None], hosts: Collection[str] = ()) -> None:
        """Raises PortTaken."""
        self._printed = printed
        self._answer: Answer | None = None
        with socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                another = f"--port {port + 1}, or with make PORT={port + 1}"
                raise PortTaken(f"Port {port} is taken. Stop what uses it, or give another: {another}.") from None
            listening.listen(128)
            self.port: int = listening.getsockname()[1]
            self._server = make_server(
                "127.0.0.1",
                self.port,
                self._application,
                threaded=True,
                request_handler=_QuietHandler,
                fd=listening.fileno(),
            )
        own = {name if self.port == HTTP_PORT else f"{name}:{self.port}" for name in OWN_NAMES}
        self._hosts = own | {host.lower() for host in hosts}
        self._thread = threading.Thread(target=self._server.serve_forever, name="http", daemon=True)

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, answer: Answer) -> None:
        """Begin to answer requests with `answer`."""
        self._answer = answer
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        if self._answer is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _application(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.host.lower() not in self._hosts:
            refusal = f"This stack answers at {self.url}. Other names it is to be asked for by: --host."
            return Response(f"{refusal}\n", status=421)(environ, start_response)
        try:
            response = self._answer(request) if self._answer else Response(status=503)
        except Exception:
            trace = traceback.format_exc()
            self._printed(f"the local stack failed on {request.method} {request.path}:\n{trace}")
            response = Response(trace, status=500)
        return response(environ, start_response)


class _QuietHandler(WSGIRequestHandler):
    """Leaves it to the gateway to say what was asked: it knows the route."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass
