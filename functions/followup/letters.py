"""The letters that Hearback writes to customers and to the owners of tasks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from followup.erased_task_letter import erased_task_letter
from followup.layout import lay_out
from followup.mail import Letter
from followup.next_steps import Brought
from followup.offers import offer
from followup.quoting import VOICE, dimension_values, told
from followup.voice import MOST_NAME, Voice
from followup.words import one_line, shorten
from hearback.amendment import words_fit
from hearback.business_time import Calendar
from hearback.contact import Contact
from hearback.judging import TRAP
from hearback.language import own_name
from hearback.mail_words import MailWords
from hearback.plays import change
from hearback.response import Response
from hearback.survey import Person, Survey
from hearback.task import Task
from hearback.telephone import tel_link

HEARBACK_S = MailWords()
"""How mails begin of which a survey says nothing."""
OWN_WORDS = 240
"""Characters of their own comment that a respondent is shown: enough to know it again."""
WHOLE_COMMENT = 1500
"""Characters of a comment that the owner of a task is shown."""
Occasion = Literal["new", "joined", "changed", "call", "overdue", "escalated"]
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
        voice.own(survey.invitation.subject, voice.say("invitation_subject")),
        greeting=voice.greeting(contact.name),
        opening=voice.own(survey.invitation.opening, voice.say("invitation_opening")),
        question=voice.quote(survey.question),
        links=list(enumerate(links)),
        trap=f"{links[0].partition('?')[0]}?{TRAP}=1",
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
    next_step: Brought | None = None,
    call: str = "",
    words: MailWords = HEARBACK_S,
) -> Letter:
    """What a respondent is answered. `link` opens the page on which they can say more; "" for none.

    `thanks` is for a high score and asks for nothing but the next step, `why` asks what was missing, `apology` is
    written in the name of `owner` and promises a call, or a mail where no phone number is known; the team's, where
    nobody has a task, promises neither. All of them invite a reply, so the envelope's reply-to must be read by
    somebody: for an apology, by the owner. An apology offers no `next_step`, but `call`: the page on which to say how
    to be called. `words` are how the survey wants it to begin.
    """
    voice = Voice.of(survey, response.locale, contact.locale)
    asked = survey.follow_up.get(response.category)
    by = "" if owner else "_team"
    whose, name = by if template == "apology" else "", one_line(owner.name) if owner else ""
    return lay_out(
        template,
        voice,
        voice.own(words.subject, voice.say(f"{template}_subject{whose}")),
        greeting=voice.greeting(contact.name),
        opening=voice.own(words.opening, voice.say(f"{template}_opening{whose}", owner=name, score=response.score)),
        comment=shorten(response.comment, OWN_WORDS) if words_fit(response) else "",
        question=voice.quote(asked.reason if asked else None) or voice.say("why_question"),
        link=link,
        by=by,
        owner=name,
        call=call,
        callable=bool(one_line(contact.phone)),
        offer=offer(voice, next_step),
        why=voice.say("reply_why"),
        unsubscribe=unsubscribe,
    )


def task_notice(
    survey: Survey,
    task: Task,
    responses: Sequence[Response],
    contact: Contact | None,
    reader: Person,
    link: str,
    *,
    occasion: Occasion = "new",
    earlier: Sequence[Response] = (),
) -> Letter:
    """What the owner of a task must know to act on it: who, what they said, by when, how to reach them.

    Its owner gets it when the task is `new`, when another answer has `joined` it, when one was `changed`, when the
    customer wants a `call` and when it is `overdue`, the owner's manager when it is `escalated`.
    `earlier` are the person's answers before these, newest first; `link` opens the task's page. It is written in the
    survey's default language. Whose customer was erased on request is only to be closed, and only that is said.
    """
    if task.erased:
        return erased_task_letter(survey, task, reader, link, escalated=occasion == "escalated")
    voice = Voice.of(survey)
    newest = sorted(responses, key=lambda response: response.answered_at, reverse=True)
    zone = Calendar.of(survey.scope(task.dimensions or {}), survey.zone).zone
    due = voice.moment(task.due_at, zone)
    name = shorten(contact.name, MOST_NAME) if contact else ""
    who, scores = name or voice.say("somebody"), ", ".join(str(response.score) for response in newest[:3])
    owner_name = one_line(survey.name_of(task.owner))
    taker = survey.people.get(task.taken_by)
    nobody = task.callback is None and bool(newest) and all(each.names_nobody for each in newest)
    subjects = {
        "new": "task_subject_nobody" if nobody else "task_subject_scores" if scores else "task_subject",
        "joined": "task_subject_joined",
        "changed": "task_subject_changed",
        "call": "task_subject_call",
        "overdue": "task_subject_overdue_nobody" if nobody else "task_subject_overdue",
        "escalated": "task_subject_escalated_nobody" if nobody else "task_subject_escalated",
    }
    openings = {
        "new": "task_opening_nobody" if nobody else "task_opening",
        "joined": "task_opening_joined",
        "changed": "task_opening_changed",
        "call": "task_opening_call",
        "overdue": "task_opening_overdue_nobody" if nobody else "task_opening_overdue",
        "escalated": "task_opening_escalated_nobody" if nobody else "task_opening_escalated",
    }
    why = "task_why_escalated" if occasion == "escalated" else "task_why"
    return lay_out(
        "task_notice",
        voice,
        voice.say(subjects[occasion], who=who, due=due, scores=scores, owner=owner_name),
        greeting=voice.greeting(reader.name),
        opening=voice.say(openings[occasion], due=due, owner=owner_name),
        taken=voice.say("task_taken", who=one_line(taker.name)) if taker else "",
        name=name,
        wish=_wish(voice, task, zone),
        reach=_reach(voice, contact, task),
        language=shorten(own_name(contact.locale), 20) if contact else "",
        dimensions=dimension_values(survey, task.dimensions or {}),
        answers=[told(voice, each, WHOLE_COMMENT, task.dimensions or {}, zone) for each in newest[:LISTED_ANSWERS]],
        moved=_moved(voice, newest, earlier),
        earlier=_earlier(voice, earlier, task.dimensions or {}, zone),
        unreached=_unreached(voice, ", ".join(sorted(task.responses)), nobody=nobody),
        link=link,
        why=voice.say(why, title=voice.quote(survey.title), owner=owner_name),
        unsubscribe="",
    )


def alert(
    survey: Survey,
    response: Response,
    earlier: Sequence[Response],
    contact: Contact | None,
    reader: Person,
    task: Task | None,
    link: str,
) -> Letter:
    """What somebody of ours is told at once of an answer: what was said, what that changes, how to reach the person.

    `earlier` are the person's answers before this one, newest first; `task` is the one they have open, and
    `link` opens its page: "" unless the reader owns it, for whoever has the link acts in their name. It is written in
    the survey's default language.
    """
    voice = Voice.of(survey)
    moved = _moved(voice, [response], earlier)
    who = (shorten(contact.name, MOST_NAME) if contact else "") or voice.say("somebody")
    before = earlier[0].score if earlier else None
    nobody = response.names_nobody and not (task and task.callback)
    return lay_out(
        "alert",
        voice,
        voice.say("alert_subject_moved" if moved else "alert_subject", who=who, before=before, score=response.score),
        greeting=voice.greeting(reader.name),
        name=shorten(contact.name, MOST_NAME) if contact else "",
        wish=_wish(voice, task, survey.zone) if task else "",
        reach=_reach(voice, contact, task),
        language=shorten(own_name(contact.locale), 20) if contact else "",
        dimensions=dimension_values(survey, response.dimensions),
        answer=told(voice, response, WHOLE_COMMENT, response.dimensions, survey.zone),
        moved=moved,
        earlier=_earlier(voice, earlier, response.dimensions, survey.zone),
        task=_task_open(voice, task, nobody=nobody) if task else "",
        link=link,
        command=f"hearback tasks show {task.id}" if task else "",
        unreached=_unreached(voice, str(response.id), nobody=nobody),
        why=voice.say("alert_why", title=voice.quote(survey.title)),
        unsubscribe="",
    )


def _moved(voice: Voice, newest: Sequence[Response], earlier: Sequence[Response]) -> str:
    """That the person's category fell or rose with their newest answer; "" if it did not."""
    if not newest or not earlier or not change(earlier[0].score, newest[0].score):
        return ""
    return voice.say("moved", before=earlier[0].score, score=newest[0].score)


