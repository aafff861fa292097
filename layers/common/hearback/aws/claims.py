"""Claims in DirectoryTable."""

from datetime import datetime

from hearback.aws.dynamodb import ConditionFailed, Item, Table
from hearback.claim import Claim, State, settle_request


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
