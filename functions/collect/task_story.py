"""What the page of a task tells: who the customer is, how to reach them, what they said, now and before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from collect.wiring import Wiring
from hearback.amendment import versions_before
from hearback.business_time import Calendar
from hearback.contact import Contact
from hearback.dates import dated_in_words, moment_in_words
from hearback.fact import FactId
from hearback.language import Texts, own_name, texts
from hearback.map_order import in_order
from hearback.response import Response
from hearback.survey import Survey
from hearback.survey_answers import answers_in_words
from hearback.task import Task
from hearback.telephone import tel_link

MOST_ANSWERS = 10
"""Answers a task's page shows, the newest ones."""
SOON = timedelta(hours=2)
"""Working hours from now to the time that is suggested for rescheduling."""
EARLIER = 8
"""Answers from before the task that it shows."""


@dataclass(frozen=True, slots=True)
class Before:
    """What an answer said until its person changed it."""

    score: int
    until: str
    comment: str
    """"" if its words are those that stood on."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as its reader sees it."""

    score: int
    day: str
    comment: str
    answers: Sequence[tuple[str, str]]
    """(question, answer) in the survey's words."""
    where: Sequence[str]
    """Dimension values that the task itself does not have."""
    amended: Sequence[Before] = ()
    """Newest first."""
    uncounted: str = ""
    """Why it does not count any more; "" if it does."""


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task, in the survey's default language and its scope's time zone."""

    task: Task
    survey: Survey
    now: datetime

    @property
    def words(self) -> Texts:
        return texts("tasks", self.survey.locales[0])

    @property
    def calendar(self) -> Calendar:
        return Calendar.of(self.survey.scope(self.task.dimensions or {}), self.survey.zone)

    @property
    def zone(self) -> ZoneInfo:
        return self.calendar.zone

    @property
    def due(self) -> str:
        return moment_in_words(self.task.due_at, self.zone, self.words.language)

    @property
    def due_outside_hours(self) -> bool:
        """Whether nobody is at work until it is due; closing time is in time."""
        return not self.calendar.is_open(self.task.due_at - timedelta(seconds=1))

    @property
    def suggestion(self) -> str:
        """Another time that suits the scope's hours."""
        at = self.calendar.add(self.now, SOON)
        return moment_in_words(at, self.zone, self.words.language)

    @property
    def taken(self) -> str:
        """Who calls, since when; "" for nobody."""
        if self.task.taken_at is None:
            return ""
        since = moment_in_words(self.task.taken_at, self.zone, self.words.language)
        return self.words.say("taken", who=self.survey.name_of(self.task.taken_by), since=since)

    @property
    def assignments(self) -> list[str]:
        """To whom it was given when, oldest first."""
        return [
            self.words.say(
                "assigned" if each.before != each.owner else "assigned_again",
                owner=self.survey.name_of(each.owner),
                before=self.survey.name_of(each.before),
                at=moment_in_words(each.at, self.zone, self.words.language),
            )
            for each in self.task.assignments
        ]

    @property
    def callback(self) -> str:
        """How the customer wants to be called, beside the number; "" if they did not say."""
        callback = self.task.callback
        if callback is None:
            return ""
        at = moment_in_words(callback.at, self.zone, self.words.language)
        return self.words.say("callback_when" if callback.when else "callback", at=at, when=callback.when)

    @property
    def notes(self) -> list[tuple[str, str, str]]:
        """(who, when, what), oldest first."""
        language = self.words.language
        return [
            (self.survey.name_of(note.by), moment_in_words(note.at, self.zone, language), note.text)
            for note in self.task.notes
        ]

    @property
    def closed(self) -> str:
        """By whom, when and how it was closed, or that it was withdrawn; "" for an open task."""
        closing = self.task.closing
        if closing is None:
            return ""
        at = moment_in_words(closing.at, self.zone, self.words.language)
        if self.task.withdrawn:
            return self.words.say("withdrawn", at=at)
        return self.words.say(
            "closed",
            who=self.survey.name_of(closing.by),
            at=at,
            outcome=self.words.say(f"outcome_{closing.outcome.replace('-', '_')}"),
            cause=self.survey.cause(closing.root_cause),
        )


@dataclass(frozen=True, slots=True)
class Story:
    """The whole story of a task's contact."""

    name: str
    phone: str
    call: str
    """A tel: link; "" where the number is none."""
    email: str
    write: str
    """A mailto: link."""
    nobody: bool
    """Whether nobody can know who it is, and no number was left."""
    language: str
    where: Sequence[str]
    answers: Sequence[Told]
    """Newest first."""
    earlier: Sequence[Told]
    """From before the task, newest first."""


def read_story(view: TaskView, wiring: Wiring) -> Story:
    task, callback = view.task, view.task.callback
    contact = wiring.directory.contact(task.contact) or Contact("")
    phone = callback.phone if callback else contact.phone
    facts = [FactId.parse(response) for response in sorted(task.responses)]
    responses = sorted(wiring.feedback.responses(facts), key=lambda each: each.answered_at, reverse=True)
    earlier = wiring.feedback.earlier(responses[-1], EARLIER) if responses else []
    return Story(
        name=contact.name,
        phone=phone,
        call=tel_link(phone),
        email=contact.email,
        write=f"mailto:{quote(contact.email, safe='@+')}" if contact.email else "",
        nobody=callback is None and bool(responses) and all(each.names_nobody for each in responses),
        language=own_name(contact.locale) if contact.locale else "",
        where=_places(view.survey, task.dimensions or {}),
        answers=[_told(view, response) for response in responses[:MOST_ANSWERS]],
        earlier=[_told(view, response) for response in earlier],
    )


def _told(view: TaskView, response: Response) -> Told:
    known = view.task.dimensions or {}
    return Told(
        score=response.score,
        day=dated_in_words(date.fromisoformat(response.day), view.words.language),
        comment=response.comment,
        answers=answers_in_words(view.survey, response),
        where=_places(view.survey, response.dimensions, known),
        amended=list(_before(view, response)),
        uncounted=response.excluded,
    )


def _before(view: TaskView, response: Response) -> Iterator[Before]:
    for version in versions_before(response):
        until = moment_in_words(version.until, view.zone, view.words.language)
        yield Before(version.score, until, version.comment)


def _places(survey: Survey, values: Mapping[str, str], known: Mapping[str, str] | None = None) -> list[str]:
    """Store: Pune"""
    told = [(name, value) for name, value in in_order(survey.dimensions, values) if (known or {}).get(name) != value]
    return [f"{name.replace('-', ' ').capitalize()}: {value}" for name, value in told]
