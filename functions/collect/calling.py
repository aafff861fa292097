"""Please call me: where and when, from the apology's link, and from the page that thanks whom nobody knows.

Whoever looks after the answer is told. An answer that names nobody gives its task minutes later, and the wish waits.
The number is of this task and no other: a mail gets forwarded, and whoever has it must not change for good how we reach
somebody. For the same reason nothing stored is shown.
"""

from dataclasses import replace

from collect import answers, pages
from collect.bodies import WHEN_LENGTH
from collect.call_offer import will_give_task
from collect.guarded_form import mark_of, stamp_for
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.call_wishes import CallWishes
from hearback.aws.tasks import TaskClosed, WishedTooOften
from hearback.task import Callback, Task
from hearback.telephone import telephone


def page(request: Request, wiring: Wiring) -> Reply:
    """The form, while somebody is to call; afterwards it says how else to reach us."""
    to, sheet = _opened(request, wiring)
    if _called_by(request, wiring, to) is None:
        return pages.uncalled_page(sheet, by_mail=to.by_mail)
    return pages.call_page(sheet, "", "", stamp_for(sheet.token, request, wiring))


def ask(request: Request, wiring: Wiring) -> Reply:
    """Take the wish to be called. What only a machine sends changes nothing, and shows the form again."""
    to, sheet = _opened(request, wiring)
    form = request.form()
    said, when = _one_line(form.get("phone", "")), _one_line(form.get("when", ""))[:WHEN_LENGTH]
    phone = telephone(said)
    task = _called_by(request, wiring, to)
    if task is None:
        return pages.uncalled_page(sheet, by_mail=to.by_mail)
    mark = mark_of(form, request, wiring)
    log = {"response": str(to.response), "mark": mark}
    slip: pages.Slip = "missed" if not phone else "hasty" if mark else ""
    if slip:
        return replace(pages.call_page(sheet, said, when, stamp_for(sheet.token, request, wiring), slip=slip), log=log)
    try:
        _wish(wiring, task, Callback(phone, when, request.now))
    except TaskClosed:  # a moment ago
        return pages.uncalled_page(sheet, by_mail=to.by_mail)
    except WishedTooOften:
        return replace(pages.called_often_page(sheet, by_mail=to.by_mail), log=log)
    return replace(pages.called_page(sheet, phone, when), log=log)


def _called_by(request: Request, wiring: Wiring, to: answers.Opened) -> Task | str | None:
    """The open task that this very answer is among the reasons of, or the id of the one that it will give.

    Nobody else's link asks for calls.
    """
    response, contact = str(to.response), to.token.contact
    if (task := wiring.tasks.open_about(response, contact)) or contact:
        return task
    coming = Task.id_for(response)
    stored = wiring.feedback.response(to.response)
    awaited = stored and will_give_task(to.survey, stored, request.now) and wiring.tasks.get(coming) is None
    return coming if awaited else None


def _wish(wiring: Wiring, task: Task | str, callback: Callback) -> None:
    """Write it down, unless the same was said before. Raises TaskClosed, WishedTooOften."""
    wishes = CallWishes(wiring.tasks)
    waiting = wishes.waiting(task) if isinstance(task, str) else None
    before = task.callback if isinstance(task, Task) else waiting.callback if waiting else None
    if before and (before.phone, before.when) == (callback.phone, callback.when):
        return
    if isinstance(task, Task):
        wiring.tasks.call_back(task.id, callback)
    else:
        wishes.leave(task, callback)


def _opened(request: Request, wiring: Wiring) -> tuple[answers.Opened, pages.Sheet]:
    """Whether a call is still to come, the task says, not the survey. Raises TokenRefused, UnknownSurvey."""
    to = answers.opened(wiring, request.parameter("token"), request.now)
    return to, pages.Sheet.of(to, request)


def _one_line(text: str) -> str:
    return " ".join(text.split())
