"""An HTTP request as API Gateway hands it over (payload 2.0), read with bounds."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from collect.problems import Problem

MAXIMUM_BODY = 32 * 1024
"""Bytes a body may have, after base64."""
MAXIMUM_FORM = 128 * 1024
"""Bytes of a form. It sends nine for a Devanagari letter, and what is too long shall come back to its writer to be
shortened: this is nearly three times the longest comment, in any script."""
MOST_FIELDS = 50
"""Fields a query or a form may have."""
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_WEIGHTED = re.compile(r"\s*([A-Za-z0-9*-]+)\s*(?:;\s*[qQ]=([01](?:\.\d{0,3})?)\s*)?")
"""A language and how much it is wanted (RFC 9110, 12.4.2)."""


@dataclass(frozen=True, slots=True)
class Request:
    event: Mapping[str, Any]
    now: datetime

    @property
    def route(self) -> str:
        """The route as template.yaml declares it, for example `GET /s/{survey}`."""
        return str(self.event["routeKey"])

    @property
    def id(self) -> str:
        return str(self.event["requestContext"]["requestId"])

    @property
    def path(self) -> str:
        return str(self.event["rawPath"])

    @property
    def address(self) -> str:
        """The client's, as API Gateway saw it: no header can forge it."""
        return str(self.event["requestContext"]["http"]["sourceIp"])

    @property
    def only_head(self) -> bool:
        return self.route.startswith("HEAD ")

    @property
    def base_url(self) -> str:
        """Where this very stack is reached: the API's own address cannot stand in the function's environment."""
        scheme = "http" if self.header("x-forwarded-proto") == "http" else "https"  # http only on one's own machine
        return f"{scheme}://{self.event['requestContext']['domainName']}"

    @property
    def prefetched(self) -> bool:
        """Whether a browser asks ahead of time, for a page that nobody may ever look at."""
        return "prefetch" in self.header("sec-purpose") + self.header("purpose") + self.header("x-moz")

    def parameter(self, name: str) -> str:
        """A variable part of the path."""
        return str(self.event["pathParameters"][name])

    def header(self, name: str) -> str:
        """A header by its lower-case name, which is how API Gateway sends them; "" if it is absent."""
        return str(self.event["headers"].get(name, ""))

    def language(self) -> str:
        """The tag of the language chosen by ?lang=, or none."""
        chosen = re.search(r"(?:^|&)lang=([A-Za-z-]{2,12})(?:&|$)", str(self.event.get("rawQueryString", "")))
        return chosen[1] if chosen else ""

    def languages(self) -> list[str]:
        """The tags of Accept-Language, most wanted first (RFC 9110, 12.5.4)."""
        given = (_WEIGHTED.fullmatch(part) for part in self.header("accept-language").split(",")[:10])
        weights = {found[1]: float(found[2] or 1) for found in given if found}
        return sorted(filter(weights.get, weights), key=weights.__getitem__, reverse=True)

    def query(self) -> dict[str, str]:
        """The query's fields, the last of each name. Raises Problem."""
        return _fields(str(self.event.get("rawQueryString", "")))

    def body(self, most: int = MAXIMUM_BODY) -> bytes:
        """Raises Problem if it is too large."""
        text = str(self.event.get("body") or "")
        if len(text) > most * 4 // 3 + 4:  # nothing is decoded that is too large in either form
            raise _too_large(most)
        if self.event.get("isBase64Encoded"):
            try:
                raw = base64.b64decode(text)
            except binascii.Error:
                raise Problem("malformed", "The body is not the base64 that its sender says it is.") from None
        else:
            raw = text.encode(errors="replace")
        if len(raw) > most:
            raise _too_large(most)
        return raw

    def json(self) -> bytes:
        """The body, which claims to be JSON. Raises Problem."""
        self._expect(JSON)
        return self.body()

    def beacon(self) -> bytes:
        """JSON as a page sends it while it closes, which browsers call text. Raises Problem."""
        self._expect(JSON, "text/plain")
        return self.body()

    def form(self) -> dict[str, str]:
        """The fields of a form, the last of each name. Raises Problem."""
        self._expect(FORM)
        return _fields(self.body(MAXIMUM_FORM).decode(errors="replace"))

    def _expect(self, *content_types: str) -> None:
        given = self.header("content-type").partition(";")[0].strip().lower()
        if given not in content_types:
            raise Problem("content-type", f"Send the body as {content_types[0]} and say so in Content-Type.")


def _too_large(most: int) -> Problem:
    return Problem("body-too-large", f"A body has at most {most} bytes. Shorten the comment.")


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Problem("malformed", f"There are more than {MOST_FIELDS} fields.") from None
