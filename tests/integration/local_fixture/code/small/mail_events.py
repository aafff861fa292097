"""Notes each event under the mail's recipient."""

from typing import Any

from small.seen import note


def handler(event: dict[str, Any], context: Any) -> None:
    note(event["detail"]["mail"]["destination"][0], event)
