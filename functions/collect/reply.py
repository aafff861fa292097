"""What collect answers, and how it goes back through API Gateway."""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from collect.problems import Problem
from collect.request import Request

WORTH_COMPRESSING = 1024
"""Bytes below which gzip saves nothing: the answer fits one packet anyway."""

_ALWAYS = {
    "Cache-Control": "no-store",  # tokens, and what people said
    "Referrer-Policy": "no-referrer",  # addresses hold tokens
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    log: Mapping[str, str | int] = field(default_factory=dict)
    """What the log says of it: ids and kinds, nothing personal."""

    @classmethod
    def json(cls, status: int, payload: Mapping[str, object], **log: str | int) -> "Reply":
        return cls(status, _encoded(payload), "application/json", log=log)

    @classmethod
    def problem(cls, problem: Problem) -> "Reply":
        body = _encoded(problem.to_json())
        return cls(problem.status, body, "application/problem+json", problem.headers, {"problem": problem.kind})

    def adding(self, headers: Mapping[str, str]) -> "Reply":
        return replace(self, headers={**self.headers, **headers})

    def for_gateway(self, request: Request) -> dict[str, Any]:
        """The response in payload format 2.0, compressed here because HTTP APIs do not."""
        headers = {**_ALWAYS, **self.headers}
        if self.content_type:
            headers["Content-Type"] = self.content_type
        body, encoded = self.body, False
        if len(body) > WORTH_COMPRESSING:
            headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
            if not request.only_head and _accepts_gzip(request.header("accept-encoding")):
                headers["Content-Encoding"] = "gzip"
                body, encoded = base64.b64encode(gzip.compress(body, 6, mtime=0)), True
        return {
            "statusCode": self.status,
            "headers": headers,
            "body": "" if request.only_head else body.decode(),
            "isBase64Encoded": encoded,
        }


def _encoded(payload: Mapping[str, object]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _accepts_gzip(header: str) -> bool:
    for part in header.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
