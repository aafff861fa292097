"""The `hearback` command: its groups, and the options that say which deployment they work on."""

import sys
from collections.abc import Sequence
from functools import cache
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from hearback.aws.dynamodb import RequestRefused, TemporarilyUnavailable
from hearback.nps import BadCounts
from hearback.survey import UnreadableSurvey
from ops import (
    announce,
    conversions,
    coupon,
    digest,
    doctor,
    erase,
    importing,
    invite,
    mail,
    outbox,
    plays,
    reconcile,
    redrive,
    report,
    responses,
    survey,
    tasks,
    testimonials,
)
from ops.deployment import in_aws, on_this_machine
from ops.terminal import Stop, complain

COULD_NOT = 2
"""Exit code: nothing was done, or it was not finished; the message says why."""

app = typer.Typer(
    help="Ask customers, count their answers exactly, answer every one of them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(survey.app, name="survey")
app.command("import", no_args_is_help=True)(importing.import_history)
app.command("invite", no_args_is_help=True)(invite.invite)
app.command("announce", no_args_is_help=True)(announce.announce)
app.command("report", no_args_is_help=True)(report.report)
app.add_typer(responses.app, name="responses")
app.add_typer(plays.app, name="plays")
app.add_typer(tasks.app, name="tasks")
app.add_typer(coupon.app, name="coupon")
app.add_typer(conversions.app, name="conversions")
app.add_typer(testimonials.app, name="testimonials")
app.add_typer(digest.app, name="digest")
app.add_typer(mail.app, name="mail")
app.command("outbox")(outbox.outbox)
app.command("doctor")(doctor.doctor)
app.command("reconcile")(reconcile.reconcile)
app.command("erase", no_args_is_help=True)(erase.erase)
app.command("redrive")(redrive.redrive_failures)


@app.callback()
def choose(
    ctx: typer.Context,
    stack: Annotated[
        str, typer.Option(envvar="HEARBACK_STACK", metavar="NAME", help="A CloudFormation stack in your AWS account.")
    ] = "",
    local: Annotated[
        str,
        typer.Option(envvar="HEARBACK_LOCAL", metavar="URL", help="A stack on this machine, as make local runs it."),
    ] = "http://127.0.0.1:8000",
) -> None:
    """Say which deployment to work on: the local one, unless a stack is named."""
    # asked for only when a command needs it, so that --help needs no stack
    ctx.obj = cache(lambda: in_aws(stack) if stack else on_this_machine(local))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 all good, 1 some of it was refused, 2 it could not be done."""
    try:
        app(arguments, prog_name="hearback")
    except (Stop, UnreadableSurvey) as stop:
        complain(str(stop))
        sys.exit(COULD_NOT)
    except ClientError as error:
        complain(f"AWS refused {error.operation_name}: {error.response['Error'].get('Message', error)}")
        sys.exit(COULD_NOT)
    except RequestRefused as error:
        complain(f"DynamoDB refused a request for good: {error}")
        sys.exit(COULD_NOT)
    except BadCounts:
        complain("some tally is below zero, so it was changed by hand. See which with: hearback reconcile")
        sys.exit(COULD_NOT)
    except (BotoCoreError, TemporarilyUnavailable) as error:
        complain(f"AWS could not be reached, or is busy: {error}. Running the same command again is safe.")
        sys.exit(COULD_NOT)


if __name__ == "__main__":
    main()
