"""The letters that Hearback writes: to customers, to the owners of tasks, to the readers of digests."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from urllib.parse import quote

from followup import figures
from followup.digest import MOST_TASKS, Digest
from followup.layout import lay_out
from followup.mail import Letter
from followup.voice import MOST_NAME, Voice
from followup.words import one_line, shorten
from hearback.contact import Contact
from hearback.response import Response
from hearback.survey import Person, Survey
from hearback.task import OUTCOMES, Task

__all__ = ["Letter", "digest", "invitation", "reply", "task_notice"]

OWN_WORDS = 240
"""Characters of their own comment that a respondent is shown: enough to know it again."""
VOICE = 320
"""Characters of a comment in a digest."""
WHOLE_COMMENT = 1500
"""Characters of a comment that the owner of a task is shown."""
LISTED_TASKS = 8
"""Open tasks a digest lists."""
LISTED_ANSWERS = 10
"""Answers a task's notice shows."""


def invitation(survey: Survey, contact: Contact, locale: str, links: Sequence[str], unsubscribe: str) -> Letter:
    """The question with a link for each score: `links[0]` to `links[10]`. Raises ValueError for any other number."""
    if len(links) != 11:
        raise ValueError("an invitation has eleven links, for the scores 0 to 10")
    voice = Voice.of(survey, locale, contact.locale)
    return lay_out(
        "invitation",
        voice,
        voice.say("invitation_subject"),
        greeting=voice.greeting(contact.name),
        question=voice.quote(survey.question),
        links=list(enumerate(links)),
        trap=f"{links[0].partition('?')[0]}?more=1",
        why=voice.say("invitation_why"),
        unsubscribe=unsubscribe,
    )


def reply(
    template: Literal["thanks", "why", "apology"],
    survey: Survey,
    response: Response,
    contact: Contact,
    link: str,
    unsubscribe: str,
    owner: Person | None,
) -> Letter:
    """What a respondent is answered. `link` opens the page on which they can say more; "" for none.

    `thanks` is for a high score and asks for nothing, `why` asks what was missing, `apology` is written in the name
    of `owner` (of the team if there is none) and promises a call, or a mail where no phone number is known. All of
    them invite a reply, so the envelope's reply-to must be read by somebody: for an apology, by the owner.
    """
    voice = Voice.of(survey, response.locale, contact.locale)
    asked = survey.follow_up.get(response.category)
    by = "" if owner else "_team"
    return lay_out(
        template,
        voice,
        voice.say(f"{template}_subject{by}" if template == "apology" else f"{template}_subject"),
        greeting=voice.greeting(contact.name),
        score=response.score,
        comment=shorten(response.comment, OWN_WORDS),
        question=voice.quote(asked.reason if asked else None) or voice.say("why_question"),
        link=link,
        by=by,
        owner=one_line(owner.name) if owner else "",
        callable=bool(one_line(contact.phone)),
        why=voice.say("reply_why"),
        unsubscribe=unsubscribe,
    )


def task_notice(
    survey: Survey, task: Task, responses: Sequence[Response], contact: Contact | None, owner: Person
) -> Letter:
    """What the owner of a task must know to act on it: who, what they said, by when, how to reach them.

    It is written in the survey's default language.
    """
    voice = Voice.of(survey)
    newest = sorted(responses, key=lambda response: response.answered_at, reverse=True)
    due = voice.moment(task.due_at, survey.zone)
    name = shorten(contact.name, MOST_NAME) if contact else ""
    who, scores = name or voice.say("somebody"), ", ".join(str(response.score) for response in newest[:3])
    return lay_out(
        "task_notice",
        voice,
        voice.say("task_subject_scores" if scores else "task_subject", who=who, due=due, scores=scores),
        greeting=voice.greeting(owner.name),
        task=task,
        due=due,
        name=name,
        reach=_reach(voice, contact),
        language=shorten(contact.locale, 20) if contact else "",
        dimensions=_dimensions(task.dimensions or {}),
        answers=[
            _answer(voice, response, WHOLE_COMMENT, task.dimensions or {}) for response in newest[:LISTED_ANSWERS]
        ],
        response_ids=", ".join(sorted(task.responses)),
        command=f"hearback tasks close {task.id} --outcome {OUTCOMES[0]}",
        other_outcomes=", ".join(OUTCOMES[1:]),
        why=voice.say("task_why", title=voice.quote(survey.title)),
        unsubscribe="",
    )


