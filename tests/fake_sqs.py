"""A queue in memory that only takes messages in, which is all that parking asks of SQS."""

import json
from typing import Any


class FakeSqs:
    """A client of SQS."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        """Queue and body of each message, in order."""

    def send_message(self, **request: str) -> dict[str, Any]:
        self.sent.append((request["QueueUrl"], request["MessageBody"]))
        return {"MessageId": str(len(self.sent))}

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.sent]
