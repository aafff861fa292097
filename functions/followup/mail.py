"""A letter in its envelope, as the bytes that SES sends.

MIME: RFC 2045-2047. One-click unsubscribing: RFC 8058. Mail no person typed: RFC 3834.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from followup.words import shorten
from hearback.contact import mailable

MOST_NAME = 100
"""Characters of a name in a header."""
MOST_SUBJECT = 200
"""Characters of a subject: more than any inbox shows."""
MOST_PLAIN = 64
"""Characters of a header's line beside its name. Longer ones are encoded, which lets them be folded."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a reader sees."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom. Addresses are bare; names may hold anything."""

    sender: str
    sender_name: str
    reply_to: str
    to: str
    to_name: str = ""
    unsubscribe: str = ""
    """Address of the page and of RFC 8058's POST; empty for mail that nobody unsubscribes from."""


def mime(letter: Letter, envelope: Envelope, now: datetime, message_id: str) -> bytes:
    """The mail as ASCII bytes; the same arguments make the same bytes.

    `message_id` is `<local@domain>`. Raises BadAddress if an address cannot be mailed to, and ValueError if the
    message id or the unsubscribe address cannot stand in a header.
    """
    headers = {
        "From": _mailbox(envelope.sender_name, envelope.sender),
        "To": _mailbox(envelope.to_name, envelope.to),
        "Reply-To": _mailbox("", envelope.reply_to),
        "Subject": _encoded(shorten(letter.subject, MOST_SUBJECT)),
        "Date": format_datetime(now),
        "Message-ID": f"<{_bare(message_id.removeprefix('<').removesuffix('>'))}>",
        "Auto-Submitted": "auto-generated",
    }
    if envelope.unsubscribe:
        headers["List-Unsubscribe"] = f"<{_bare(envelope.unsubscribe)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Written here, not by EmailMessage: it puts spaces into long encoded names, and encodes long addresses as words.
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return lines.encode("ascii") + _bodies(letter, message_id)


def _bodies(letter: Letter, message_id: str) -> bytes:
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    # Left to itself the library draws the boundary at random. This one depends on what it must not occur in.
    message.set_boundary(hashlib.sha256(f"{message_id}\0{letter.text}\0{letter.html}".encode()).hexdigest()[:40])
    return message.as_bytes()


def _mailbox(name: str, address: str) -> str:
    bare = mailable(address)
    printed = shorten(name, MOST_NAME)
    if not printed:
        return bare
    encoded = _encoded(printed)
    phrase = encoded if encoded != printed else '"' + re.sub(r'(["\\])', r"\\\1", printed) + '"'
    return f"{phrase} <{bare}>"


def _encoded(line: str) -> str:
    """RFC 2047: the line itself if it is short ASCII, else encoded words, one on each line of the header."""
    if line.isascii() and len(line) <= MOST_PLAIN and "=?" not in line:
        return line
    return Header(line, "utf-8", maxlinelen=MOST_PLAIN).encode(linesep="\r\n")


def _bare(text: str) -> str:
    if not re.fullmatch(r"[!-;=?-~]{1,900}", text):
        raise ValueError("a message id or address in a header is printable ASCII without spaces and angle brackets")
    return text
