"""The next step that a mail offers: what it says, and where it leads."""

from dataclasses import dataclass

from followup.voice import Voice
from hearback.play import NextStep, ReviewPlay


@dataclass(frozen=True, slots=True)
class Offer:
    text: str
    label: str
    """What the button says."""
    url: str


def offer(voice: Voice, step: NextStep | None) -> Offer | None:
    """A next step as a mail prints it, in the mail's language; None for none, and for one that only the page offers."""
    if isinstance(step, ReviewPlay):
        return Offer(voice.quote(step.text), voice.quote(step.label), step.url)
    return None
