"""The letter about a task whose customer was erased on request: nobody is left to call, and somebody must close it.

It is as short as what it is about: whatever a mail said of the customer would outlive their erasure in an inbox.
"""

from followup.layout import lay_out
from followup.mail import Letter
from followup.voice import Voice
from followup.words import one_line
from hearback.survey import Person, Survey
from hearback.task import Task


def erased_task_letter(survey: Survey, task: Task, reader: Person, link: str, *, escalated: bool) -> Letter:
    """To whose task it is; `escalated` to their manager. `link` opens the task's page."""
    voice = Voice.of(survey)
    owner_name = one_line(survey.name_of(task.owner))
    opening = "task_opening_erased_escalated" if escalated else "task_opening_erased"
    why = "task_why_escalated" if escalated else "task_why"
    return lay_out(
        "task_erased",
        voice,
        voice.say("task_subject_erased"),
        greeting=voice.greeting(reader.name),
        opening=voice.say(opening, owner=owner_name),
        link=link,
        why=voice.say(why, title=voice.quote(survey.title), owner=owner_name),
        unsubscribe="",
    )
