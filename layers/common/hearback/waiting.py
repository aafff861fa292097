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
    version: int
    """Of the answer, when it last began to wait."""

    @staticmethod
    def key_item(response: FactId, play: str) -> dict[str, str]:
        """Under the name of the play's claim."""
        return {"pk": f"WAITING#{Claim(play_effect(str(response), play)).digest}", "sk": "WAITING"}

    @property
    def key(self) -> dict[str, str]:
        return self.key_item(self.response, self.play)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "WaitingPlay":
        due_at = datetime.fromisoformat(item["due_at"]).astimezone(UTC)
        return cls(FactId.parse(item["response"]), text(item["play"]), due_at, int(item.get("version", 0)))

    def wait_request(self) -> dict[str, Any]:
        """Let it wait, unless it does or has for this version of its answer: a message that comes again moves nothing.

        A later version is looked at anew: where an answer did not count when its play fell due, or said something else,
        it may now. What waits still stays due when it was.
        """
        said = {
            "response": str(self.response),
            "play": self.play,
            "version": self.version,
            "due_kind": DUE_KIND,
            "expires_at": int((self.due_at + KEPT).timestamp()),
        }
        return {
            "Key": self.key,
            "UpdateExpression": (
                f"SET {', '.join(f'#{name} = :{name}' for name in said)}, due_at = if_not_exists(due_at, :due_at)"
            ),
            "ConditionExpression": "attribute_not_exists(pk) OR #version < :version",
            "ExpressionAttributeNames": {f"#{name}": name for name in said},
            "ExpressionAttributeValues": {
                **{f":{name}": value for name, value in said.items()},
                ":due_at": self.due_at.isoformat(timespec="seconds"),
            },
        }

    def over_request(self) -> dict[str, Any]:
        """It waits no more, and is remembered, unless a later version waits since it was read.

        Doing it twice changes nothing.
        """
        return {
            "Key": self.key,
            "UpdateExpression": "REMOVE due_kind, due_at",
            "ConditionExpression": "attribute_exists(pk) AND (attribute_not_exists(#version) OR #version = :version)",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":version": self.version},
        }
