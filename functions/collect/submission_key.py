"""The key under which another system submits an answer: the same key is the same response."""

import hashlib
from dataclasses import dataclass
from typing import Any

from hearback.aws.dynamodb import ConditionFailed, Table
from hearback.fact import FactId


@dataclass(frozen=True, slots=True)
class SubmissionKey:
    survey: str
    key: str

    @property
    def key_item(self) -> dict[str, str]:
        digest = hashlib.sha256(self.key.encode()).hexdigest()  # the other system may have put an address in it
        return {"pk": f"SUBMITTED#{self.survey}#{digest}", "sk": "SUBMITTED"}

    def put_request(self, response: FactId, expires_at: int) -> dict[str, Any]:
        """Write which response it stands for, on condition that it stands for none."""
        return {
            "Item": {**self.key_item, "response": str(response), "expires_at": expires_at},
            "ConditionExpression": "attribute_not_exists(pk)",
        }

    def claim(self, directory: Table, response: FactId, expires_at: int) -> FactId:
        """The response it stands for: this one, or the one it was used for before.

        The id cannot be made from the key alone, as an imported row's is from the row: it would lie in the
        month of the ULID's zero, where nothing that reads the newest months finds it.
        """
        try:
            directory.put(self.put_request(response, expires_at))
        except ConditionFailed as failure:
            return FactId.parse((failure.item or {})["response"])
        return response
