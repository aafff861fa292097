"""`hearback digest`: look at a manager's digest, or have it sent now."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from followup.digest import Digest, Records
from followup.digest_letter import digest_letter
from hearback.aws.tasks import Tasks
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
    if _digest(deployment, definition, found).left_out:
        raise Stop("it is paused: nobody has answered for so long, and no task is open. See it with: digest preview")
    if not deployment.directory.advance(found, deployment.now()):
        raise Stop("its due time has just been changed by somebody else; look, and try again")
    sent = deployment.invoke("TickFunction")["digests"]
    if as_json:
        print_json({"to": found.email, "sent": bool(sent)})
    elif sent:
        out.print(f"Sent to {found.name} <{found.email}>", markup=False, soft_wrap=True)
    else:
        out.print("Not sent: the digest of these days has been sent already, or SES refused it (hearback doctor)")


def _digest(deployment: Deployment, survey: Survey, subscription: Subscription, to: str = "") -> Digest:
    now = deployment.now()
    period = subscription.period_at(now, survey.zone)
    if to:
        last = date.fromisoformat(report_numbers.day(to, "--to"))
        period = Period(period.every, last + timedelta(days=1 - period.shift), period.shift)
    directory = deployment.directory
    records = Records(deployment.feedback, deployment.tallies, directory, Tasks(directory.table))
    return records.digest(survey, subscription, period, now)


def _subscription(deployment: Deployment, survey: str, subscription: str) -> tuple[Survey, Subscription]:
    definition = deployment.survey(survey)
    there = {each.id: each for each in deployment.directory.subscriptions(survey)}
    if subscription not in there:
        raise Stop(f"survey {survey!r} has no subscription {subscription!r}; it has: {', '.join(there) or 'none'}")
    return definition, there[subscription]
