"""`hearback invite`: ask customers, each at most once within the survey's quiet period."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from hearback.aws.asking import ask
from hearback.contact import BadAddress, Contact, contact_key, mailable
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.survey import Survey
from ops.at_once import at_once
from ops.csv_file import BadRow, Columns, CsvFile
from ops.csv_rows import Row
from ops.deployment import Deployment, chosen
from ops.dimension_columns import dimension_columns, dimension_values
from ops.mail_account import unfit_sender
from ops.table import print_table
from ops.terminal import AsJson, Stop, out, print_json, say, tracked, warn

SOME_WRONG = 1
"""Exit code: some rows could not be used. Asking nobody twice is no fault."""
ASKED_LATELY, SUPPRESSED = "asked within the quiet period", "suppressed: bounced, complained or unsubscribed"
ASKED_ELSEWHERE, SAMPLED_OUT = "asked by another survey lately (apart_days)", "sampled out: the survey asks only some"
_LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True)
class Skipped:
    row: int
    reason: str
    fair: bool
    """Whether the contact rules said no; otherwise the row is wrong."""


@dataclass
class Invited:
    count: int = 0
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Guest:
    row: Row
    contact: Contact
    invitation: Invitation


@dataclass
class GuestList:
    """What turns rows into guests. It remembers whom it has seen, so use one for each file."""

    survey: Survey
    columns: Columns
    """By option: --email, --name, --phone, --locale and `--dimension NAME`."""
    deployment: Deployment
    now: datetime
    mint: Callable[[str, int, datetime], FactId] = FactId.mint
    _seen: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row) -> Guest:
        """The guest in a row. Raises BadRow."""
        cells = self.columns.of(row)
        for option, cell in cells.items():
            if len(cell) > _LONGEST_DETAIL:
                raise BadRow(f"{option} has {len(cell):,} characters; at most {_LONGEST_DETAIL} are kept")
        dimensions = dimension_values(cells, self.survey)
        email = cells["--email"]
        try:
            key = contact_key(email, self.deployment.contact_keys.at(self.now), address=True)
        except BadAddress:
            raise BadRow(f"{email!r} is not an e-mail address") from None
        try:
            mailable(email)
        except BadAddress as problem:
            raise BadRow(f"{email!r}: {problem}") from None
        if key in self._seen:
            raise BadRow(f"the same address is on row {self._seen[key]}")
        self._seen[key] = row.number
        locale = self.survey.locale_for(cells["--locale"]) if cells.get("--locale") else ""
        contact = Contact(key, email, cells.get("--name", ""), cells.get("--phone", ""), locale)
        invitation = Invitation(
            id=self.mint(self.survey.id, self.survey.shards, self.now),
            contact=key,
            day=self.survey.day(self.now),
            dimensions=dimensions,
            pages=self.survey.pages(dimensions),
            locale=locale,
            expires_at=int((self.now + self.deployment.retention).timestamp()),
        )
        return Guest(row, contact, invitation)


def invite(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file with a header line.", show_default=False)],
    survey: Annotated[str, typer.Option(metavar="ID", help="The survey to ask.", show_default=False)],
    email: Annotated[str, typer.Option(metavar="COL", help="Column of the address.")] = "email",
    name: Annotated[str, typer.Option(metavar="COL", help="Column of the name.")] = "",
    phone: Annotated[str, typer.Option(metavar="COL", help="Column of the phone number, for call tasks.")] = "",
    locale: Annotated[str, typer.Option(metavar="COL", help="Column of the language, such as en or hi.")] = "",
    dimension: Annotated[
        list[str] | None, typer.Option(metavar="NAME=COL", help="Column of a dimension's value. Repeatable.")
    ] = None,
    encoding: Annotated[str, typer.Option(metavar="ENC", help="How the file is encoded.")] = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Invite customers by mail. Nobody is asked twice in the survey's quiet period, or soon after another survey."""
    table = CsvFile.read(file, encoding)
    deployment = chosen(ctx)
    definition = deployment.survey(survey)
    if definition.status == "closed":
        raise Stop(f"survey {survey!r} is closed; set status: open in its file and apply it")
    columns = {"--email": email, "--name": name, "--phone": phone, "--locale": locale}
    given = {option: column for option, column in columns.items() if column}
    places = table.choose(given | dimension_columns(dimension, definition))
    if unfit := unfit_sender(deployment):
        warn(f"no mail goes out until this is mended: {unfit.found}; {unfit.do}. Those that fail wait for a redrive.")
    invited = invite_all(table, GuestList(definition, places, deployment, deployment.now()))
    if as_json:
        skipped = [{"row": each.row, "reason": each.reason} for each in invited.skipped]
        print_json({"read": len(table.rows), "invited": invited.count, "skipped": skipped})
    else:
        _show(invited)
        if invited.count and definition.quiet_at(deployment.now()):
            say(f"These are quiet hours ({definition.time_zone}): the mails go out when they are over.")
    if any(not each.fair for each in invited.skipped):
        raise typer.Exit(SOME_WRONG)


def invite_all(file: CsvFile, guests: GuestList) -> Invited:
    """Invite everybody of a file who may be asked now."""
    invited = Invited()

    def welcome() -> Iterator[Guest]:
        for row in tracked(file.rows, "Inviting"):
            try:
                guest = guests.read(row)
            except BadRow as bad:
                invited.skipped.append(Skipped(row.number, str(bad), fair=False))
                continue
            yield guest

    def ask(guest: Guest) -> str:
        return ask_guest(guests.deployment, guests.survey, guest, guests.now)

    for guest, refusal in at_once(ask, welcome()):
        if refusal:
            invited.skipped.append(Skipped(guest.row.number, refusal, fair=True))
        else:
            invited.count += 1
    invited.skipped.sort(key=lambda skipped: skipped.row)
    return invited


def ask_guest(deployment: Deployment, survey: Survey, guest: Guest, now: datetime) -> str:
    """Invite one guest; "" or why the contact rules do not allow it."""
    directory, feedback = deployment.directory, deployment.feedback
    if directory.suppressed(guest.contact.key, "surveys"):
        return SUPPRESSED
    if not survey.samples(guest.contact.key):
        return SAMPLED_OUT
    refused = ask(directory.table, feedback.table, guest.invitation, survey.quiet, survey.apart, now, guest.contact)
    return {None: "", "lately": ASKED_LATELY, "elsewhere": ASKED_ELSEWHERE}[refused]


def _show(invited: Invited) -> None:
    if invited.skipped:
        table = Table(box=box.SIMPLE_HEAD)
        table.add_column("row", justify="right")
        table.add_column("not invited, because")
        for each in invited.skipped:
            table.add_row(str(each.row), escape(each.reason), style="" if each.fair else "red")
        print_table(table)
    out.print(f"[bold]{invited.count:,}[/] invited, {len(invited.skipped):,} not")
    for reason, count in Counter(each.reason if each.fair else "the row is wrong" for each in invited.skipped).items():
        say(f"  {count:,}: {reason}")
