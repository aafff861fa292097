"""`hearback announce`: "you asked, we did", to those who had asked."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from followup.announcement_letter import announcement_letter
from followup.mail import Letter
from followup.settle_queue import about_announcement, body
from followup.words import one_line
from hearback.announcement import Announcement
from hearback.announcement_message import BadMessage, Message
from hearback.aws.announcements import Announcements
from hearback.aws.claims import Claims
from hearback.mentions import BadTerms, Term, excerpt, parse_terms
from hearback.nps import CATEGORIES, Category
from hearback.survey import Survey
from ops.audience import Audience, Listed
from ops.deployment import Deployment, chosen
from ops.message_queue import MessageQueue
from ops.scanning import item_count
from ops.table import print_table
from ops.terminal import AsJson, Stop, advancing, err, out, print_json, say, tracked

CONTEXT = 70
"""Characters around a mention in the list."""
QUEUED_AT_ONCE = 100


def announce(
    ctx: typer.Context,
    survey: Annotated[str, typer.Option(metavar="ID", help="The survey that was answered.", show_default=False)],
    mentions: Annotated[
        str,
        typer.Option(
            metavar="WORDS",
            help="What they mentioned: words or phrases, by commas. queue finds queues; slow* finds slower.",
            show_default=False,
        ),
    ],
    message: Annotated[
        list[str],
        typer.Option(
            metavar="[LOCALE=]FILE",
            help="What to tell them: Subject: … and paragraphs, with {name}, {brand}, {their_words}. "
            "Once for each language of the survey, or one file for all.",
            show_default=False,
        ),
    ],
    since: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Only answers from this day on.")
    ] = None,
    category: Annotated[
        str, typer.Option(metavar="LIST", help="Only these, by commas: promoter, passive, detractor.")
    ] = "",
    send: Annotated[bool, typer.Option("--send", help="Tell them. Without it, only show whom it would reach.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell customers what was done about what they had said: each once, within the caps.

    Running it again reaches only those who have not been told, so it may be stopped at any time.
    """
    terms, categories = _terms(mentions), _categories(category)
    files = [_file(given) for given in message]
    deployment = chosen(ctx)
    definition, now = deployment.survey(survey), deployment.now()
    announcement = _announcement(definition, terms, files, now)
    audience = Audience(deployment, definition, announcement, now)
    with advancing("Reading", item_count(deployment.feedback.table)) as advance:
        answers = audience.answers(since.date() if since else None, categories, advance)
    listed = list(tracked(audience.listed(answers), "Looking up", len(answers)))
    told = [each for each in listed if each.standing == "to be told"]
    if not as_json:
        _show(listed, definition)
        _preview(told, definition, announcement)
    if send and told:
        if not yes:
            _ask(told)
        _queue(deployment, announcement, told)
    if as_json:
        print_json(_plain(listed, definition, announcement, queued=len(told) * send))
    elif send:
        out.print(f"[bold]{len(told):,}[/] in the settle queue. They are mailed in the next minutes, each once.")
    elif told:
        say("Nobody has been told. To tell them, say --send")


def _terms(text: str) -> tuple[Term, ...]:
    try:
        return parse_terms(text)
    except BadTerms as bad:
        raise Stop(f"--mentions: {bad}") from None


def _categories(text: str) -> set[Category]:
    asked = {part.strip() for part in text.split(",") if part.strip()}
    if unknown := asked - set(CATEGORIES):
        raise Stop(f"--category: {', '.join(sorted(unknown))} is none; there are {', '.join(CATEGORIES)}")
    return {category for category in CATEGORIES if category in asked}


def _file(given: str) -> tuple[str, Message]:
    """(locale or "", message) of `[LOCALE=]FILE`. Raises Stop."""
    locale, named, name = given.rpartition("=")
    path = Path(name if named else given)
    try:
        return locale, Message.parse(path.read_bytes())
    except OSError as error:
        raise Stop(f"cannot read {path}: {error.strerror}") from error
    except BadMessage as bad:
        raise Stop(f"{path}: {bad}") from None


def _announcement(
    survey: Survey, terms: Sequence[Term], files: Sequence[tuple[str, Message]], now: datetime
) -> Announcement:
    """One without a language is in the survey's default. Raises Stop."""
    by_locale = {locale or survey.locales[0]: message for locale, message in files}
    if len(by_locale) < len(files):
        raise Stop("--message: one file for each language, as in --message en=FILE --message hi=FILE")
    try:
        return Announcement.of(survey, terms, by_locale, now)
    except BadMessage as bad:
        raise Stop(f"--message: {bad}") from None


