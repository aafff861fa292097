"""Which plays follow an answer: a pure choice from the survey's definition, with the reason for each that does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hearback.nps import Category, category
from hearback.play import NEXT_STEPS, Change, NextStep, Play, ReviewPlay, TaskPlay, When
from hearback.survey import Survey

_RANK: Final[Mapping[Category, int]] = {"detractor": 0, "passive": 1, "promoter": 2}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a play may look at: an answer, and what was known of its person before it."""

    score: int
    dimensions: Mapping[str, str]
    comment: bool
    """Whether it has words."""
    known: bool
    """Whether it names a person."""
    before: int | None = None
    """The score of the person's last answer to this survey; None for a first answer, or one that names nobody."""
    days_since_play: float | None = None
    """Since a play last reached this person, for another answer; None for never."""

    @property
    def category(self) -> Category:
        return category(self.score)

    @property
    def change(self) -> Change | None:
        """Whether the category fell or rose since the person's last answer."""
        if self.before is None:
            return None
        step = _RANK[self.category] - _RANK[category(self.before)]
        return "climb" if step > 0 else "slip" if step < 0 else None


@dataclass(frozen=True, slots=True)
class Choice:
    """A play, and what keeps it from running; nothing if it runs."""

    play: Play
    against: Sequence[str] = ()

    @property
    def runs(self) -> bool:
        return not self.against


def consider(survey: Survey, situation: Situation) -> list[Choice]:
    """Every play of the survey, in its order. Caps and contact rules are not looked at: they hold when it runs."""
    choices: list[Choice] = []
    stepped: Play | None = None
    for play in survey.plays:
        against = [*_unmet(play.when, situation), *_nobody_to_reach(play, situation)]
        if isinstance(play, NEXT_STEPS) and not against:
            if stepped:
                against = [f"another next step comes first: {stepped.id}"]
            stepped = stepped or play
        choices.append(Choice(play, tuple(against)))
    return choices


def choose(survey: Survey, situation: Situation) -> list[Play]:
    """The plays that run, in the survey's order."""
    return [choice.play for choice in consider(survey, situation) if choice.runs]


def next_step(survey: Survey, situation: Situation) -> NextStep | None:
    """The one next step that the respondent is offered, if the survey has one for this answer."""
    return next((play for play in choose(survey, situation) if isinstance(play, NEXT_STEPS)), None)


def _nobody_to_reach(play: Play, situation: Situation) -> list[str]:
    if situation.known or isinstance(play, ReviewPlay) or play.what == "event":
        return []
    if isinstance(play, TaskPlay):
        return [] if play.anonymous else ["the answer names nobody to call (anonymous: true gives a task all the same)"]
    if play.what == "mail" and play.who != "respondent":
        return []
    return ["the answer names nobody"]


def _unmet(when: When, situation: Situation) -> list[str]:
    against = []
    if when.category and when.category != situation.category:
        against.append(f"category is {situation.category}, not {when.category}")
    if not when.score_from <= situation.score <= when.score_to:
        against.append(f"score is {situation.score}, not {when.score_from} to {when.score_to}")
    for name, values in when.dimensions.items():
        if situation.dimensions.get(name) not in values:
            found = situation.dimensions.get(name, "not said")
            against.append(f"{name} is {found}, not {' or '.join(values)}")
    if when.comment is not None and when.comment != situation.comment:
        against.append("it has no comment" if when.comment else "it has a comment")
    if when.answer and (when.answer == "first") != (situation.before is None):
        against.append("it is a first answer" if situation.before is None else "it is not the first answer")
    if when.change and when.change != situation.change:
        against.append(f"it is no {when.change} since the last answer")
    since = situation.days_since_play
    if when.days_since_play is not None and since is not None and since < when.days_since_play:
        against.append(f"a play reached this person {since:.0f} days ago, not {when.days_since_play}")
    return against
