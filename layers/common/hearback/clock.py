"""The one place that asks what time it is.

Handlers call `clock.now()` at their edge and pass the time on. The local stack replaces this function
to move time forward; nothing else does.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)
