"""The story of an answer when it is followed up: who gave it, what they said before, what reached them since."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.contact import Contact
from hearback.plays import Situation
from hearback.response import Response

EARLIER = 5
"""Earlier answers of a person that a letter about them shows."""


@dataclass(frozen=True, slots=True)
class Story:
    response: Response
    contact: Contact | None
    """The person's details; None if the answer names nobody, or only a key."""
    earlier: Sequence[Response]
    """The person's counted answers to this survey before this one, newest first."""
    situation: Situation
    """What plays look at."""


def read_story(response: Response, feedback: Feedback, directory: Directory) -> Story:
    """The story of a counted answer as it stands now."""
    earlier = feedback.earlier(response, EARLIER)
    reached = directory.reached(response.contact)
    situation = Situation(
        score=response.score,
        dimensions=response.dimensions,
        comment=bool(response.comment),
        known=bool(response.contact),
        before=earlier[0].score if earlier else None,
        days_since_play=reached.days_before(str(response.id), response.answered_at) if reached else None,
    )
    return Story(response, directory.contact(response.contact), earlier, situation)
