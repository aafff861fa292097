"""Signed tokens: what a link may do, and for whom. They show no stored words, because mails get forwarded.

A token is `<payload>.<key id>.<signature>`: base64url of compact JSON, the id of the key that signed it,
and the first 16 bytes of HMAC-SHA256 over both.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from hearback.signing_key import signing_key

Purpose = Literal["answer", "unsubscribe", "task"]
_PURPOSES: dict[str, Purpose] = {"a": "answer", "u": "unsubscribe", "t": "task"}
_LETTERS = {purpose: letter for letter, purpose in _PURPOSES.items()}
MAXIMUM_LENGTH = 2048


class TokenRefused(ValueError):
    """The token cannot be used. `expired` tells a late guest from a forger."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("this link has expired" if expired else "this is not one of our links")
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Token:
    purpose: Purpose
    subject: str
    """The id of the response (answer), the contact's key (unsubscribe), or the id of the task."""
    expires_at: datetime
    contact: str = ""
    """The contact's key: an HMAC, never an address."""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    channel: str = "page"
    locale: str = ""
    holder: str = ""
    """Whom the link of a task was given to: an id among the survey's people."""
    survey: str = ""
    """Which survey the mail was about that an unsubscribe link stands in; "" in links made before it was told."""


def sign(token: Token, keys: Mapping[str, str]) -> str:
    """The token as text."""
    signs = signing_key(keys)
    names = [token.holder, token.survey] if token.survey else [token.holder]
    payload: list[Any] = [
        _LETTERS[token.purpose],
        token.subject,
        int(token.expires_at.timestamp()),
        token.contact,
        dict(token.dimensions),
        token.channel,
        token.locale,
        *(names if any(names) else []),  # so that links which need none stay as short as they were
    ]
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    body = f"{_encode(text.encode())}.{signs}"
    return f"{body}.{_encode(_mac(body, keys[signs]))}"


def verify(text: str, keys: Mapping[str, str], purpose: Purpose, now: datetime) -> Token:
    """The token a text stands for. Raises TokenRefused if forged, expired or made for something else."""
    body, _, signature = text[: MAXIMUM_LENGTH + 1].rpartition(".")
    payload, _, _ = body.rpartition(".")
    key = keys.get(key_id(text))
    if (
        len(text) > MAXIMUM_LENGTH
        or not text.isascii()
        or key is None
        or not hmac.compare_digest(signature, _encode(_mac(body, key)))
    ):
        raise TokenRefused
    letter, subject, expires, contact, dimensions, channel, locale, *rest = json.loads(_decode(payload))
    if _PURPOSES[letter] != purpose:
        raise TokenRefused
    token = Token(purpose, subject, datetime.fromtimestamp(expires, UTC), contact, dimensions, channel, locale, *rest)
    if now >= token.expires_at:
        raise TokenRefused(expired=True)
    return token


def key_id(text: str) -> str:
    """Of the key that a token says to be signed with."""
    return text.rpartition(".")[0].rpartition(".")[2]


def _mac(body: str, key: str) -> bytes:
    return hmac.digest(key.encode(), body.encode(), hashlib.sha256)[:16]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
