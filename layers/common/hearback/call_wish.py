"""A wish to be called whose task is still to come.

An answer that names nobody gives its task when it has settled, minutes after its person has left the page. Until then
where to call waits under the id that the task will have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hearback.task import Callback, Task, moment, stored
from hearback.task_news import MOST_WISHES

KEPT = timedelta(days=14)
"""As long as the settle queue keeps the message that gives the task."""


@dataclass(frozen=True, slots=True)
class CallWish:
    task: str
    """The id that the task will have."""
    callback: Callback

    @staticmethod
    def key_item(task: str) -> dict[str, str]:
        return {**Task.key_item(task), "sk": "CALL_WISH"}

    def leave_request(self) -> dict[str, Any]:
        """Write it down over the one before, on condition that there were not too many."""
        said = self.callback
        return {
            "Key": self.key_item(self.task),
            "UpdateExpression": "SET phone = :phone, suits = :when, said_at = :at, expires_at = :end ADD times :one",
            "ConditionExpression": "attribute_not_exists(times) OR times < :most",
            "ExpressionAttributeValues": {
                ":phone": said.phone,
                ":when": said.when,
                ":at": stored(said.at),
                ":end": int((said.at + KEPT).timestamp()),
                ":one": 1,
                ":most": MOST_WISHES,
            },
        }

    def brought_request(self) -> dict[str, Any]:
        """Take it away, on condition that no later one has come over it."""
        return {
            "Key": self.key_item(self.task),
            "ConditionExpression": "said_at = :at",
            "ExpressionAttributeValues": {":at": stored(self.callback.at)},
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "CallWish":
        task = str(item["pk"]).removeprefix("TASK#")
        return cls(task, Callback(item["phone"], item["suits"], moment(item["said_at"])))
