"""`hearback doctor`: what an operator must know before the first mail, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.markup import escape
from rich.table import Table

from hearback.aws.dynamodb import RequestRefused, TemporarilyUnavailable
from hearback.aws.tasks import Tasks
from hearback.foreign import Skipped
from hearback.refusals import Limit
from hearback.survey import UnreadableSurvey
from ops.deployment import Deployment, chosen
from ops.finding import Finding, Verdict
from ops.mail import mails_in_doubt, refused_mails
from ops.mail_account import mail_events, sender, sending
from ops.task_owners import orphans
from ops.terminal import AsJson, Stop, out, print_json
from ops.unread_tasks import NAMED_BY, unread

SOMETHING_FAILS = 1
"""Exit code: at least one check failed."""
_LIMITS: dict[Limit, str] = {"address": "answers_from_one_address", "changes": "changes_of_one_answer"}
"""What each limit is called in a survey."""

_ENOUGH_AT_ONCE = 100
_NOBODY_S_BRAND = "Hearback"
"""What the template's BrandName is unless somebody says another."""

_STYLES: dict[Verdict, str] = {"ok": "green", "warn": "yellow", "fail": "bold red", "not here": "dim"}


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check the deployment: mail, secrets, alarms, schedule, failure queues."""
    findings = list(examine(chosen(ctx)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        table = Table(box=None, show_header=False, padding=(0, 1))
        for _ in range(3):
            table.add_column(overflow="fold")  # a name that is too long is broken, not cut
        for finding in findings:
            words = escape(finding.found) + (f"\n[bold]→ {escape(finding.do)}[/]" if finding.do else "")
            table.add_row(f"[{_STYLES[finding.verdict]}]{finding.verdict}[/]", finding.about, words)
        out.print(table)
    if any(finding.verdict == "fail" for finding in findings):
        raise typer.Exit(SOMETHING_FAILS)


def examine(deployment: Deployment) -> Iterator[Finding]:
    """Every check's findings. A check that AWS does not allow is itself a finding."""
    everywhere: list[Check] = [brand, secrets, surveys, tasks, limits, mails, failure_queues]
    in_aws: dict[str, Check] = {
        "sender": sender,
        "sending": sending,
        "mail events": mail_events,
        "alarms": alarm_subscription,
        "schedule": schedule,
        "concurrency": concurrency,
    }
    for about, check in in_aws.items():
        if deployment.local:
            yield Finding(about, "not here", "the local stack plays this part itself")
        else:
            yield from _guarded(about, check, deployment)
    for check in everywhere:
        yield from _guarded(check.__name__.replace("_", " "), check, deployment)


Check = Callable[[Deployment], Iterator[Finding]]


def _guarded(about: str, check: Check, deployment: Deployment) -> Iterator[Finding]:
    try:
        yield from check(deployment)
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        yield Finding(about, "fail", f"{error.operation_name}: {message}", "sign in as somebody who may read this")
    except BotoCoreError as error:
        yield Finding(about, "fail", str(error), "check the network and the region")
    except TemporarilyUnavailable as error:
        yield Finding(about, "fail", f"DynamoDB is busy: {error}", "run it again")
    except RequestRefused as error:
        yield Finding(about, "fail", f"DynamoDB refused a request for good: {error}")
    except (Stop, UnreadableSurvey) as stop:
        yield Finding(about, "fail", str(stop))


def alarm_subscription(deployment: Deployment) -> Iterator[Finding]:
    """Whether anybody hears the alarms."""
    topic = deployment.output("AlarmTopicArn")
    pages = deployment.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    subscriptions = [each for page in pages for each in page["Subscriptions"]]
    waiting = [each["Endpoint"] for each in subscriptions if each["SubscriptionArn"] == "PendingConfirmation"]
    if len(waiting) < len(subscriptions):
        yield Finding("alarms", "ok", f"{len(subscriptions) - len(waiting)} hear of alarms")
    for endpoint in waiting:
        yield Finding("alarms", "warn", f"{endpoint} has not confirmed", "follow the link in the mail from SNS")
    if not subscriptions:
        yield Finding("alarms", "warn", "nobody hears of alarms", "deploy with AlarmEmail=you@example.com")


def schedule(deployment: Deployment) -> Iterator[Finding]:
    """Whether the tick that all timed work hangs on is enabled."""
    pages = (
        deployment.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=deployment.stack)
    )
    names = [
        each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::Scheduler::Schedule"
    ]
    for name in names:
        state = deployment.client("scheduler").get_schedule(Name=name)["State"]
        if state == "ENABLED":
            yield Finding("schedule", "ok", "digests and timed work run every 15 minutes")
        else:
            yield Finding("schedule", "fail", f"{name} is {state.lower()}", "enable it in the EventBridge console")
    if not names:
        yield Finding("schedule", "fail", "the stack has no schedule", "deploy again")


