"""Effects that may be repeated safely: whose turn it is to do one."""

from collections.abc import Sequence
from datetime import datetime

from hearback.aws.claims import Claims
from hearback.claim import Claim
from hearback.contact import Cap


class Busy(Exception):
    """Another worker is at this effect right now; the message comes back later to see how it ended."""


def take(claims: Claims, claim: Claim, now: datetime, caps: Sequence[Cap] = ()) -> bool:
    """Whether a repeatable effect is ours to do now. Raises Busy while somebody else may be at it."""
    found = claims.take(claim, now, caps)
    if found == "claimed":
        raise Busy(claim.effect)
    return found is None
