"""Notes the event; fails if asked to."""

from typing import Any

from small.seen import note


def handler(event: dict[str, Any], context: Any) -> None:
    note("tick", event)
    if event.get("fails"):
        raise ValueError("asked to fail")
