"""`hearback outbox`: the mails of the local stack, which sends none."""

from typing import Annotated
from urllib.parse import urlencode

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from ops.deployment import ask_local, chosen
from ops.table import print_table
from ops.terminal import AsJson, Stop, print_json, say


def outbox(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Only mails to this address.")] = "",
    newest: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the mails that the local stack kept, newest first."""
    deployment = chosen(ctx)
    if not deployment.local:
        raise Stop("only the local stack has an outbox; in AWS mails are sent")
    query = f"?{urlencode({'to': to})}" if to else ""
    mails = ask_local(deployment.local, f"/_local/outbox.json{query}")
    mails = sorted(mails, key=lambda mail: str(mail["at"]), reverse=True)
    if as_json:
        print_json(mails[:newest])
        return
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("at (UTC)", "to", "subject"):
        table.add_column(name, no_wrap=name == "at (UTC)")
    for mail in mails[:newest]:
        table.add_row(mail["at"][:16].replace("T", " "), escape(", ".join(mail["recipients"])), escape(mail["subject"]))
    if mails:
        print_table(table)
    counted = f"{len(mails):,} mail{'s' * (len(mails) != 1)}"
    say(f"{counted}. As sent, with both bodies and headers: {deployment.local}/_local/outbox")
