"""The stack's event bus: what other systems are told."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient

SOURCE = "hearback"
EventKind = Literal["Play", "Slip", "Climb", "Task Opened", "Task Assigned", "Task Closed"]
"""The events' detail types. docs/events.md has the fields of each."""
VERSION = 1
"""Grows if a field changes its meaning or goes."""


def message(event_id: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """What other systems are told, as a detail of an event or in a queue; who gets it twice knows it by its `id`."""
    return {"id": event_id, "version": VERSION, **said}


class EventNotTaken(Exception):
    """The bus may not have taken the event; putting it again does no harm."""


class Bus:
    """The client is made when the first event is put: most answers bring none."""

    def __init__(self, client: "Callable[[], EventBridgeClient]", name: str) -> None:
        self._client = client
        self.name = name

    def put(self, kind: EventKind, event_id: str, detail: Mapping[str, Any], at: datetime) -> None:
        """Put an event; a reader who gets it twice knows it by `detail.id`. Raises EventNotTaken.

        PutEvents takes no id, so nothing keeps a repeated one out but its reader.
        """
        body = json.dumps(message(event_id, detail), ensure_ascii=False)
        try:
            answer = self._client().put_events(
                Entries=[{"EventBusName": self.name, "Source": SOURCE, "DetailType": kind, "Time": at, "Detail": body}]
            )
        except (ClientError, BotoCoreError) as error:
            raise EventNotTaken(type(error).__name__) from error
        if answer["FailedEntryCount"]:
            raise EventNotTaken(answer["Entries"][0].get("ErrorCode", "unknown"))
