"""Somebody's web site that has the widget: pages with styles and policies of their own, on an origin of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class HostSite:
    """`pages` by path; `headers` go with every page."""

    origin: str
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def put(self, widget: str, attributes: str, *, head: str = "", body: str = "", survey: str = "shop") -> str:
        """Put up the page at /, with the widget of the stack at address `widget`; returns the page's address."""
        self.pages["/"] = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>A shop</title>{head}</head>'
            f'<body><h1>A shop</h1><input aria-label="Search">{body}'
            f'<script async src="{widget}/widget.js" data-survey="{survey}" {attributes}></script></body></html>'
        )
        return self.origin + "/"


@contextmanager
def serving() -> Iterator[HostSite]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            self.send_response(200 if page else 404)
            self._send(site.headers, (page or "").encode())

        def _send(self, headers: Mapping[str, str], body: bytes) -> None:
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep requests out of the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = HostSite(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()
