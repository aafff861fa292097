"""Please call me: where and when, from the apology's link. Whoever looks after the answer is told.

The number is of this task and no other: a mail gets forwarded, and whoever has it must not change for good how we reach
somebody. For the same reason nothing stored is shown.
"""

from dataclasses import replace

from collect import answers, pages
from collect.guarded_form import mark_of, stamp_for
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.tasks import TaskClosed, WishedTooOften
from hearback.task import Callback, Task
from hearback.telephone import telephone

WHEN_LENGTH = 200
"""Characters that may be said of the time."""


def page(request: Request, wiring: Wiring) -> Reply:
    """The form, while somebody is to call; afterwards it says how else to reach us."""
    to, sheet = _opened(request, wiring)
    if _task(wiring, to) is None:
        return pages.uncalled_page(sheet)
    return pages.call_page(sheet, "", "", stamp_for(sheet.token, request, wiring))


def ask(request: Request, wiring: Wiring) -> Reply:
    """Take the wish to be called. What only a machine sends changes nothing, and shows the form again."""
    to, sheet = _opened(request, wiring)
    form = request.form()
    said, when = _one_line(form.get("phone", "")), _one_line(form.get("when", ""))[:WHEN_LENGTH]
    phone = telephone(said)
    task = _task(wiring, to)
    if task is None:
        return pages.uncalled_page(sheet)
    mark = mark_of(form, request, wiring)
    log = {"response": str(to.response), "mark": mark}
    slip: pages.Slip = "missed" if not phone else "hasty" if mark else ""
    if slip:
        return replace(pages.call_page(sheet, said, when, stamp_for(sheet.token, request, wiring), slip=slip), log=log)
    if task.callback is None or (phone, when) != (task.callback.phone, task.callback.when):
        try:
            wiring.tasks.call_back(task.id, Callback(phone, when, request.now))
        except TaskClosed:  # a moment ago
            return pages.uncalled_page(sheet)
        except WishedTooOften:
            return replace(pages.called_often_page(sheet), log=log)
    return replace(pages.called_page(sheet), log=log)


def _task(wiring: Wiring, to: answers.Opened) -> Task | None:
    """The person's open task that this very answer is among the reasons of: nobody else's link asks for calls."""
    return wiring.tasks.open_about(str(to.response), to.token.contact) if to.token.contact else None


def _opened(request: Request, wiring: Wiring) -> tuple[answers.Opened, pages.Sheet]:
    """Whether a call is still to come, the task says, not the survey. Raises TokenRefused, UnknownSurvey."""
    to = answers.opened(wiring, request.parameter("token"), request.now)
    return to, pages.Sheet.of(to, request)


def _one_line(text: str) -> str:
    return " ".join(text.split())
