"""`hearback redrive`: applies what the failure queues hold."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer
from rich.markup import escape

from hearback.aws.claims import Claims
from ops import stream_records
from ops.deployment import Deployment, chosen
from ops.message_queue import MessageQueue
from ops.redriving import Apply, Recover, Redriven, look, redrive
from ops.terminal import AsJson, advancing, out, print_json
from ops.unanswered import MailNews, Unqueued, Unsettled, missed_tick
from ops.uncounted import Uncounted

SOME_STAY = 1
"""Exit code: some messages could not be applied and are still in their queue."""


class FailureQueue(StrEnum):
    """Whose failures."""

    AGGREGATE = "aggregate"
    FOLLOWUP = "followup"
    SETTLE = "settle"
    MAIL_EVENTS = "mail-events"
    TICK = "tick"


_OUTPUTS = {
    FailureQueue.AGGREGATE: "AggregateFailuresUrl",
    FailureQueue.FOLLOWUP: "FollowupFailuresUrl",
    FailureQueue.SETTLE: "SettleFailuresUrl",
    FailureQueue.MAIL_EVENTS: "MailEventFailuresUrl",
    FailureQueue.TICK: "TickFailuresUrl",
}


def redrive_failures(
    ctx: typer.Context,
    queue: Annotated[
        list[FailureQueue] | None, typer.Option(help="Only this one. Repeatable. All if left out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what the queues hold; apply nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Apply what the failure queues hold: count it, queue it, take it in. What cannot be applied stays."""
    deployment = chosen(ctx)
    queues = queue or list(FailureQueue)
    sqs = deployment.client("sqs")
    wait = 0 if deployment.local else 1  # on this machine all messages are in one place
    held = {name: MessageQueue(sqs, deployment.output(_OUTPUTS[name]), wait) for name in queues}
    if dry_run:
        _show_held({name: look(each) for name, each in held.items()}, as_json=as_json)
        return
    redriven: dict[FailureQueue, list[Redriven]] = {}
    with advancing("Redriving", sum(each.about() for each in held.values())) as advance:
        for name, each in held.items():
            apply, recover = _applier(name, deployment, each)
            redriven[name] = redrive(each, apply, recover, advance)
    _show(redriven, as_json=as_json)
    if any(not one.done.applied for each in redriven.values() for one in each):
        raise typer.Exit(SOME_STAY)


def _applier(name: FailureQueue, deployment: Deployment, queue: MessageQueue) -> tuple[Apply, Recover | None]:
    feedback, settle = deployment.feedback, MessageQueue(queue.sqs, deployment.output("SettleQueueUrl"))
    records = partial(stream_records.between, deployment.client("dynamodbstreams"))
    match name:
        case FailureQueue.AGGREGATE:
            uncounted = Uncounted(feedback.table, deployment.tallies.table, queue, records)
            return uncounted.apply, uncounted.recover
        case FailureQueue.FOLLOWUP:
            unqueued = Unqueued(feedback.table, queue, settle, records)
            return unqueued.apply, unqueued.recover
        case FailureQueue.SETTLE:
            return Unsettled(settle).apply, None
        case FailureQueue.MAIL_EVENTS:
            claims = Claims(deployment.directory.table)
            return MailNews(claims, feedback, deployment.directory, deployment.now()).apply, None
        case FailureQueue.TICK:
            return missed_tick, None


def _show_held(held: dict[FailureQueue, list[str]], *, as_json: bool) -> None:
    if as_json:
        print_json({str(name): lines for name, lines in held.items()})
        return
    for name, lines in held.items():
        out.print(f"[bold]{name}[/]: {len(lines):,}" if lines else f"{name}: empty")
        for line in lines:
            out.print(f"  {escape(line)}", soft_wrap=True)


def _show(redriven: dict[FailureQueue, list[Redriven]], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                str(name): [{"what": one.what, "applied": one.done.applied, "how": one.done.how} for one in each]
                for name, each in redriven.items()
            }
        )
        return
    for name, each in redriven.items():
        for one in each:
            ended = "[green]applied[/]" if one.done.applied else "[red]stays[/]  "
            out.print(f"{ended} {name}: {escape(one.what)}: {escape(one.done.how)}", soft_wrap=True)
    applied = [one.done.applied for each in redriven.values() for one in each]
    words = f"{applied.count(True):,} applied, {applied.count(False):,} stay." if applied else "Nothing to redrive."
    out.print(words)
