"""The page of a task, behind the signed link in its owner's mail: the customer's story, and what is done about it.

It shows a customer's details to whoever holds the link; so the link is of one task, one person of the company and
some days, and once the task is closed the page tells nothing of the customer any more. A GET stores nothing.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from collect import pages, people
from collect.answers import known_survey
from collect.guarded_form import mark_of, stamp_for
from collect.look import scripts
from collect.problems import REFUSALS, Problem, problem_of
from collect.rendering import render
from collect.reply import Reply
from collect.request import Request
from collect.task_form import STEPS, Incomplete, Missing, Step, due_in, ending_in, note_in
from collect.task_story import TaskView, read_story
from collect.wiring import Wiring
from hearback import token as signed
from hearback.aws.tasks import NotesFull, TaskClosed, TaskTaken
from hearback.language import texts
from hearback.task import LATEST, NOTE_LENGTH, OUTCOMES, Closing, Note

_FAILED = 422
_NOTHING_SAID = dict.fromkeys(("text", "day", "time", "outcome", "cause"), "")


@dataclass(frozen=True, slots=True)
class Opened:
    """A task's page, opened by the person whose link it is."""

    request: Request
    wiring: Wiring
    view: TaskView
    holder: str

    @property
    def token(self) -> str:
        return self.request.parameter("token")


def answer(request: Request, wiring: Wiring) -> Reply:
    """Answer a request to one of ROUTES; what is refused is told kindly."""
    try:
        return ROUTES[request.route](request, wiring)
    except REFUSALS as refusal:
        problem = problem_of(refusal)
        words = texts("tasks", request.language(), *request.languages())
        if isinstance(refusal, _HolderLeft):
            heading, text = words.say("left_heading"), words.say("left_text")
        elif problem.kind == "token-expired":
            heading, text = words.say("expired_heading"), words.say("expired_text")
        else:
            return people.apology(problem, request, wiring)
        return replace(pages.plain_page(problem.status, words, heading, text), log={"problem": problem.kind})


def show(request: Request, wiring: Wiring) -> Reply:
    return _page(_opened(request, wiring), done=request.query().get("done", ""))


def act(request: Request, wiring: Wiring) -> Reply:
    """Do what one of the page's forms says, and show the page afresh, so that reloading it does nothing again."""
    opened, form = _opened(request, wiring), request.form()
    step = next((each for each in STEPS if each == form.get("do")), None)
    if step is None:
        raise Problem("invalid-body", "The form is not one of ours. Open the link again.")
    try:
        _look_for_machines(opened, form)
        _ACTIONS[step](opened, form)
    except Incomplete as incomplete:
        return _page(opened, step, form, incomplete.missing)
    except (TaskClosed, TaskTaken, NotesFull) as refusal:
        stands = opened.wiring.tasks.get(opened.view.task.id) or opened.view.task
        opened = replace(opened, view=replace(opened.view, task=stands))
        return _page(opened, step, form, "full" if isinstance(refusal, NotesFull) else "changed")
    headers = {"Location": f"/t/{opened.token}?done={step}"}
    return Reply(303, headers=headers, log={"task": opened.view.task.id, "did": step})


ROUTES: Mapping[str, Callable[[Request, Wiring], Reply]] = {
    "GET /t/{token}": show,
    "HEAD /t/{token}": show,
    "POST /t/{token}": act,
}


class _HolderLeft(signed.TokenRefused):
    """Whoever the link was given to is no longer among the survey's people."""


def _opened(request: Request, wiring: Wiring) -> Opened:
    """Raises TokenRefused."""
    token = signed.verify(request.parameter("token"), wiring.token_keys.at(request.now), "task", request.now)
    task = wiring.tasks.get(token.subject)
    if task is None:
        raise signed.TokenRefused
    survey = known_survey(wiring, task.survey, request.now)
    if token.holder not in survey.people:
        raise _HolderLeft
    return Opened(request, wiring, TaskView(task, survey, request.now), token.holder)


def _look_for_machines(opened: Opened, form: Mapping[str, str]) -> None:
    """Scanners of mail send forms too. Raises Incomplete."""
    if mark_of(form, opened.request, opened.wiring):
        raise Incomplete("hasty")


def _take(opened: Opened, form: Mapping[str, str]) -> None:
    """`seen` is who was to call when the page was made: whoever has said so since is not overruled unseen."""
    seen = replace(opened.view.task, taken_by=form.get("seen", ""))
    opened.wiring.tasks.take(seen, opened.holder, opened.request.now)


def _note(opened: Opened, form: Mapping[str, str]) -> None:
    opened.wiring.tasks.note(opened.view.task.id, _written(opened, form, note_in(form)))


def _reschedule(opened: Opened, form: Mapping[str, str]) -> None:
    due_at = due_in(form, opened.view.zone, opened.request.now)
    opened.wiring.tasks.reschedule(opened.view.task.id, due_at)


def _close(opened: Opened, form: Mapping[str, str]) -> None:
    view, ending = opened.view, ending_in(form, opened.view.survey)
    closing = Closing(opened.request.now, opened.holder, ending.outcome, ending.root_cause)
    note = _written(opened, form, ending.note) if ending.note else None
    opened.wiring.tasks.close(view.task, closing, note, view.survey.ask_again)


_ACTIONS: Mapping[Step, Callable[[Opened, Mapping[str, str]], None]] = {
    "take": _take,
    "note": _note,
    "reschedule": _reschedule,
    "close": _close,
}


def _written(opened: Opened, form: Mapping[str, str], text: str) -> Note:
    """A note that the page's stamp and its words name, so that a form which is sent twice writes one.

    The stamp alone would not do: a browser's Back brings the same page, and what is written on it then is a new note.
    """
    words = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Note(f"{form['page']}-{words}", opened.request.now, opened.holder, text)


def _page(
    opened: Opened,
    step: Step | None = None,
    form: Mapping[str, str] | None = None,
    missing: Missing | None = None,
    *,
    done: str = "",
) -> Reply:
    """The page as things stand; after a form that did nothing, with that form open and its words kept."""
    view, words, now = opened.view, opened.view.words, opened.request.now
    if view.task.closing:
        status = 409 if step else 200
        page = _render("notice.html", status, view, words.say("closed_heading"), text=view.closed)
    else:
        page = _render(
            "task.html",
            _FAILED if missing else 200,
            view,
            words.say("title"),
            sheet="task",
            path=f"/t/{opened.token}",
            script=scripts("hand"),
            view=view,
            story=read_story(view, opened.wiring),
            holder=opened.holder,
            overdue=view.task.overdue(now),
            stamp=stamp_for(opened.token, opened.request, opened.wiring),
            outcomes=OUTCOMES,
            room=NOTE_LENGTH,
            first=f"{now.astimezone(view.zone):%Y-%m-%d}",
            last=f"{(now + LATEST).astimezone(view.zone):%Y-%m-%d}",
            step=step or "",
            said={**_NOTHING_SAID, **(form or {})},
            missing=missing or "",
            done=done if done in STEPS else "",
        )
    return replace(page, log={"task": view.task.id})


def _render(template: str, status: int, view: TaskView, title: str, /, **values: Any) -> Reply:
    words, brand = view.words, view.survey.brand
    return render(template, status, words.language, words, brand.colour, brand.name, title, logo=brand.logo, **values)
