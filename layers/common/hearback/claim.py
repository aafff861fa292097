"""A claim: the conditional write that makes an effect happen once.

Claim, act, mark done. A claim left without its mark is in doubt. A mail in doubt is never sent again
blindly; an effect that may be repeated safely (`repeatable`) is taken over when its holder must be dead.
A claim's key is a digest of the effect's name, which is also the tag that SES events bring back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from hearback.contact import Slot

State = Literal["claimed", "done", "refused", "doubtful", "capped", "again"]
"""`capped`: a cap forbade the effect, which is final. The answer that comes after the cap brings its own.
`again`: an operator wants a mail sent that was doubtful or refused; the claim is to be had once more."""
DOUBT_AFTER = timedelta(minutes=15)
"""A mail without a mark and without an event for so long is put before an operator."""
LEASE = timedelta(seconds=60)
"""A function's longest run: the holder of a claim that is older lives no more."""
LONGEST_SENDING = timedelta(minutes=5)
"""The longest run of a function that mails, the tick's: whoever claimed a mail earlier gives the claim back no more.

Shorter than the settle queue keeps a message from others, so one whose worker died finds that its mail is in doubt.
"""
KEPT = timedelta(days=400)
DUE_KIND = "claim"
DOUBTFUL, REFUSED = "doubtful", "refused"
"""The due kinds of mails that an operator should see: whether they went out is not known, or they will not."""


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

    @staticmethod
    def digest_of(item: Mapping[str, Any]) -> str:
        """Of a stored claim, from its key."""
        return str(item["pk"]).removeprefix("CLAIM#")

    def take_request(self, now: datetime, slots: Sequence[Slot] = ()) -> dict[str, Any]:
        """Take the claim, on condition that nobody has, or that its holder must be dead and it is repeatable.

        It remembers the slots that were taken with it, to be given back with it.
        """
        item = self._item("claimed", now)
        if slots:
            item["slots"] = [slot.what for slot in slots]
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
            return {
                "ConditionExpression": "attribute_not_exists(pk) OR #state = :again",
                "ExpressionAttributeNames": {"#state": "state"},
                "ExpressionAttributeValues": {":again": "again"},
            }
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

    def uncap_request(self) -> dict[str, Any]:
        """Forget that a cap forbade the effect, for whoever tries the very same again when the cap is over."""
        return {
            "Key": self.key_item(self.digest),
            "ConditionExpression": "#state = :capped",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":capped": "capped"},
        }

    def release_request(self) -> dict[str, Any]:
        """Give the claim back: the effect certainly did not happen."""
        return {
            "Key": self.key_item(self.digest),
            "ConditionExpression": "#state = :claimed",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":claimed": "claimed"},
        }


def play_effect(response: str, play: str) -> str:
    """The effect of a play that follows an answer: it happens once for this name, so there is one way to spell it."""
    return f"{response}/{play}"


def play_of(effect: str, response: str) -> str:
    """The play whose effect it is after that answer."""
    return effect.removeprefix(play_effect(response, ""))


def state_of(stored: Mapping[str, Any], now: datetime) -> State:
    """The state of a stored claim; in doubt, where its holder must be dead, whether the tick has said so or not."""
    state: State = stored["state"]
    claimed_at = datetime.fromisoformat(stored["claimed_at"])
    return "doubtful" if state == "claimed" and claimed_at <= now - LONGEST_SENDING else state


def forget_request(digest: str, contact: str) -> dict[str, Any]:
    """Take out whom the effect was for, but not that it was for a customer. What was done stays done."""
    return {
        "Key": Claim.key_item(digest),
        "UpdateExpression": "SET erased = :true REMOVE contact",
        "ConditionExpression": "contact = :contact",
        "ExpressionAttributeValues": {":true": True, ":contact": contact},
    }


def slots_of(claim: Mapping[str, Any]) -> list[Slot]:
    """The slots that were taken with a stored claim; none once its person is erased, whose slots are gone."""
    return [Slot(claim["contact"], what) for what in claim.get("slots", ())] if "contact" in claim else []


def settle_request(digest: str, state: State, now: datetime, note: str = "") -> dict[str, Any]:
    """Say how the effect ended. What is done stays done; doubt can still be resolved."""
    return _end_request(digest, state, now, note, "#state IN (:claimed, :doubtful, :again)", _OPEN)


def reject_request(digest: str, now: datetime, note: str) -> dict[str, Any]:
    """Say that the effect came to nothing, even if it was taken for done: what SES accepted may still be rejected."""
    return _end_request(
        digest, "refused", now, note, "#state IN (:claimed, :doubtful, :again, :done)", (*_OPEN, "done")
    )


def resolve_request(digest: str, state: Literal["done", "again"], now: datetime, note: str) -> dict[str, Any]:
    """Do with a mail as an operator decides, on condition that it is doubtful or refused.

    One that has been claimed for longer than DOUBT_AFTER is doubtful, whether the tick has said so or not.
    """
    condition = "(#state IN (:doubtful, :refused, :again) OR (#state = :claimed AND due_at <= :now))"
    return _end_request(digest, state, now, note, condition, (*_OPEN, "refused"))


_OPEN: tuple[State, ...] = ("claimed", "doubtful", "again")


def _end_request(
    digest: str, state: State, now: datetime, note: str, condition: str, states: Sequence[State]
) -> dict[str, Any]:
    """Write a state, and list the claim where an operator looks if that is for an operator to see."""
    listed = {"doubtful": DOUBTFUL, "again": DOUBTFUL, "refused": REFUSED}.get(state)
    listing = "SET due_kind = :listed, due_at = :now," if listed else "REMOVE due_kind, due_at SET"
    values = {f":{each}": each for each in states} | {":state": state, ":note": note}
    return {
        "Key": Claim.key_item(digest),
        "UpdateExpression": f"{listing} #state = :state, settled_at = :now, note = :note",
        "ConditionExpression": f"attribute_exists(pk) AND {condition}",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": values
        | {":now": now.isoformat(timespec="milliseconds")}
        | ({":listed": listed} if listed else {}),
    }
