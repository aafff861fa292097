"""A play that waits: it follows an answer, and its delay has not passed yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hearback.claim import Claim, play_effect
from hearback.fact import FactId
from hearback.foreign import text

DUE_KIND = "play"
KEPT = timedelta(days=60)
"""How long it is remembered that it has waited: longer than queues and streams can deliver an answer again."""


@dataclass(frozen=True, slots=True)
class WaitingPlay:
    response: FactId
    play: str
    due_at: datetime

    @staticmethod
    def key_item(response: FactId, play: str) -> dict[str, str]:
        """Under the name of the play's claim: an answer waits for a play once."""
        return {"pk": f"WAITING#{Claim(play_effect(str(response), play)).digest}", "sk": "WAITING"}

    @property
    def key(self) -> dict[str, str]:
        return self.key_item(self.response, self.play)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "WaitingPlay":
        due_at = datetime.fromisoformat(item["due_at"]).astimezone(UTC)
        return cls(FactId.parse(item["response"]), text(item["play"]), due_at)

    def put_request(self) -> dict[str, Any]:
        """Let it wait, unless it does or has: another delivery of the same message moves nothing."""
        return {
            "Item": {
                **self.key,
                "response": str(self.response),
                "play": self.play,
                "due_kind": DUE_KIND,
                "due_at": self.due_at.isoformat(timespec="seconds"),
                "expires_at": int((self.due_at + KEPT).timestamp()),
            },
            "ConditionExpression": "attribute_not_exists(pk)",
        }

    def over_request(self) -> dict[str, Any]:
        """It waits no more, and is remembered. Doing it twice changes nothing."""
        return {"Key": self.key, "UpdateExpression": "REMOVE due_kind", "ConditionExpression": "attribute_exists(pk)"}