def concurrency(deployment: Deployment) -> Iterator[Finding]:
    """Whether the account may run enough at once: AWS gives new accounts a fraction of the usual quota."""
    most = deployment.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    found = f"{most:,} functions at once in the whole account"
    if most < _ENOUGH_AT_ONCE:
        do = "ask for 1,000 concurrent executions of Lambda in Service Quotas: a mailing that is scanned takes dozens"
        yield Finding("concurrency", "warn", found, do)
    else:
        yield Finding("concurrency", "ok", found)


def brand(deployment: Deployment) -> Iterator[Finding]:
    """Whether the company has said its name: mails to its own people come in it."""
    if (name := deployment.output("Brand")) == _NOBODY_S_BRAND:
        do = "deploy with BrandName='Your Company'"
        yield Finding("brand", "warn", f"mails to your own people come from {name!r}", do)
    else:
        yield Finding("brand", "ok", f"mails to your own people come from {name!r}")


def secrets(deployment: Deployment) -> Iterator[Finding]:
    """Whether the secrets can be read and hold keys."""
    client = deployment.client("secretsmanager")
    for output in ("TokenSecret", "IdentitySecret", "ContactSecret"):
        client.get_secret_value(SecretId=deployment.output(output))
    yield Finding("secrets", "ok", "tokens, identity and contact keys are there")


def surveys(deployment: Deployment) -> Iterator[Finding]:
    """Whether there is anything to ask."""
    if applied := deployment.directory.surveys():
        yield Finding("surveys", "ok", ", ".join(f"{survey.id} ({survey.status})" for survey in applied))
    else:
        yield Finding("surveys", "warn", "no survey is applied", "hearback survey apply surveys/*.yaml")


def tasks(deployment: Deployment) -> Iterator[Finding]:
    """Whether every open task has somebody who is there."""
    applied = {survey.id: survey for survey in deployment.directory.surveys()}
    skipped = Skipped()
    found = orphans(Tasks(deployment.directory.table).open(read=skipped.read), applied)
    yield from (Finding("tasks", "warn", words, do) for words, do in found)
    if skipped.count:
        yield Finding("tasks", "fail", unread(skipped), NAMED_BY)
    if not (found or skipped.count):
        yield Finding("tasks", "ok", "every open task has an owner")


def limits(deployment: Deployment) -> Iterator[Finding]:
    """What the surveys' limits refused lately: an attack, or an honest crowd behind one address."""
    applied = deployment.directory.surveys()
    refused = {survey.id: days for survey in applied if (days := deployment.directory.refusals(survey.id))}
    for survey, days in refused.items():
        for limit, name in _LIMITS.items():
            if count := sum(day.counts.get(limit, 0) for day in days):
                do = f"see hearback report --survey {survey}; if these are honest answers, raise limits.{name}"
                yield Finding("limits", "warn", f"{survey} has refused {count:,} since {days[0].day}", do)
    if not refused:
        yield Finding("limits", "ok", "nothing was refused lately")


def mails(deployment: Deployment) -> Iterator[Finding]:
    """Mails that nobody knows to have gone out, or that will not."""
    in_doubt = len(mails_in_doubt(deployment.directory, deployment.now()))
    refused = len(refused_mails(deployment.directory))
    if in_doubt:
        yield Finding("mails", "warn", f"{in_doubt:,} may not have gone out", "hearback mail doubtful")
    if refused:
        yield Finding("mails", "warn", f"{refused:,} will not go out as they are", "hearback mail refused")
    if not (in_doubt or refused):
        yield Finding("mails", "ok", "every mail is known to have gone out")


def failure_queues(deployment: Deployment) -> Iterator[Finding]:
    """Whether everything that arrived could be processed."""
    sqs = deployment.client("sqs")
    queues = {name: url for name, url in deployment.outputs.items() if name.endswith("FailuresUrl")}
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    held = {}
    for output, url in sorted(queues.items()):
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        held[output.removesuffix("Url")] = sum(int(attributes[name]) for name in names)
    for queue, count in held.items():
        if count:
            do = "look with: hearback redrive --dry-run; when the cause is mended: hearback redrive"
            yield Finding("failure queues", "fail", f"{queue} holds {count:,} that could not be processed", do)
    if not any(held.values()):
        yield Finding("failure queues", "ok", f"all {len(held)} are empty")
