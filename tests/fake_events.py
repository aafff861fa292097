"""An event bus in memory, which is all that telling other systems asks of EventBridge."""

import json
from typing import Any


class FakeEvents:
    """A client of EventBridge."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        """The entries as they were put, in order, their details parsed."""
        self.refuses = 0
        """So many entries are refused from now on."""

    def put_events(self, **request: Any) -> dict[str, Any]:
        """Takes all of a call or nothing, which EventBridge does not promise."""
        entries = request["Entries"]
        if self.refuses:
            self.refuses -= 1
            refusals = [{"ErrorCode": "ThrottlingException", "ErrorMessage": ""} for _ in entries]
            return {"FailedEntryCount": len(entries), "Entries": refusals}
        self.taken += [{**entry, "Detail": json.loads(entry["Detail"])} for entry in entries]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": str(len(self.taken))} for _ in entries]}

    def details(self, kind: str) -> list[dict[str, Any]]:
        """What the events of a detail type say."""
        return [entry["Detail"] for entry in self.taken if entry["DetailType"] == kind]
