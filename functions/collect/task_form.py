"""The forms on a task's page: what was said with one, or what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from hearback.rescheduling import NotThen, Reason, due_time
from hearback.survey import Survey
from hearback.task import NOTE_LENGTH, OUTCOMES, Outcome

Step = Literal["take", "note", "reschedule", "close"]
STEPS: tuple[Step, ...] = ("take", "note", "reschedule", "close")
Missing = Literal["hasty", "empty", "long", "no_time", "no_ending", "full", "changed"] | Reason
"""Why a form is shown again. `hasty`: it came sooner than a person reads. `full`: there is no room for a note.
`changed`: somebody else has done something meanwhile."""


class Incomplete(ValueError):
    """The form lacks something; nothing is done."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing)
        self.missing: Missing = missing


@dataclass(frozen=True, slots=True)
class Ending:
    outcome: Outcome
    root_cause: str
    note: str


def note_in(form: Mapping[str, str]) -> str:
    """Raises Incomplete."""
    if not (text := _text(form)):
        raise Incomplete("empty")
    return text


def due_in(form: Mapping[str, str], zone: ZoneInfo, now: datetime) -> datetime:
    """When the task is to be due. Raises Incomplete."""
    try:
        day, at = date.fromisoformat(form.get("day", "")), time.fromisoformat(form.get("time", ""))
    except ValueError:
        raise Incomplete("no_time") from None
    if at.tzinfo:
        raise Incomplete("no_time")
    try:
        return due_time(day, at, zone, now)
    except NotThen as reason:
        raise Incomplete(reason.reason) from None


def ending_in(form: Mapping[str, str], survey: Survey) -> Ending:
    """How the task ended. Raises Incomplete unless it says both outcome and root cause."""
    outcome = next((each for each in OUTCOMES if each == form.get("outcome")), None)
    cause = form.get("cause", "")
    if outcome is None or cause not in survey.root_causes:
        raise Incomplete("no_ending")
    return Ending(outcome, cause, _text(form))


def _text(form: Mapping[str, str]) -> str:
    """Browsers count a line's end as one character and send two."""
    text = form.get("text", "").replace("\r\n", "\n").strip()
    if len(text) > NOTE_LENGTH:
        raise Incomplete("long")
    return text
