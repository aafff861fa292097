"""`hearback digest`: look at a manager's digest, or have it sent now."""

from pathlib import Path
from typing import Annotated

import typer

from followup import digest as content
from followup.digest_letter import digest_letter
from followup.mail import Letter
from hearback.subscription import Subscription
from ops.deployment import Deployment, chosen
from ops.terminal import AsJson, Stop, out, print_json, say

app = typer.Typer(help="Managers' weekly digests.", no_args_is_help=True)
SurveyId = Annotated[str, typer.Argument(metavar="SURVEY", show_default=False)]
SubscriptionId = Annotated[
    str, typer.Argument(metavar="SUBSCRIPTION", help="Its id in the survey.", show_default=False)
]


@app.command()
def preview(
    ctx: typer.Context,
    survey: SurveyId,
    subscription: SubscriptionId,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the HTML body to a file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the digest of the last seven whole days, without sending it."""
    deployment = chosen(ctx)
    found = _subscription(deployment, survey, subscription)
    letter = _letter(deployment, found)
    if html:
        html.write_text(letter.html, encoding="utf-8")
        say(f"Written to {html}")
    if as_json:
        print_json({"to": found.email, "subject": letter.subject, "text": letter.text, "html": letter.html})
    elif not html:
        out.print(
            f"To: {found.name} <{found.email}>\nSubject: {letter.subject}\n\n{letter.text}",
            markup=False,
            soft_wrap=True,
        )


@app.command()
def send(ctx: typer.Context, survey: SurveyId, subscription: SubscriptionId, as_json: AsJson = False) -> None:
    """Send the digest of the last seven whole days now; the next one comes at its usual time."""
    deployment = chosen(ctx)
    found = _subscription(deployment, survey, subscription)
    if not deployment.directory.advance(found, deployment.now()):
        raise Stop("its due time has just been changed by somebody else; look, and try again")
    sent = deployment.invoke("TickFunction")["digests"]
    if as_json:
        print_json({"to": found.email, "sent": bool(sent)})
    elif sent:
        out.print(f"Sent to {found.name} <{found.email}>", markup=False, soft_wrap=True)
    else:
        out.print("Not sent: the digest of these days has been sent already, or SES refused it (hearback doctor)")


def _letter(deployment: Deployment, subscription: Subscription) -> Letter:
    now = deployment.now()
    definition = deployment.survey(subscription.survey)
    week = subscription.week_at(now)
    return digest_letter(
        content.build(
            deployment.feedback, deployment.tallies, deployment.directory, definition, subscription, week, now
        )
    )


def _subscription(deployment: Deployment, survey: str, subscription: str) -> Subscription:
    there = {each.id: each for each in deployment.directory.subscriptions(deployment.survey(survey).id)}
    if subscription not in there:
        raise Stop(f"survey {survey!r} has no subscription {subscription!r}; it has: {', '.join(there) or 'none'}")
    return there[subscription]
