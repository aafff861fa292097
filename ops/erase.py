"""`hearback erase`: takes a person out of every table, and proves it."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer
from rich.markup import escape

from ops.deployment import Deployment, chosen
from ops.erasure import Erasure, Kind, Trace
from ops.person import Person
from ops.scanning import item_count
from ops.terminal import AsJson, Stop, advancing, err, out, print_json

SOMETHING_LEFT = 1
"""Exit code: the tables still tell of the person."""
_NAMES: dict[Kind, tuple[str, str]] = {
    "contact details": ("contact: address, name, phone, language", "contacts: address, name, phone, language"),
    "slot": ("note of when they were asked or mailed", "notes of when they were asked or mailed"),
    "answer": ("answer: its words and whose it was", "answers: their words and whose they were"),
    "invitation": ("invitation: whose it was", "invitations: whose they were"),
    "task": ("task: whom it is about, its note", "tasks: whom they are about, their notes"),
    "claim": ("mail: whom it went to", "mails: whom they went to"),
    "coupon": ("coupon: whose it was, and its worth", "coupons: whose they were, and their worth"),
    "referral": ("referral link: whose it was", "referral links: whose they were"),
    "conversion": ("conversion: that they were part of it", "conversions: that they were part of them"),
    "testimonial": ("testimonial: its words and whose they were", "testimonials: their words and whose they were"),
    "preference": ("wish to be mailed again", "wishes to be mailed again"),
}


def erase(
    ctx: typer.Context,
    person: Annotated[
        str,
        typer.Argument(
            metavar="EMAIL|CONTACT",
            help="An e-mail address, a contact's key, or the id that another system knows them by.",
            show_default=False,
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what there is; remove nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person: details, comments and their history, the personal part of tasks. Counts stay."""
    if not person.strip():  # nobody's traces would be proved to be gone
        raise Stop("name the person: an e-mail address, a contact's key, or the id that another system knows them by")
    deployment = chosen(ctx)
    feedback, directory, tallies = deployment.feedback, deployment.directory.table, deployment.tallies.table
    named = Person.named(person, deployment.contact_keys.at(deployment.now()))
    work = Erasure(named, feedback, directory, tallies)
    items = sum(map(item_count, (feedback.table, directory, tallies)))
    with advancing("Looking", items) as advance:
        found = work.find(advance)
    if dry_run:
        _show_found(work, found, as_json=as_json)
        return
    if found and not yes:
        _ask(found)
    with advancing("Erasing and proving", items) as advance:
        left = work.erase(advance)
    outlives = list(_outlives(deployment, suppressed=bool(work.kept), linked=bool(work.removed["referral"])))
    if as_json:
        removed = {kind: work.removed[kind] for kind in _NAMES} | {"words": work.words}
        remaining = [{"where": trace.name, "says": trace.says} for trace in left]
        print_json({"removed": removed, "outlives": outlives, "left": remaining, "proved": not left})
    else:
        _show_erased(work, left, outlives)
    if left:
        raise typer.Exit(SOMETHING_LEFT)


def _ask(found: Sequence[Trace]) -> None:
    """Raises Stop unless the operator is sure."""
    if not sys.stdin.isatty():
        raise Stop("erasing cannot be undone; say --yes if you are sure, or --dry-run to see what there is")
    err.print("\n".join(["There is of this person:", *_counts(Counter(trace.kind for trace in found))]))
    if not typer.confirm("Erase it? This cannot be undone", err=True):
        raise Stop("nothing was erased")


def _show_found(work: Erasure, found: Sequence[Trace], *, as_json: bool) -> None:
    counts = Counter(trace.kind for trace in found)
    if as_json:
        there = {kind: counts[kind] for kind in _NAMES}
        unknown = [{"where": trace.name, "says": trace.says} for trace in found if trace.kind == "unknown"]
        print_json({"there": there, "suppressed": bool(work.kept), "unknown": unknown})
        return
    out.print(
        "\n".join(["There is of this person:", *_counts(counts)]) if found else "There is nothing of this person."
    )
    for trace in found:
        if trace.kind == "unknown":
            out.print(f"  [yellow]not known how to erase[/] {escape(trace.name)}: {trace.says}", soft_wrap=True)


def _show_erased(work: Erasure, left: Sequence[Trace], outlives: Sequence[str]) -> None:
    if work.removed:
        out.print("\n".join(["Removed:", *_counts(work.removed)]))
        out.print("The scores, days and dimensions of their answers stay counted.")
    else:
        out.print("There was nothing of this person to remove.")
    if left:
        out.print("[bold red]Left[/], because this software does not know how to erase it, or it was just written:")
        for trace in left:
            out.print(f"  {escape(trace.name)}: {trace.says}", soft_wrap=True)
    else:
        out.print("[green]Proved[/]: every item of every table was read again, and none tells of them any more.")
    out.print("What outlives it:")
    for one in outlives:
        out.print(f"  · {one}", soft_wrap=True)


def _counts(counts: Mapping[Kind, int]) -> list[str]:
    return [f"  {counts[kind]:,} {names[counts[kind] != 1]}" for kind, names in _NAMES.items() if counts.get(kind)]


def _outlives(deployment: Deployment, *, suppressed: bool, linked: bool) -> Iterator[str]:
    """What an erasure does not reach."""
    if suppressed:
        yield "their suppression: an HMAC of the address, which keeps them from being mailed again"
    if linked:
        yield "the code of their referral link, a digest of their key, with its clicks: it may have been passed on"
    yield "the tables' point-in-time backups: 35 days"
    yield "the stream of FeedbackTable, which holds old and new versions: 24 hours"
    yield "messages of the task queue, which hold the contact's key: 14 days, or whatever your systems keep of them"
    yield "events about their mails in the mail-event failure queue, if it is not empty: 14 days"
    yield "mails already sent: theirs, and task notices and digests in managers' inboxes, which quote comments"
    yield "testimonials you have published: take them down yourself"
    yield "exports, reports and import files you made"
    if deployment.local:
        yield "the outbox of this local stack"
    else:
        yield "SES's account-wide suppression list, if a mail to them bounced or they complained"
