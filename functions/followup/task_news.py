"""Telling whose a task is what is new of it: an answer that joined or was changed, that its person wants a call.

Whoever joins an answer tells of it at once. What a page took down, and what somebody died over, the tick finds beside
the task.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from followup import letters
from followup.links import Links
from followup.post import Post, Sent
from followup.setbacks import Setbacks
from followup.settle_queue import about_news, body, send, tens
from followup.task_notices import still_open
from hearback.aws.tasks import Tasks
from hearback.claim import Claim
from hearback.contact import Cap, Contact
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Task
from hearback.task_news import APART, call_claim, changes, joined_cap, joined_claim
from hearback.task_owner import owner_now


def queue_due_news(tasks: Tasks, settle_queue: str, now: datetime) -> int:
    """Queue the tasks of which somebody may not know what is new; how many the queue took.

    They stay due until that is told, and it is told once: under its claim. Raises SomeFailed once all others are
    queued.
    """
    queued, setbacks = 0, Setbacks()
    for some in tens(still_open(tasks, tasks.untold_news(until=now), tasks.news_told, setbacks)):
        queued += len(some) - len(send(settle_queue, {body(about_news(task.id)): [task.id] for task in some}))
    setbacks.raise_any()
    return queued


@dataclass(frozen=True, slots=True)
class NewsOfTasks:
    tasks: Tasks
    post: Post
    links: Links
    now: datetime

    def tell(
        self,
        task: Task,
        survey: Survey,
        responses: Sequence[Response],
        contact: Contact | None,
        earlier: Sequence[Response],
    ) -> None:
        """Tell whose an open task is what is new of it, each once. Raises NotSent: to be tried again."""
        changed = changes(task, responses)
        news = bool(task.contact) and len(task.responses) + len(changed) > 1
        person = owner_now(task, survey)
        if not (task.callback or news) or not person:
            self.tasks.news_told(task, responses)
            return
        owner, link = survey.people[person], self.links.task(task, person)

        def mail(claim: Claim, occasion: letters.Occasion, caps: Sequence[Cap] = ()) -> Sent:
            letter = letters.task_notice(
                survey, task, responses, contact, owner, link, occasion=occasion, earlier=earlier
            )
            return self.post.send(claim, letter, owner.email, self.now, to_name=owner.name, caps=caps)

        if task.callback:
            mail(call_claim(task), "call")
        if news:
            claim = joined_claim(task, responses)
            self.post.claims.uncap(claim)  # what was too soon after the last one is only later
            last_said = max((response.answered_at for response in responses), default=task.created_at)
            occasion: letters.Occasion = "changed" if changed and max(changed) >= last_said else "joined"
            if mail(claim, occasion, [joined_cap(task)]) == "capped":
                self.tasks.tell_news_later(task, responses, self.now + APART)
                return
        self.tasks.news_told(task, responses)
