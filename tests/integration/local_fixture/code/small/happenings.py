"""Notes each event under what it is about."""

from typing import Any

from small.seen import note


def handler(event: dict[str, Any], context: Any) -> None:
    note(event["detail"]["about"], event)
