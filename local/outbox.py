"""Every mail the stack was asked to send, kept as files: nothing leaves the machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Mail:
    """One accepted mail. `raw` is the message byte for byte; the rest is the envelope SES was given."""

    message_id: str
    at: datetime  # simulated
    sender: str
    recipients: tuple[str, ...]
    configuration_set: str | None
    tags: Mapping[str, str]
    raw: bytes = field(repr=False)

    @cached_property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        """The Subject header, decoded."""
        return str(self.message.get("Subject", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in order, decoded."""
        return [(name, str(value)) for name, value in self.message.items()]

    def body(self, subtype: str) -> str | None:
        """The `plain` or `html` body, None if the mail has none."""
        part = self.message.get_body(preferencelist=(subtype,))
        return None if part is None else str(part.get_content())

    def as_json(self) -> dict[str, Any]:
        """The mail as the control API shows it."""
        return {
            "message_id": self.message_id,
            "at": self.at.isoformat(),
            "sender": self.sender,
            "recipients": list(self.recipients),
            "configuration_set": self.configuration_set,
            "tags": dict(self.tags),
            "subject": self.subject,
            "headers": [list(pair) for pair in self.headers],
            "text": self.body("plain"),
            "html": self.body("html"),
            "raw": self.raw.decode(errors="replace"),
        }


class Outbox:
    """The mails of one data folder, in the order they were accepted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._mails = [_load(envelope) for envelope in sorted(folder.glob("*.json"))]

    def add(self, mail: Mail) -> None:
        """Keep `mail`."""
        with self._lock:
            path = self._folder / f"{len(self._mails):06d}"
            envelope = {key: value for key, value in asdict(mail).items() if key != "raw"}
            path.with_suffix(".eml").write_bytes(mail.raw)
            path.with_suffix(".json").write_text(json.dumps({**envelope, "at": mail.at.isoformat()}, indent=1))
            self._mails.append(mail)

    def mails(self, to: str | None = None, since: datetime | None = None) -> Sequence[Mail]:
        """Oldest first; only to recipients containing `to`, only accepted at or after `since`, if given."""
        wanted = (to or "").casefold()
        return [
            mail
            for mail in list(self._mails)
            if (not wanted or any(wanted in each.casefold() for each in mail.recipients))
            and (since is None or mail.at >= since)
        ]

    def find(self, message_id: str) -> Mail | None:
        """The mail with this SES message id."""
        return next((mail for mail in list(self._mails) if mail.message_id == message_id), None)


def _load(envelope: Path) -> Mail:
    kept = json.loads(envelope.read_text())
    return Mail(
        message_id=kept["message_id"],
        at=datetime.fromisoformat(kept["at"]),
        sender=kept["sender"],
        recipients=tuple(kept["recipients"]),
        configuration_set=kept["configuration_set"],
        tags=kept["tags"],
        raw=envelope.with_suffix(".eml").read_bytes(),
    )
