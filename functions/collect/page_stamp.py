"""When a page was made and which score it bears, signed: tells how long its form took, and what was touched on it.

A page sends it back with its form and its signals. It holds for the one token it was made for, and is signed with
that token's key: whichever process takes the form knows it, also one that has not heard of a newer key.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hearback.token import key_id


@dataclass(frozen=True, slots=True)
class PageStamp:
    made: int
    """When: milliseconds since 1970."""
    score: int | None
    """The score the page was opened with."""

    @classmethod
    def at(cls, now: datetime, score: int | None) -> "PageStamp":
        return cls(int(now.timestamp() * 1000), score)

    def age(self, now: datetime) -> timedelta:
        return now - datetime.fromtimestamp(self.made / 1000, UTC)

    def later(self, moment: datetime) -> bool:
        """Whether the page was made after that moment."""
        return self.age(moment) < timedelta(0)

    def sign(self, token: str, keys: Mapping[str, str]) -> str:
        """As the page carries it."""
        text = f"{self.made}-{'' if self.score is None else self.score}"
        return f"{text}-{_mac(text, token, keys[key_id(token)])}"

    @classmethod
    def verify(cls, text: str, token: str, keys: Mapping[str, str]) -> "PageStamp | None":
        """The stamp that a page of this token carried; None if it is none of ours."""
        said, _, mac = text[:80].rpartition("-")
        if not mac.isascii() or not any(hmac.compare_digest(mac, _mac(said, token, key)) for key in keys.values()):
            return None
        made, _, score = said.partition("-")
        return cls(int(made), int(score) if score else None)


def _mac(text: str, token: str, key: str) -> str:
    """96 bits: a forger has one guess a request."""
    digest = hmac.digest(key.encode(), f"page {text} of {token}".encode(), hashlib.sha256)[:12]
    return base64.urlsafe_b64encode(digest).decode().replace("-", "~")