def _ask(told: Sequence[Listed]) -> None:
    """Raises Stop unless the operator is sure."""
    if not sys.stdin.isatty():
        raise Stop("mails cannot be taken back; say --yes if you are sure, or leave out --send to see whom it reaches")
    if not typer.confirm(f"Mail {len(told):,} people? This cannot be taken back", err=True):
        raise Stop("nobody was told")


def _queue(deployment: Deployment, announcement: Announcement, told: Sequence[Listed]) -> None:
    """Keep the announcement, then ask the worker to tell each person: the other way round it would not know of it."""
    Announcements(deployment.directory.table).keep(announcement)
    claims = Claims(deployment.directory.table)
    queue = MessageQueue(deployment.client("sqs"), deployment.output("SettleQueueUrl"))
    for first in tracked(range(0, len(told), QUEUED_AT_ONCE), "Queueing"):
        responses = [each.answer.response for each in told[first : first + QUEUED_AT_ONCE]]
        for response in responses:
            claims.uncap(announcement.claim(response))  # a cap that is over now forbade it in an earlier run
        queue.put([body(about_announcement(announcement.id, response.id)) for response in responses])


def _letter(each: Listed, survey: Survey, announcement: Announcement) -> Letter:
    """What a person will read, but for the link in its footer, which the worker signs."""
    response, raised = each.answer.response, each.answer.raised
    return announcement_letter(survey, announcement, response, raised, each.contact, "https://…")


def _show(listed: Sequence[Listed], survey: Survey) -> None:
    if listed:
        table = Table(box=box.SIMPLE_HEAD)
        for name in ("response", "day", "score", "what they wrote", "standing"):
            table.add_column(name, no_wrap=name in ("response", "day"), justify="right" if name == "score" else "left")
        for each in listed:
            style = "" if each.standing == "to be told" else "dim"
            response = each.answer.response
            table.add_row(
                str(response.id), response.day, str(response.score), _context(each), each.standing, style=style
            )
        print_table(table)
    people = {each.answer.response.contact or str(each.answer.response.id) for each in listed}
    answers = "answer" if len(listed) == 1 else "answers"
    raised_by = "person" if len(people) == 1 else "people"
    out.print(f"[bold]{len(listed):,}[/] {answers} from {len(people):,} {raised_by}")
    for standing, count in Counter(each.standing for each in listed).most_common():
        more = f" (a follow-up mail within {survey.mail_cap_days} days)" if standing == "mailed lately" else ""
        more = " (hearback mail shows them)" if standing in ("in doubt", "refused") else more
        out.print(f"  {count:,}: {standing}{more}")


def _context(each: Listed) -> Text:
    raised = each.answer.raised
    first = raised.mentions[0]
    shown = Text(one_line(excerpt(raised.words, first, CONTEXT)))
    shown.highlight_words([raised.words[found.start : found.end] for found in raised.mentions], "bold")
    return shown


def _preview(told: Sequence[Listed], survey: Survey, announcement: Announcement) -> None:
    """The mail of the first person in each language."""
    shown: dict[str, Listed] = {}
    for each in told:
        locale = announcement.locale(survey, each.answer.response.locale, each.contact.locale)
        shown.setdefault(locale, each)
    for locale, each in shown.items():
        letter = _letter(each, survey, announcement)
        err.rule(f"in {escape(locale)}, to the person of {each.answer.response.id}")
        out.print(f"Subject: {letter.subject}\n\n{letter.text}", markup=False, soft_wrap=True)


def _plain(listed: Sequence[Listed], survey: Survey, announcement: Announcement, *, queued: int) -> dict[str, Any]:
    """As JSON has it."""
    told = next((each for each in listed if each.standing == "to be told"), None)
    letter = _letter(told, survey, announcement) if told else None
    return {
        "announcement": announcement.id,
        "answers": [
            {
                "response": str(each.answer.response.id),
                "day": each.answer.response.day,
                "score": each.answer.response.score,
                "mentions": list(dict.fromkeys(found.term for found in each.answer.raised.mentions)),
                "words": one_line(excerpt(each.answer.raised.words, each.answer.raised.mentions[0], CONTEXT)),
                "standing": each.standing,
            }
            for each in listed
        ],
        "totals": dict(Counter(each.standing for each in listed)),
        "queued": queued,
        "preview": {"subject": letter.subject, "text": letter.text} if letter else None,
    }
