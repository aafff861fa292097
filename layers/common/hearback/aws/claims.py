"""Claims in DirectoryTable."""

from collections.abc import Sequence
from datetime import datetime

from hearback.aws.dynamodb import ConditionFailed, Item, Request, Table, TransactionFailed
from hearback.claim import Claim, State, settle_request
from hearback.contact import Cap


class Claims:
    def __init__(self, table: Table) -> None:
        self.table = table

    def take(self, claim: Claim, now: datetime, caps: Sequence[Cap] = ()) -> State | None:
        """Take the claim, together with the slots that it needs: None if all are ours now.

        Else the state the claim was found in; "capped" if a slot was not free. That is written down, so that the
        same effect is not tried again when the slot has become free.
        """
        if not caps:
            return self._put(claim.take_request(now))
        slots = [{"Update": cap.slot.take_request(claim.digest, now, cap.quiet)} for cap in caps]
        while True:
            try:
                self.table.transact([{"Put": claim.take_request(now)}, *slots])
            except TransactionFailed as failure:
                if not failure.only_conditions:
                    raise
                if failure.reasons[0] == "None":
                    return self._put(claim.cap_request(now)) or "capped"
                if found := self.get(claim.digest):
                    state: State = found["state"]
                    return state
            else:
                return None

    def _put(self, request: Request) -> State | None:
        """None if it is written, else the state of the claim that stands there."""
        try:
            self.table.put(request)
        except ConditionFailed as failure:
            state: State = (failure.item or {})["state"]
            return state
        return None

    def release(self, claim: Claim) -> None:
        """Give it back, because the effect certainly did not happen."""
        self.table.delete(claim.release_request())

    def settle(self, digest: str, state: State, now: datetime, note: str = "") -> Item | None:
        """Say how the effect ended; None if it had ended already, or there is no such claim."""
        try:
            return self.table.update(settle_request(digest, state, now, note))
        except ConditionFailed:
            return None

    def get(self, digest: str) -> Item | None:
        return self.table.get(Claim.key_item(digest))
