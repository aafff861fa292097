"""`hearback mail`: mails that nobody knows to have gone out, or that will not, and what an operator decides."""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Item
from hearback.aws.referrals import Referrals
from hearback.claim import DOUBTFUL, DUE_KIND, REFUSED, Claim
from ops.deployment import Deployment, chosen
from ops.message_queue import MessageQueue
from ops.resending import Resending
from ops.table import print_table
from ops.terminal import AsJson, Stop, out, print_json, say, tracked

app = typer.Typer(help="Mails that an operator should look at.", no_args_is_help=True)
Name = Annotated[
    str | None,
    typer.Argument(metavar="[DIGEST]", help="As the lists show it; its beginning will do.", show_default=False),
]
State = Literal["done", "again"]
SOME_LEFT = 1
"""Exit code: some of the refused mails could not be decided, and are still listed."""
_CAME_BACK = frozenset({"rejected", "bounced", "complained"})
"""Why mails are listed as refused that SES had taken: each wants looking at."""
_SHOWN = 12
"""Digits of a digest in a list."""
_BY_OPERATOR = "decided by an operator"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's claim, as an operator looks at it."""

    claim: Item

    @property
    def digest(self) -> str:
        return Claim.digest_of(self.claim)

    @property
    def state(self) -> str:
        return str(self.claim["state"])

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.claim["claimed_at"]).astimezone(UTC)

    @property
    def why(self) -> str:
        """What is known of it, in a few words."""
        match self.state:
            case "again":
                return f"to be sent again since {self.claim['settled_at'][:16].replace('T', ' ')}"
            case "refused":
                return str(self.claim["note"])
        return "no answer of SES, and no event"

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        names = ("response", "invitation", "task", "conversion", "survey", "subscription", "contact")
        about = {name: self.claim[name] for name in names if name in self.claim}
        return {
            "mail": self.digest,
            "effect": self.claim["effect"],
            "state": self.state,
            "since": self.since.isoformat(),
            "why": self.why,
            "about": about,
        }


