"""People: their key (never their address), their details, and whether they may be mailed."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from hearback.signing_key import signing_key


class BadAddress(ValueError):
    """The text is not an e-mail address."""


def normalise_address(text: str) -> str:
    """The one spelling of an e-mail address that its key is made from. Raises BadAddress.

    Case is folded in the local part too: RFC 5321 lets it matter, no provider lets it.
    """
    address = unicodedata.normalize("NFC", text.strip()).lower()
    local, at, domain = address.rpartition("@")
    printable = address.isprintable() and not set(address) & set(' ,;:<>()[]"\\')
    dotted = "." in domain and not domain.startswith((".", "-")) and not domain.endswith((".", "-"))
    if not (local and at and dotted and printable and "@" not in local and len(address) <= 254):
        raise BadAddress("not an e-mail address")
    return address


def mailbox(address: str) -> str:
    """Where mail for an address arrives with most providers: without what follows a plus (RFC 5233). Raises BadAddress.

    Nobody's key is made from it: with some providers the two are two people.
    """
    local, _, domain = normalise_address(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def mailable(address: str) -> str:
    """A bare address as it stands in a mail's header: plain ASCII, its domain in IDNA. Raises BadAddress.

    SES takes no local part beyond ASCII (RFC 6531), and characters that would need quotes there are refused too.
    """
    local, at, domain = address.rpartition("@")
    if not at or not re.fullmatch(r"[!-~]+", local) or set(local) & set('<>()[]",:;@\\'):
        raise BadAddress("not an address that mail can be sent to")
    try:
        host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if not re.fullmatch(r"(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}", host):
        raise BadAddress("its domain is not one that mail can be sent to")
    return f"{local}@{host}"


def contact_key(identity: str, keys: Mapping[str, str], *, address: bool) -> str:
    """HMAC-SHA256 of an address or of another system's id, 32 hex digits.

    Raises BadAddress if it should be an address and is none.
    """
    text = "mail:" + normalise_address(identity) if address else "id:" + identity.strip()
    return hmac.digest(keys[signing_key(keys)].encode(), text.encode(), hashlib.sha256).hex()[:32]


@dataclass(frozen=True, slots=True)
class Contact:
    key: str
    email: str = ""
    name: str = ""
    phone: str = ""
    locale: str = ""

    @staticmethod
    def key_item(key: str) -> dict[str, str]:
        return {"pk": f"CONTACT#{key}", "sk": "CONTACT"}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Contact":
        details = {name: item.get(name, "") for name in ("email", "name", "phone", "locale")}
        return cls(item["pk"].removeprefix("CONTACT#"), **details)

    def merge_request(self) -> dict[str, Any]:
        """Write what is known here and keep what was known before: no longer for one purpose only."""
        details = {"email": self.email, "name": self.name, "phone": self.phone, "locale": self.locale}
        known = {name: value for name, value in details.items() if value}
        request: dict[str, Any] = {"Key": self.key_item(self.key)}
        if known:
            request |= {
                "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in known) + " REMOVE kept_for",
                "ExpressionAttributeNames": {f"#{name}": name for name in known},
                "ExpressionAttributeValues": {f":{name}": value for name, value in known.items()},
            }
        return request

    def keep_request(self, purpose: str) -> dict[str, Any]:
        """Write an address for one purpose only, on condition that nothing is known."""
        item = {**self.key_item(self.key), "email": self.email, "kept_for": purpose}
        return {"Item": item, "ConditionExpression": "attribute_not_exists(pk)"}

    @classmethod
    def let_go_request(cls, key: str, purpose: str) -> dict[str, Any]:
        """Delete what was kept for this purpose only."""
        return {
            "Key": cls.key_item(key),
            "ConditionExpression": "kept_for = :purpose",
            "ExpressionAttributeValues": {":purpose": purpose},
        }


SuppressionReason = Literal["bounce", "complaint", "unsubscribe"]
MailKind = Literal["surveys", "follow-ups"]
"""What a mail is to the customer who gets it: an invitation to a survey, or an answer to what they said."""
Covers = Literal["all", "surveys", "follow-ups", "nothing"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """What this contact is mailed no more. It outlives the contact's details, so that an erased person stays so.

    Who unsubscribed chooses what stops, and may choose again, even "nothing". A bounce or a complaint stops all,
    and no choice on a page undoes it.
    """

    contact: str
    reason: SuppressionReason
    at: datetime
    covers: Covers = "all"

    @staticmethod
    def key_item(contact: str) -> dict[str, str]:
        return {"pk": f"SUPPRESSION#{contact}", "sk": "SUPPRESSION"}

    def forbids(self, kind: MailKind) -> bool:
        return self.covers in ("all", kind)

    def to_item(self) -> dict[str, Any]:
        said = {"reason": self.reason, "at": self.at.isoformat(), "covers": self.covers}
        return {**self.key_item(self.contact), **said}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Suppression":
        at = datetime.fromisoformat(item["at"])
        return cls(item["pk"].removeprefix("SUPPRESSION#"), item["reason"], at, item.get("covers", "all"))

    def put_request(self) -> dict[str, Any]:
        """Write it in place of an earlier choice; a bounce or a complaint stands."""
        return {
            "Item": self.to_item(),
            "ConditionExpression": "attribute_not_exists(pk) OR reason = :choice",
            "ExpressionAttributeValues": {":choice": "unsubscribe"},
        }


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that may happen to a contact at most once in a time: an ask of one survey, a follow-up mail, a play."""

    contact: str
    what: str

    @classmethod
    def asked(cls, contact: str, survey: str) -> "Slot":
        return cls(contact, f"ASKED#{survey}")

    @classmethod
    def asked_by_any(cls, contact: str) -> "Slot":
        """Taken for a survey: it keeps the other surveys from asking, not this one."""
        return cls(contact, "ASKED")

    @classmethod
    def mailed(cls, contact: str) -> "Slot":
        return cls(contact, "MAILED")

    @classmethod
    def apologised(cls, contact: str) -> "Slot":
        return cls(contact, "APOLOGISED")

    @classmethod
    def played(cls, contact: str, survey: str, play: str) -> "Slot":
        return cls(contact, f"PLAY#{survey}#{play}")

    @property
    def key_item(self) -> dict[str, str]:
        return {"pk": f"CONTACT#{self.contact}", "sk": self.what}

    def free_in(self, item: Mapping[str, Any] | None, now: datetime, quiet: timedelta, by: str = "") -> bool:
        """Whether anybody, or only `by`, could take it, as it stands in the table. Only taking it makes sure."""
        taken_at = (item or {}).get("taken_at")
        if not quiet or (item and by and item.get("taken_by") == by):
            return True
        return taken_at is None or datetime.fromisoformat(taken_at) <= now - quiet

    def take_request(self, by: str, now: datetime, quiet: timedelta) -> dict[str, Any]:
        """Take the slot for `by`, on condition that it is free: never taken, not lately, or by the same.

        Without a quiet time it is free for everybody, also for whoever began before the one who took it last.
        """
        request: dict[str, Any] = {
            "Key": self.key_item,
            "UpdateExpression": "SET taken_at = :now, taken_by = :by",
            "ExpressionAttributeValues": {":now": now.isoformat(timespec="milliseconds"), ":by": by},
        }
        if quiet:
            request["ConditionExpression"] = "attribute_not_exists(taken_at) OR taken_at <= :free OR taken_by = :by"
            request["ExpressionAttributeValues"][":free"] = (now - quiet).isoformat(timespec="milliseconds")
        return request

    def give_back_request(self, by: str) -> dict[str, Any]:
        """Free the slot, on condition that `by` holds it: what it was taken for did not happen."""
        return {
            "Key": self.key_item,
            "UpdateExpression": "REMOVE taken_at, taken_by",
            "ConditionExpression": "taken_by = :by",
            "ExpressionAttributeValues": {":by": by},
        }


@dataclass(frozen=True, slots=True)
class Cap:
    """A slot that an effect needs, and how long nobody else has had it then."""

    slot: Slot
    quiet: timedelta
