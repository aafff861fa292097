"""Claims in DirectoryTable."""

from datetime import datetime, timedelta
from typing import Literal

from hearback.aws.dynamodb import ConditionFailed, Item, Table, TransactionFailed
from hearback.claim import Claim, State, settle_request
from hearback.contact import Slot


class Claims:
    def __init__(self, table: Table) -> None:
        self.table = table

    def take(self, claim: Claim, now: datetime) -> State | None:
        """Take the claim: None if it is ours now, else the state it was found in."""
        try:
            self.table.put(claim.take_request(now))
        except ConditionFailed as failure:
            state: State = (failure.item or {})["state"]
            return state
        return None

    def take_with_slot(
        self, claim: Claim, slot: Slot, now: datetime, quiet: timedelta
    ) -> State | Literal["capped"] | None:
        """Take a claim and a contact's slot together: None if both are ours now, else why not."""
        writes = [{"Put": claim.take_request(now)}, {"Update": slot.take_request(claim.digest, now, quiet)}]
        while True:
            try:
                self.table.transact(writes)
            except TransactionFailed as failure:
                if not failure.only_conditions:
                    raise
                if failure.reasons[0] == "None":
                    return "capped"
                if found := self.get(claim.digest):
                    state: State = found["state"]
                    return state
            else:
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
