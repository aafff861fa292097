"""Which plays follow an answer: a pure choice from the survey's definition, with the reason for each that does not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hearback.contact import Cap, Slot
from hearback.nps import Category, category
from hearback.play import NEXT_STEPS, WATCHING, Change, MailPlay, NextStep, Play, ReviewPlay, TaskPlay, When
from hearback.survey import Survey

_RANK: Final[Mapping[Category, int]] = {"detractor": 0, "passive": 1, "promoter": 2}


def change(before: int | None, score: int) -> Change | None:
    """Whether the category falls or rises from one score to another; None from no score at all."""
    if before is None:
        return None
    step = _RANK[category(score)] - _RANK[category(before)]
    return "climb" if step > 0 else "slip" if step < 0 else None


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
        return change(self.before, self.score)


@dataclass(frozen=True, slots=True)
class Choice:
    """A play, and what keeps it from running; nothing if it runs."""

    play: Play
    against: Sequence[str] = ()

    @property
    def runs(self) -> bool:
        return not self.against


def consider(survey: Survey, situation: Situation) -> list[Choice]:
    """Every play of the survey, in its order, and the one that comes with `watch`.

    Caps and contact rules are not looked at: they hold when a play runs.
    """
    choices: list[Choice] = []
    stepped: Play | None = None
    for play in survey.plays:
        against = _against(play, situation)
        if isinstance(play, NEXT_STEPS) and not against:
            if stepped:
                against = [f"another next step comes first: {stepped.id}"]
            stepped = stepped or play
        choices.append(Choice(play, tuple(against)))
    if watching := _watching(survey, situation):
        against = _unmet(watching.when, situation)
        if not against and (task := _task_at_once(choices)):
            against = [f"another play gives a task at once: {task.id}"]
        choices.append(Choice(watching, tuple(against)))
    return [_unless_told(choice, survey, situation, _task_at_once(choices)) for choice in choices]


def choose(survey: Survey, situation: Situation) -> list[Play]:
    """The plays that run, in the survey's order."""
    return [choice.play for choice in consider(survey, situation) if choice.runs]


def next_step(survey: Survey, situation: Situation) -> NextStep | None:
    """The one next step that the respondent is offered, if the survey has one for this answer."""
    return next((step for step in _next_steps(survey) if not _against(step, situation)), None)


def next_step_at_once(survey: Survey, situation: Situation) -> NextStep | None:
    """The same, where nothing is known of what came before the answer; None where that would decide."""
    first = next(possible_next_steps(survey, situation), None)
    return None if first is None or first.when.asks_of_the_past else first


def possible_next_steps(survey: Survey, situation: Situation) -> Iterator[NextStep]:
    """Those of which one is the answer's next step, whatever came before the answer; in the survey's order."""
    for step in _next_steps(survey):
        if not _unmet_by_answer(step.when, situation) and not _nobody_to_reach(step, situation):
            yield step
            if not step.when.asks_of_the_past:
                return


def reader(play: Play, survey: Survey, dimensions: Mapping[str, str]) -> str:
    """Whom of the survey's people a task or an alert goes to; "" if nobody takes care of such answers."""
    if isinstance(play, TaskPlay) and play.owner:
        return play.owner
    scope = survey.scope(dimensions)
    if scope is None:
        return ""
    return (scope.manager or "") if isinstance(play, MailPlay) and play.who == "manager" else scope.owner


def mail_caps(play: MailPlay, survey: Survey, contact: str) -> list[Cap]:
    """What a mail to a respondent needs: the cap of all follow-up mails to a person together, and the play's own.

    An apology outranks the others, and keeps them back as they do.
    """
    mailed, own = Slot.mailed(contact), own_caps(play, survey, contact)
    if play.template != "apology":
        return [Cap(mailed, survey.mail_cap), *own]
    return [Cap(mailed, timedelta(0)), Cap(Slot.apologised(contact), survey.mail_cap), *own]


def own_caps(play: Play, survey: Survey, contact: str) -> list[Cap]:
    """The play's own cap. It is one person's: an answer that names nobody has none."""
    return [Cap(Slot.played(contact, survey.id, play.id), play.cap)] if play.cap and contact else []


def _next_steps(survey: Survey) -> Iterator[NextStep]:
    return (play for play in survey.plays if isinstance(play, NEXT_STEPS))


def _watching(survey: Survey, situation: Situation) -> TaskPlay | None:
    """The task for a slip: of who takes care of the answer, else of who gets the survey's other tasks."""
    tasks = [play for play in survey.plays if isinstance(play, TaskPlay)]
    owner = None if survey.scope(situation.dimensions) else next((play.owner for play in tasks if play.owner), "")
    if not survey.watch.slips or owner == "":
        return None
    hours = {"due_hours": tasks[0].due_hours} if tasks else {}
    return TaskPlay(id=WATCHING, what="task", when=When(change="slip"), owner=owner, **hours)


def _task_at_once(choices: Sequence[Choice]) -> TaskPlay | None:
    """A task that is certainly given now."""
    plays = (choice.play for choice in choices if choice.runs)
    return next((play for play in plays if isinstance(play, TaskPlay) and not play.delay and not play.cap), None)


def _unless_told(choice: Choice, survey: Survey, situation: Situation, task: TaskPlay | None) -> Choice:
    """No alert to somebody whom the notice of a task tells the same at the same moment."""
    play, dimensions = choice.play, situation.dimensions
    if not (choice.runs and task and isinstance(play, MailPlay) and play.who != "respondent" and not play.delay):
        return choice
    if reader(play, survey, dimensions) != reader(task, survey, dimensions):
        return choice
    return Choice(play, (f"the notice of the task tells them: {task.id}",))


def _against(play: Play, situation: Situation) -> list[str]:
    return [*_unmet(play.when, situation), *_nobody_to_reach(play, situation)]


def _nobody_to_reach(play: Play, situation: Situation) -> list[str]:
    if situation.known or isinstance(play, ReviewPlay) or play.what == "event":
        return []
    if isinstance(play, TaskPlay):
        return [] if play.anonymous else ["the answer names nobody to call (anonymous: true gives a task all the same)"]
    if play.what == "mail" and play.who != "respondent":
        return []
    return ["the answer names nobody"]


def _unmet(when: When, situation: Situation) -> list[str]:
    return [*_unmet_by_answer(when, situation), *_unmet_by_the_past(when, situation)]


def _unmet_by_answer(when: When, situation: Situation) -> list[str]:
    against = []
    if when.category and when.category != situation.category:
        against.append(f"category is {situation.category}, not {when.category}")
    if not when.score_from <= situation.score <= when.score_to:
        wanted = f"{when.score_from} to {when.score_to}" if when.score_from < when.score_to else when.score_to
        against.append(f"score is {situation.score}, not {wanted}")
    for name, values in when.dimensions.items():
        if situation.dimensions.get(name) not in values:
            found = situation.dimensions.get(name, "not said")
            against.append(f"{name} is {found}, not {' or '.join(values)}")
    if when.comment is not None and when.comment != situation.comment:
        against.append("it has no comment" if when.comment else "it has a comment")
    return against


def _unmet_by_the_past(when: When, situation: Situation) -> list[str]:
    against = []
    if when.answer and (when.answer == "first") != (situation.before is None):
        against.append("it is a first answer" if situation.before is None else "it is not the first answer")
    if when.change and when.change != situation.change:
        against.append(f"it is no {when.change} since the last answer")
    since = situation.days_since_play
    if when.days_since_play is not None and since is not None and since < when.days_since_play:
        against.append(f"a play reached this person {int(since)} days ago, not {when.days_since_play}")
    return against
