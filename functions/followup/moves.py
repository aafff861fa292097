"""Who slipped and who climbed in a digest's period and scope."""

from collections import Counter
from dataclasses import dataclass

from followup.setbacks import Setbacks
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.period import Period
from hearback.play import Change
from hearback.plays import change
from hearback.response import Response
from hearback.subscription import Subscription

NAMED = 5
"""Of those who slipped, and of those who climbed, a digest names so many."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody whose category fell or rose with this answer."""

    change: Change
    before: int
    response: Response
    name: str
    """"" where it is not known, or not listed."""


def read_moves(
    feedback: Feedback, directory: Directory, setbacks: Setbacks, subscription: Subscription, period: Period
) -> list[Moved]:
    """Whose answers of the period and the scope count and differ in category from the one before, as they stand now."""
    first, last = period.first.isoformat(), period.last.isoformat()
    found = list(directory.movements(subscription.survey, first, last, setbacks.read))
    answers = {response.id: response for response in feedback.responses([movement.response for movement in found])}
    moved: list[Moved] = []
    named: Counter[Change] = Counter()
    for movement in found:
        response = answers.get(movement.response)
        if response is None or not response.counted or not subscription.covers(response.dimensions):
            continue
        if direction := change(movement.before, response.score):
            named[direction] += 1
            contact = directory.contact(response.contact) if named[direction] <= NAMED else None
            moved.append(Moved(direction, movement.before, response, contact.name if contact else ""))
    return moved