def _earlier(
    voice: Voice, earlier: Sequence[Response], known: Mapping[str, str], zone: ZoneInfo
) -> list[dict[str, object]]:
    """What the person said before, with the year of each: it may be long ago."""
    return [
        told(voice, response, VOICE, known, zone) | {"day": voice.dated(date.fromisoformat(response.day))}
        for response in earlier
    ]


def _wish(voice: Voice, task: Task, zone: ZoneInfo) -> str:
    """How the customer wants to be called, beside the number; "" if they did not say."""
    callback = task.callback
    if callback is None:
        return ""
    at = voice.moment(callback.at, zone)
    return voice.say("task_callback_when" if callback.when else "task_callback", at=at, when=one_line(callback.when))


def _task_open(voice: Voice, task: Task, *, nobody: bool) -> str:
    """Whose the open task is, and by when."""
    said, due = "alert_task_open_nobody" if nobody else "alert_task_open", voice.moment(task.due_at, voice.survey.zone)
    return voice.say(said, owner=one_line(voice.survey.name_of(task.owner)), due=due)


def _unreached(voice: Voice, responses: str, *, nobody: bool) -> str:
    """What is told where there is no way to reach somebody. `nobody`: no other system knows them either."""
    return voice.say("task_nobody") if nobody else voice.say("task_unreachable", response=responses)


def _reach(voice: Voice, contact: Contact | None, task: Task | None) -> list[tuple[str, str, str]]:
    """(label, what is shown, link or "") of each way to reach somebody. The number they gave last goes first."""
    ways = []
    phone, email = (shorten(contact.phone, 40), one_line(contact.email)) if contact else ("", "")
    if task and task.callback:
        phone = shorten(task.callback.phone, 40)
    if phone:
        ways.append((voice.say("phone"), phone, tel_link(phone)))
    if email:
        ways.append((voice.say("mail"), email, f"mailto:{quote(email, safe='@+')}"))
    return ways
