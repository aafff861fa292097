"""`hearback digest`: look at a manager's digest, or have it sent now."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from followup.digest import Digest, Records
from followup.digest_letter import digest_letter
from followup.digesting import digest_claim
from hearback.aws.claims import Claims
from hearback.aws.tasks import Tasks
from hearback.claim import Claim
from hearback.period import Period
from hearback.subscription import Subscription
from hearback.survey import Survey
from ops import report_numbers
from ops.deployment import Deployment, chosen
from ops.terminal import AsJson, Stop, out, print_json, say

app = typer.Typer(help="Managers' digests.", no_args_is_help=True)
SurveyId = Annotated[str, typer.Argument(metavar="SURVEY", show_default=False)]
SubscriptionId = Annotated[
    str, typer.Argument(metavar="SUBSCRIPTION", help="Its id in the survey.", show_default=False)
]


@app.command()
def preview(
    ctx: typer.Context,
    survey: SurveyId,
    subscription: SubscriptionId,
    to: Annotated[
        str, typer.Option("--to", metavar="DAY", help="Its last day, yyyy-mm-dd.", show_default="the last whole day")
    ] = "",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the HTML body to a file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a digest without sending it: of the last day, seven days or month, or of those up to a day.

    Tasks are as they are now, and are not linked to their pages.
    """
    deployment = chosen(ctx)
    definition, found = _subscription(deployment, survey, subscription)
    digest = _digest(deployment, definition, found, to)
    letter = digest_letter(digest, {})
    if html:
        html.write_text(letter.html, encoding="utf-8")
        say(f"Written to {html}")
    if digest.left_out:
        say("It would not be sent: nobody has answered for so long that it pauses, and no task is open.")
    if as_json:
        days = {"first": str(digest.period.first), "last": str(digest.period.last), "paused": digest.left_out}
        mail = {"to": found.email, "subject": letter.subject, "text": letter.text, "html": letter.html}
        print_json({**days, **mail})
    elif not html:
        out.print(
            f"To: {found.name} <{found.email}>\nSubject: {letter.subject}\n\n{letter.text}",
            markup=False,
            soft_wrap=True,
        )


@app.command()
def send(ctx: typer.Context, survey: SurveyId, subscription: SubscriptionId, as_json: AsJson = False) -> None:
    """Send the digest of the last day, seven days or month now; the next one comes at its usual time."""
    deployment = chosen(ctx)
    definition, found = _subscription(deployment, survey, subscription)
    digest, now = _digest(deployment, definition, found), deployment.now()
    if digest.left_out:
        raise Stop("it is paused: nobody has answered for so long, and no task is open. See it with: digest preview")
    claims, claim = Claims(deployment.directory.table), digest_claim(found, digest.period, now)
    sent_before = _state(claims, claim) == "done"
    if not claims.taken(claim, now):
        _let_tick_send(deployment, found, now)
    state = _state(claims, claim)
    sent = state == "done" and not sent_before
    if as_json:
        print_json({"to": found.email, "sent": sent})
    elif sent:
        out.print(f"Sent to {found.name} <{found.email}>", markup=False, soft_wrap=True)
    else:
        out.print(_NOT_SENT.get(state, "Not sent now; the next tick tries again. See: hearback doctor"))


_NOT_SENT: Mapping[str, str] = {
    "done": "Not sent: the digest of these days has been sent already",
    "refused": "Not sent: SES refused it. See: hearback mail refused",
    "claimed": "Perhaps sent: SES has not said so. In a quarter of an hour see: hearback mail doubtful",
    "doubtful": "Perhaps sent: SES has never said so. See: hearback mail doubtful",
}
"""What is said of a digest that did not go out now, by the state of its claim."""


def _let_tick_send(deployment: Deployment, subscription: Subscription, now: datetime) -> None:
    """The tick sends whatever is due, to other readers too; what became of this digest, its claim knows.

    Raises Stop if somebody has changed the subscription.
    """
    if not deployment.directory.advance(subscription, now):
        raise Stop("its due time has just been changed by somebody else; look, and try again")
    try:
        deployment.invoke("TickFunction")
    except Stop as failure:  # other work of the tick's may have failed; what has is in its log
        say(f"[yellow]{escape(str(failure))}[/]")


def _state(claims: Claims, claim: Claim) -> str:
    """The state of a claim; "" if nobody has it."""
    return str((claims.get(claim.digest) or {"state": ""})["state"])


def _digest(deployment: Deployment, survey: Survey, subscription: Subscription, to: str = "") -> Digest:
    now = deployment.now()
    period = subscription.period_at(now, survey.zone)
    if to:
        last = date.fromisoformat(report_numbers.day(to, "--to"))
        period = Period(period.every, last + timedelta(days=1 - period.shift), period.shift)
    directory = deployment.directory
    records = Records(deployment.feedback, deployment.tallies, directory, Tasks(directory.table))
    digest = records.digest(survey, subscription, period, now)
    if missing := records.skipped.count:
        say(f"[yellow]Answers that cannot be read and are missing in it: {missing:,}. See: hearback reconcile[/]")
    return digest


def _subscription(deployment: Deployment, survey: str, subscription: str) -> tuple[Survey, Subscription]:
    definition = deployment.survey(survey)
    there = {each.id: each for each in deployment.directory.subscriptions(survey)}
    if subscription not in there:
        raise Stop(f"survey {survey!r} has no subscription {subscription!r}; it has: {', '.join(there) or 'none'}")
    return definition, there[subscription]
