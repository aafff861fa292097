"""GET /widget.js: the script that sites put on their pages, served as it is written but for comments and indents.

Compressed that is small enough, so no tool stands between what is read here and what runs there.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from collect.reply import Reply
from collect.request import Request

ROUTES = frozenset({"GET /widget.js", "HEAD /widget.js"})
_PARTS = ("device.js", "outbox.js", "choices.js", "frame.js", "card.js", "widget.js")
_KEPT = "public, max-age=3600, stale-while-revalidate=604800"
"""An hour until sites get a new version; for a week more, browsers run the old one while they ask."""


def serve(request: Request) -> Reply:
    headers = {
        "Cache-Control": _KEPT,
        "ETag": etag(),
        "Access-Control-Allow-Origin": "*",  # for sites that load it with `crossorigin`
        "Cross-Origin-Resource-Policy": "cross-origin",  # for sites that embed nothing else (COEP)
    }
    if etag() in re.split(r"\s*,\s*", request.header("if-none-match")):
        return Reply(304, headers=headers)
    return Reply(200, script(), "text/javascript; charset=utf-8", headers)


@cache
def script() -> bytes:
    """All parts as one script, which leaves nothing but `hearback` on the page it runs on."""
    folder = Path(__file__).parent / "widget"
    style = " ".join((folder / "style.css").read_text(encoding="utf-8").split())
    parts = "\n".join(_bare((folder / part).read_text(encoding="utf-8")) for part in _PARTS)
    return f'(() => {{\n"use strict";\nconst STYLE = {json.dumps(style)};\n{parts}\n}})();\n'.encode()


def _bare(source: str) -> str:
    """Without indents and comments. No text in the sources goes over several lines, or holds a lone //."""
    lines = (line.partition(" // ")[0].strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/**", "*")))


@cache
def etag() -> str:
    """Weak, because compressed or not it is the same script (RFC 9110, 8.8.1)."""
    return f'W/"{hashlib.sha256(script()).hexdigest()[:16]}"'
