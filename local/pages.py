"""The stack's pages for people: what is going on, and what was mailed."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from local.outbox import Mail

if TYPE_CHECKING:
    from local.stack import Stack

_FOLDER = Path(__file__).with_name("page_templates")
_EVENTS_SHOWN = 20
_TABS = ("html", "text", "headers", "raw")
# A mail's own page can neither run scripts nor reach the stack's pages; its links open in a new tab.
_MAIL_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; script-src 'none'"


class Pages:
    """One method a page."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.templates = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self.templates.filters["time"] = _time
        self.templates.filters["hour"] = _hour
        self.templates.filters["duration"] = _duration

    def status(self, _: Request) -> Response:
        """The clock, queues, schedules, functions."""
        now = self._stack.now()
        return self._page(
            "status.html",
            now=now,
            offset=self._stack.clock.offset,
            queues=sorted(self._stack.queues(), key=lambda queue: (queue.is_failure_queue, queue.logical_id)),
            schedules=[(each.name, each.function, each.due_after(now)) for each in self._stack.schedules],
            functions=self._stack.functions,
            routes=self._stack.routes,
            outputs=self._stack.outputs,
            mails=len(self._stack.mails()),
            events=list(reversed(self._stack.events())),
            events_shown=_EVENTS_SHOWN,
        )

    def advance(self, request: Request) -> Response:
        """The clock's buttons."""
        try:
            self._stack.advance(timedelta(seconds=float(request.form["seconds"])))
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return redirect("/_local/", 303)

    def outbox(self, request: Request) -> Response:
        """All mails, newest first."""
        to = request.args.get("to", "").strip()
        mails = list(reversed(self._stack.mails(to)))
        return self._page("outbox.html", mails=mails, to=to, now=self._stack.now())

    def mail(self, request: Request, message_id: str) -> Response:
        """One mail, in one of four views."""
        mail = self._mail(message_id)
        shown = request.args.get("view", "html" if mail.body("html") else "text")
        if shown not in _TABS:
            raise NotFound
        return self._page("mail.html", mail=mail, tabs=_TABS, shown=shown, now=self._stack.now())

    def mail_html(self, _: Request, message_id: str) -> Response:
        """The mail's HTML body alone, as a mail program would show it."""
        html = self._mail(message_id).body("html")
        if html is None:
            raise NotFound
        response = Response(f'<base target="_blank">{html}', content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _MAIL_POLICY
        return response

    def style(self, _: Request) -> Response:
        """The one stylesheet."""
        return Response((_FOLDER / "style.css").read_text(), content_type="text/css; charset=utf-8")

    def _mail(self, message_id: str) -> Mail:
        mail = self._stack.outbox.find(message_id)
        if mail is None:
            raise NotFound("There is no such mail in the outbox.")
        return mail

    def _page(self, template: str, **values: object) -> Response:
        text = self.templates.get_template(template).render(**values)
        return Response(text, content_type="text/html; charset=utf-8")


def _time(moment: datetime) -> str:
    return f"{moment:%a %d %b %Y, %H:%M:%S}"


def _hour(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}"


def _duration(span: timedelta) -> str:
    """`3 d 4 h`, `12 min`, `3 h`: the largest unit that is not zero, and the next if it is not."""
    seconds = round(abs(span.total_seconds()))
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    for (size, unit), (next_size, next_unit) in pairwise(units):
        if seconds >= size:
            count, rest = divmod(seconds, size)
            smaller = rest // next_size
            return f"{count} {unit}" + (f" {smaller} {next_unit}" if smaller else "")
    return f"{seconds} s"
