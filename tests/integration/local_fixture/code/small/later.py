"""Notes each message with the time it came; a message that says so fails."""

import json
from typing import Any

from small.seen import note


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failures = []
    for record in event["Records"]:
        message = json.loads(record["body"])
        note(message["about"], {"attributes": record["attributes"], **message})
        if message.get("fails"):
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
