"""What plays would do with an answer, for a person who wants to know before it happens or after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from hearback import plays
from hearback.business_time import Calendar
from hearback.claim import State
from hearback.play import NEXT_STEPS, EventPlay, MailPlay, Play, TaskPlay
from hearback.plays import Choice, Situation
from hearback.survey import Survey

DONE: Final[Mapping[State, str]] = {
    "claimed": "begun; whether it was done is not known yet",
    "done": "done",
    "refused": "refused",
    "doubtful": "in doubt: hearback mail doubtful",
    "capped": "not done: a cap forbade it",
}
"""What a claim's state says to a person."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A play as it would run on an answer, or why it would not."""

    choice: Choice
    what: str
    who: str
    at: datetime
    """When it runs: now, or when its delay has passed."""
    due_at: datetime | None
    """By when its task is to be done."""
    done: str = ""
    """What became of it, of an answer that there is."""

    @property
    def play(self) -> Play:
        return self.choice.play

    @property
    def cap(self) -> str:
        return f"once in {self.play.cap_days} days" if self.play.cap_days else ""

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "play": self.play.id,
            "what": self.what,
            "who": self.who,
            "runs": self.choice.runs,
            "against": list(self.choice.against),
            "delay_hours": self.play.delay_hours,
            "cap_days": self.play.cap_days,
            "at": self.at.isoformat(timespec="seconds") if self.choice.runs else None,
            "due_at": self.due_at.isoformat(timespec="seconds") if self.due_at and self.choice.runs else None,
            "done": self.done or None,
        }


def plan(survey: Survey, situation: Situation, now: datetime) -> list[Planned]:
    """Every play of the survey for an answer that is followed up now, in the survey's order."""
    return [_planned(choice, survey, situation, now) for choice in plays.consider(survey, situation)]


def rules(survey: Survey, situation: Situation) -> list[str]:
    """What else holds for every mail to the respondent, in sentences."""
    if not situation.known:
        return ["The answer names nobody: no cap counts it, and nobody can be mailed."]
    capped = survey.mail_cap_days
    sleeping = "A delayed mail that falls due in the survey's quiet hours waits for the morning."
    return [
        f"At most one follow-up mail to a person within {capped} days; an apology goes after another mail all the same."
        if capped
        else "mail_cap_days is 0: a person may get a follow-up mail for every answer.",
        "Nobody is mailed who unsubscribed from follow-ups, complained, or whose address bounced.",
        "What a cap forbids is dropped, not sent later.",
        *([sleeping] if survey.quiet_hours else []),
    ]


def _planned(choice: Choice, survey: Survey, situation: Situation, now: datetime) -> Planned:
    play, at = choice.play, now + choice.play.delay
    due_at = None
    if isinstance(play, TaskPlay):
        calendar = Calendar.of(survey.scope(situation.dimensions), survey.zone)
        due_at = calendar.add(at, timedelta(hours=play.due_hours))
    return Planned(choice, _what(play), _who(play, survey, situation), at, due_at)


def _what(play: Play) -> str:
    match play:
        case MailPlay():
            return f"mail {play.template}"
        case EventPlay():
            return f"event {play.event}"
        case _:
            return f"next step: {play.what}" if isinstance(play, NEXT_STEPS) else play.what


def _who(play: Play, survey: Survey, situation: Situation) -> str:
    if isinstance(play, EventPlay):
        return "your systems"
    if not isinstance(play, TaskPlay) and not (isinstance(play, MailPlay) and play.who != "respondent"):
        return "the respondent"
    person = survey.people.get(plays.reader(play, survey, situation.dimensions))
    return person.name if person else "nobody"
