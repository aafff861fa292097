"""Notes each record, then does what the record says."""

import os
import time
from typing import Any

from small.seen import note, times_before


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failures = []
    changes = [record["dynamodb"] for record in event["Records"]]
    groups: dict[str, list[str]] = {}
    for change in changes:
        groups.setdefault(change["Keys"]["pk"]["S"], []).append(change["Keys"]["sk"]["S"])
    if not all(change["NewImage"]["act"]["S"] == "count" for change in changes):
        for group, names in groups.items():
            note(group, names)
    for change in changes:
        act, name = change["NewImage"]["act"]["S"], change["Keys"]["sk"]["S"]
        if act == "raise":
            raise RuntimeError(f"{name} is poison")
        if act == "exit":
            os._exit(3)
        if act == "hang":
            time.sleep(60)
        if act == "fail" or (act == "fail-once" and times_before(f"{change['Keys']['pk']['S']}/{name}") == 0):
            failures.append({"itemIdentifier": change["SequenceNumber"]})
    return {"batchItemFailures": failures}
