"""The one place that asks what time it is.

Handlers call `clock.now()` at their edge and pass the time on. The local stack replaces this function
to move time forward; nothing else does.
"""

from datetime import UTC, datetime, timedelta

SKEW = timedelta(minutes=1)
"""How far ahead of ours another system's clock may be."""


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)