def digest(digest: Digest) -> Letter:
    """One week of one scope, in the survey's default language and the reader's time zone."""
    survey, subscription, score = digest.survey, digest.subscription, digest.tally.score
    voice = Voice.of(survey)
    overdue = [task for task in digest.open_tasks if task.overdue(digest.now)]
    week = voice.span(digest.week.first, digest.week.last)
    title = voice.quote(survey.title)
    scope = ", ".join(_dimensions(subscription.scope)) or voice.say("digest_whole", title=title)
    return lay_out(
        "digest",
        voice,
        _digest_subject(voice, digest, ", ".join(subscription.scope.values()) or title, week, len(overdue)),
        greeting=voice.greeting(subscription.name),
        week=week,
        scope=scope,
        score=score,
        headline=figures.headline(voice, score),
        change=figures.change_in_words(voice, digest.change, score),
        before=digest.before.score.n,
        rate=figures.response_rate(voice, digest.tally),
        shares=figures.shares(voice, score),
        bars=figures.bars(score),
        comments=[_answer(voice, response, VOICE, subscription.scope) for response in digest.comments],
        tasks=[_listed(voice, digest, task) for task in digest.open_tasks[:LISTED_TASKS]],
        open_tasks=len(digest.open_tasks),
        capped=len(digest.open_tasks) >= MOST_TASKS,
        overdue=len(overdue),
        why=voice.say("digest_why", title=title, subscription=subscription.id),
        unsubscribe="",
    )


def _digest_subject(voice: Voice, digest: Digest, scope: str, week: str, overdue: int) -> str:
    score = digest.tally.score
    if score.nps is None:
        subject = voice.say("digest_subject_none", scope=scope, week=week)
    else:
        enough = score.n >= digest.survey.minimum_n
        subject = voice.say(
            "digest_subject_nps" if enough else "digest_subject_few",
            scope=scope,
            nps=figures.points(score.nps),
            answers=voice.say("answers", n=score.n),
            week=week,
        )
    return voice.say("digest_subject_overdue", subject=subject, n=overdue) if overdue else subject


def _listed(voice: Voice, digest: Digest, task: Task) -> dict[str, object]:
    owner = digest.survey.people.get(task.owner)
    overdue = task.overdue(digest.now)
    due = voice.moment(task.due_at, digest.subscription.zone)
    return {
        "id": task.id,
        "due": voice.say("task_due_past" if overdue else "task_due", due=due),
        "overdue": overdue,
        "about": ", ".join(
            [
                one_line(owner.name if owner else task.owner),
                *_dimensions(task.dimensions or {}, digest.subscription.scope),
            ]
        ),
    }


def _answer(voice: Voice, response: Response, most: int, known: Mapping[str, str]) -> dict[str, object]:
    """One answer, with its words cut to `most` characters and without the dimension values that are `known` anyway."""
    return {
        "score": response.score,
        "category": response.category,
        "day": voice.day(date.fromisoformat(response.day)),
        "comment": shorten(response.comment, most),
        "dimensions": ", ".join(_dimensions(response.dimensions, known)),
        "answers": _follow_up_answers(voice, response, most),
    }


def _follow_up_answers(voice: Voice, response: Response, most: int) -> list[tuple[str, str]]:
    """(question, answer) of the survey's questions that were answered, in the survey's words where it has them."""
    questions = {question.id: question for asked in voice.survey.follow_up.values() for question in asked.questions}
    found = []
    for question_id, answer in response.answers.items():
        question = questions.get(question_id)
        choice = question.choices.get(answer) if question else None
        asked = voice.quote(question.text) if question else one_line(question_id)
        found.append((asked, voice.quote(choice) if choice else shorten(answer, most)))
    return found


def _reach(voice: Voice, contact: Contact | None) -> list[tuple[str, str, str]]:
    """(label, what is shown, link or "") of each way to reach somebody."""
    ways = []
    phone, email = (shorten(contact.phone, 40), one_line(contact.email)) if contact else ("", "")
    if phone:
        digits = "".join(letter for letter in phone if letter.isascii() and (letter.isdigit() or letter == "+"))
        ways.append((voice.say("phone"), phone, f"tel:{digits}" if digits else ""))
    if email:
        ways.append((voice.say("mail"), email, f"mailto:{quote(email, safe='@+')}"))
    return ways


def _dimensions(values: Mapping[str, str], known: Mapping[str, str] | None = None) -> list[str]:
    """Store: Pune"""
    told = {name: value for name, value in values.items() if (known or {}).get(name) != value}
    return [f"{name.replace('-', ' ').capitalize()}: {one_line(value)}" for name, value in told.items()]
