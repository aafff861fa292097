"""Claims in DirectoryTable."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Literal

from hearback.aws.dynamodb import ConditionFailed, Item, Request, Table, TransactionFailed
from hearback.claim import Claim, State, reject_request, resolve_request, settle_request, slots_of, state_of
from hearback.contact import Cap, Slot


class Claims:
    def __init__(self, table: Table) -> None:
        self.table = table

    def take(self, claim: Claim, now: datetime, caps: Sequence[Cap] = ()) -> State | None:
        """Take the claim, together with the slots that it needs: None if all are ours now.

        Else the state the claim was found in; "capped" if a slot was not free. That is written down, so that the
        same effect is not tried again when the slot has become free.
        """
        if not caps:
            return self._put(claim.take_request(now), now)
        taken = claim.take_request(now, [cap.slot for cap in caps])
        slots = [{"Update": cap.slot.take_request(claim.digest, now, cap.quiet)} for cap in caps]
        while True:
            try:
                self.table.transact([{"Put": taken}, *slots])
            except TransactionFailed as failure:
                if failure.reasons[0] == "None":
                    return self._put(claim.cap_request(now), now) or "capped"
                if found := self.get(claim.digest):
                    return state_of(found, now)
            else:
                return None

    def taken(self, claim: Claim, now: datetime) -> State | None:
        """The state of a claim that is not repeatable and not to be had; None if it is, which may change at any moment.

        "claimed" while somebody is at it: they may yet give it back.
        """
        found = self.get(claim.digest)
        state = state_of(found, now) if found else None
        return None if state == "again" else state

    def _put(self, request: Request, now: datetime) -> State | None:
        """None if it is written, else the state of the claim that stands there."""
        try:
            self.table.put(request)
        except ConditionFailed as failure:
            return state_of(failure.item or {}, now)
        return None

    def release(self, claim: Claim, caps: Sequence[Cap] = ()) -> None:
        """Give it back with its slots, because the effect certainly did not happen.

        Slots go first: whoever dies in between leaves a claim that is in doubt, and not a slot for nothing.
        """
        self._free([cap.slot for cap in caps], claim.digest)
        self.table.delete(claim.release_request())

    def uncap(self, claim: Claim) -> None:
        """Let an effect be had again that a cap forbade; anything else stays as it is."""
        with suppress(ConditionFailed):
            self.table.delete(claim.uncap_request())

    def settle(self, digest: str, state: State, now: datetime, note: str = "") -> Item | None:
        """Say how the effect ended; None if it had ended already, or there is no such claim."""
        return self._end(settle_request(digest, state, now, note))

    def reject(self, digest: str, now: datetime, note: str, caps: Sequence[Cap] = ()) -> Item | None:
        """Say that the effect came to nothing, and give back its slots; None if there is no such claim.

        Who does not know the caps any more leaves them out: a customer's mail remembers its slots.
        """
        self._free([cap.slot for cap in caps] or slots_of(self.get(digest) or {}), digest)
        return self._end(reject_request(digest, now, note))

    def resolve(self, digest: str, state: Literal["done", "again"], now: datetime, note: str) -> Item | None:
        """Do with a doubtful or refused mail as an operator decides; None if it is neither."""
        return self._end(resolve_request(digest, state, now, note))

    def _end(self, request: Request) -> Item | None:
        try:
            return self.table.update(request)
        except ConditionFailed:
            return None

    def _free(self, slots: Sequence[Slot], digest: str) -> None:
        for slot in slots:
            with suppress(ConditionFailed):  # somebody else has taken it since
                self.table.update(slot.give_back_request(digest))

    def get(self, digest: str) -> Item | None:
        return self.table.get(Claim.key_item(digest))