@app.command()
def doubtful(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the mails in doubt: SES may have accepted them, or never have been asked. They are not repeated."""
    deployment = chosen(ctx)
    found = mails_in_doubt(deployment.directory, deployment.now())
    _show(found, "No mail is in doubt.", as_json=as_json)


@app.command()
def refused(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the mails that SES will not take as they are, and those to somebody of yours that came back."""
    _show(refused_mails(chosen(ctx).directory), "No mail was refused.", as_json=as_json)


@app.command()
def resolve(
    ctx: typer.Context,
    mail: Name = None,
    all_refused: Annotated[
        bool, typer.Option("--all-refused", help="Instead of a DIGEST: all that SES never took.")
    ] = False,
    why: Annotated[
        str, typer.Option(metavar="TEXT", help="With --all-refused: all that were refused for this reason, as listed.")
    ] = "",
    sent: Annotated[bool, typer.Option("--sent", help="It went out, or need not: leave it alone.")] = False,
    again: Annotated[bool, typer.Option("--send-again", help="It did not go out: send it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether you are sure.")] = False,
    as_json: AsJson = False,
) -> None:
    """Decide what becomes of a mail that is in doubt or was refused, or of all that were refused."""
    if sent == again:
        raise Stop("say either --sent or --send-again")
    if all_refused != (mail is None):
        raise Stop("give either the DIGEST of a mail or --all-refused")
    if why and not all_refused:
        raise Stop("--why goes with --all-refused")
    deployment = chosen(ctx)
    state: State = "again" if again else "done"
    if mail is None:
        _decide_all(deployment, state, why, yes=yes, as_json=as_json)
        return
    found = _named(deployment, mail, deployment.now())
    how = _decide(deployment, found, state)
    if as_json:
        print_json({"mail": found.digest, "state": state, "how": how})
    else:
        out.print(f"{found.claim['effect']}: {how}", markup=False, soft_wrap=True)


def _decide(deployment: Deployment, mail: Mail, state: State) -> str:
    """Do with a listed mail as decided, and say how. Raises Stop."""
    now, claims = deployment.now(), Claims(deployment.directory.table)
    send = _sending(deployment, mail, now) if state == "again" else None
    if claims.resolve(mail.digest, state, now, _BY_OPERATOR) is None:
        raise Stop(_explained(claims.get(mail.digest), mail.digest))
    if send:
        return send()
    Referrals(deployment.directory.table).mail_gone(mail.claim)
    return "it counts as sent"


def _decide_all(deployment: Deployment, state: State, why: str, *, yes: bool, as_json: bool) -> None:
    """Do with the refused mails as decided, each by itself: what cannot be done with one is said, and it stays."""
    mails = [mail for mail in refused_mails(deployment.directory) if _meant(mail.why, why)]
    if mails and not yes:
        _ask(len(mails), state)
    left: list[tuple[Mail, str]] = []
    for mail in tracked(mails, "Deciding"):
        try:
            _decide(deployment, mail, state)
        except Stop as stop:
            left.append((mail, str(stop)))
    decided = len(mails) - len(left)
    if as_json:
        stay = [{"mail": mail.digest, "why": reason} for mail, reason in left]
        print_json({"state": state, "decided": decided, "left": stay})
    else:
        out.print(f"[bold]{decided:,}[/] {'to be sent again' if state == 'again' else 'left alone'}, {len(left):,} not")
        for reason, count in Counter(reason for _, reason in left).items():
            say(escape(f"  {count:,}: {reason}"))
    if left:
        raise typer.Exit(SOME_LEFT)


def _meant(listed: str, why: str) -> bool:
    """Whether a mail that was refused for what is listed is among all that are to be decided."""
    return listed.casefold() == why.casefold() if why else listed not in _CAME_BACK


def _ask(count: int, state: State) -> None:
    """Raises Stop unless the operator is sure."""
    if not sys.stdin.isatty():
        raise Stop(f"this is about {count:,} mails; say --yes if you are sure")
    if not typer.confirm(f"{'Send' if state == 'again' else 'Leave alone'} {count:,} mails?", err=True):
        raise Stop("nothing was decided")


def mails_in_doubt(directory: Directory, now: datetime) -> list[Mail]:
    """Those that the tick has marked, and those that it will mark next; the oldest first."""
    waiting = [*directory.due(DOUBTFUL), *directory.due(DUE_KIND, now)]
    return sorted(map(Mail, waiting), key=lambda mail: mail.since)


def refused_mails(directory: Directory) -> list[Mail]:
    """Those that will not go out as they are, the oldest first."""
    return sorted(map(Mail, directory.due(REFUSED)), key=lambda mail: mail.since)


def _show(mails: list[Mail], none: str, *, as_json: bool) -> None:
    if as_json:
        print_json([mail.plain() for mail in mails])
    elif mails:
        table = Table(box=box.SIMPLE_HEAD)
        for name in ("mail", "since (UTC)", "effect", "why"):
            table.add_column(name, no_wrap=name != "why", overflow="fold")
        for mail in mails:
            since = f"{mail.since:%Y-%m-%d %H:%M}"
            table.add_row(mail.digest[:_SHOWN], since, escape(str(mail.claim["effect"])), escape(mail.why))
        print_table(table)
        say("When you know: hearback mail resolve DIGEST --sent, or --send-again (of all refused: --all-refused)")
    else:
        say(none)


def _named(deployment: Deployment, name: str, now: datetime) -> Mail:
    """The listed mail of this name. Raises Stop if there is none, or more than one."""
    listed = [*mails_in_doubt(deployment.directory, now), *refused_mails(deployment.directory)]
    found = {mail.digest: mail for mail in listed if name and mail.digest.startswith(name.lower())}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise Stop(f"{len(found)} mails begin with {name!r}; give more of the digest")
    raise Stop(_explained(Claims(deployment.directory.table).get(name.lower()), name))


def _explained(claim: Item | None, name: str) -> str:
    """Why there is nothing to decide of a claim."""
    at = f"{claim.get('settled_at', '')[:16].replace('T', ' ')} UTC" if claim else ""
    match claim["state"] if claim else None:
        case "done":
            return f"{name} is settled already, since {at}: the mail went out, or an operator said so"
        case "claimed" if claim and "due_at" in claim:
            return f"{name} is being sent; if SES stays silent, it is in doubt from {claim['due_at'][:16]} UTC on"
        case "capped":
            return f"{name} was held back by a cap at {at} and is never sent"
    return f"no mail {name!r} is in doubt or was refused; see: hearback mail doubtful, hearback mail refused"


def _sending(deployment: Deployment, mail: Mail, now: datetime) -> Callable[[], str]:
    """What sends the mail once its claim is to be had, and then says how. Raises Stop if nothing can."""
    settle = MessageQueue(deployment.client("sqs"), deployment.output("SettleQueueUrl"))
    return Resending(deployment.directory, deployment.feedback, settle, now).way(mail.claim)
