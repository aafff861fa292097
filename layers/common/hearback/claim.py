"""A claim: the conditional write that makes an effect happen once.

Claim, act, mark done. A claim left without its mark is in doubt. A mail in doubt is never sent again
blindly; an effect that may be repeated safely (`repeatable`) is taken over when its holder must be dead.
A claim's key is a digest of the effect's name, which is also the tag that SES events bring back.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

State = Literal["claimed", "done", "refused", "doubtful", "capped"]
"""`capped`: a cap forbade the effect, which is final. The answer that comes after the cap brings its own."""
DOUBT_AFTER = timedelta(minutes=15)
"""A mail without a mark and without an event for so long is put before an operator."""
LEASE = timedelta(seconds=60)
"""A function's longest run: the holder of a claim that is older lives no more."""
KEPT = timedelta(days=400)
DUE_KIND = "claim"


@dataclass(frozen=True, slots=True)
class Claim:
    effect: str
    """The name of the effect: what is done, and for which fact or period."""
    about: Mapping[str, str] = field(default_factory=dict)
    """Ids that a later reader of the claim needs; nothing personal."""
    repeatable: bool = False
    """Whether doing it again does no harm, so that a dead holder's claim may be taken over."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.effect.encode()).hexdigest()[:40]

    @staticmethod
    def key_item(digest: str) -> dict[str, str]:
        return {"pk": f"CLAIM#{digest}", "sk": "CLAIM"}

    def take_request(self, now: datetime) -> dict[str, Any]:
        """Take the claim, on condition that nobody has, or that its holder must be dead and it is repeatable."""
        item = self._item("claimed", now)
        if not self.repeatable:
            item |= {"due_kind": DUE_KIND, "due_at": (now + DOUBT_AFTER).isoformat(timespec="milliseconds")}
        return {"Item": item, **self._free(now)}

    def _item(self, state: State, now: datetime) -> dict[str, Any]:
        return {
            **self.key_item(self.digest),
            **self.about,
            "effect": self.effect,
            "state": state,
            "claimed_at": now.isoformat(timespec="milliseconds"),
            "expires_at": int((now + KEPT).timestamp()),
        }

    def _free(self, now: datetime) -> dict[str, Any]:
        """The condition that the claim is to be had."""
        if not self.repeatable:
            return {"ConditionExpression": "attribute_not_exists(pk)"}
        return {
            "ConditionExpression": "attribute_not_exists(pk) OR (#state = :claimed AND claimed_at <= :dead)",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":claimed": "claimed",
                ":dead": (now - LEASE).isoformat(timespec="milliseconds"),
            },
        }

    def cap_request(self, now: datetime) -> dict[str, Any]:
        """Write down that a cap forbids the effect, unless somebody has taken the claim meanwhile."""
        item = self._item("capped", now) | {"settled_at": now.isoformat(timespec="milliseconds")}
        return {"Item": item, **self._free(now)}

    def release_request(self) -> dict[str, Any]:
        """Give the claim back: the effect certainly did not happen."""
        return {
            "Key": self.key_item(self.digest),
            "ConditionExpression": "#state = :claimed",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":claimed": "claimed"},
        }


def forget_request(digest: str, contact: str) -> dict[str, Any]:
    """Take out whom the effect was for. What was done stays done."""
    return {
        "Key": Claim.key_item(digest),
        "UpdateExpression": "REMOVE contact",
        "ConditionExpression": "contact = :contact",
        "ExpressionAttributeValues": {":contact": contact},
    }


def settle_request(digest: str, state: State, now: datetime, note: str = "") -> dict[str, Any]:
    """Say how the effect ended. What is done stays done; doubt can still be resolved."""
    return {
        "Key": Claim.key_item(digest),
        "UpdateExpression": "SET #state = :state, settled_at = :now, note = :note REMOVE due_kind, due_at",
        "ConditionExpression": "attribute_exists(pk) AND #state IN (:claimed, :doubtful)",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {
            ":state": state,
            ":now": now.isoformat(timespec="milliseconds"),
            ":note": note,
            ":claimed": "claimed",
            ":doubtful": "doubtful",
        },
    }
