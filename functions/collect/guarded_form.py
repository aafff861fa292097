"""The forms of pages that a link leads to: stamped when they are made, held against stamp and trap when they come.

Whoever opens a mail's links may be a scanner, and scanners send forms too.
"""

from collections.abc import Mapping
from typing import Literal

from collect.page_stamp import PageStamp
from collect.request import Request
from collect.wiring import Wiring
from hearback.judging import READING, TRAP

Mark = Literal["", "snared", "rushed"]
"""What only a machine does to a form: fills in the field that no person sees, or sends it without reading the page."""


def stamp_for(token: str, request: Request, wiring: Wiring, score: int | None = None) -> str:
    """For the page that is made now for the bearer of a token, opened with a score or none."""
    return PageStamp.at(request.now, score).sign(token, wiring.token_keys.at(request.now))


def stamp_read(text: str, request: Request, wiring: Wiring) -> PageStamp | None:
    """The stamp that a page sent back; None if it is none of ours for the request's token."""
    return PageStamp.verify(text, request.parameter("token"), wiring.token_keys.at(request.now))


def mark_of(form: Mapping[str, str], request: Request, wiring: Wiring) -> Mark:
    """What a form shows of a machine, if anything."""
    if form.get(TRAP):
        return "snared"
    stamp = stamp_read(form.get("page", ""), request, wiring)
    return "rushed" if stamp is None or stamp.age(request.now) < READING else ""
