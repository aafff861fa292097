"""Tasks that cannot be read: left out of what is listed and counted, which is said."""

from hearback.foreign import Skipped
from ops.terminal import warn

NAMED_BY = "the tick's log names each; mend its item"
"""Where an operator learns which they are: the tick fails until none is left."""


def unread(skipped: Skipped) -> str:
    return f"{skipped.count:,} task{'s' * (skipped.count > 1)} that cannot be read"


def warn_of_unread(skipped: Skipped) -> None:
    """Say on stderr how many were left out; nothing if none was."""
    if skipped.count:
        warn(f"{unread(skipped)} left out: {NAMED_BY}")
