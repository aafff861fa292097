"""`hearback doctor`: what an operator must know before the first mail, each with what to do."""

import json
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from hearback.aws.directory import Directory
from hearback.aws.dynamodb import RequestRefused, TemporarilyUnavailable
from hearback.task import Task
from ops import cli, doctor, mail_account
from ops.deployment import Deployment
from tests.conftest import NOW, Tables
from tests.unit.conftest import Hearback


@pytest.fixture
def complete(deployment: Deployment) -> Deployment:
    """The deployment with the outputs that doctor looks at."""
    topic = boto3.client("sns").create_topic(Name="alarms")["TopicArn"]
    outputs = {
        "Sender": "feedback@shop.example",
        "Brand": "Chai & Co",
        "ConfigurationSet": "MailConfiguration",
        "AlarmTopicArn": topic,
        "MailRate": "14",
        "MailWorkers": "2",
    }
    return replace(deployment, outputs={**deployment.outputs, **outputs})


def test_a_sender_that_ses_does_not_know_fails_and_says_what_to_run(complete: Deployment) -> None:
    [finding] = mail_account.sender(complete)
    assert finding.verdict == "fail"
    assert "create-email-identity --email-identity shop.example" in finding.do


@pytest.mark.parametrize("identity", ["feedback@shop.example", "shop.example"])
def test_the_address_or_its_domain_may_be_the_identity(complete: Deployment, identity: str) -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity=identity)
    assert all(identity in finding.found for finding in mail_account.sender(complete))


def test_a_verified_domain_lets_every_address_of_its_subdomains_send(complete: Deployment) -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="shop.example")
    below = replace(complete, outputs={**complete.outputs, "Sender": "care@news.mail.shop.example"})

    assert all("shop.example" in finding.found for finding in mail_account.sender(below))


class Ses:
    """SES as doctor asks it, with answers of our choice."""

    def __init__(self, account: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
        self._account, self._identity = account, identity
        self.exceptions = type("exceptions", (), {"NotFoundException": LookupError})

    def get_account(self) -> Mapping[str, Any]:
        return self._account

    def get_email_identity(self, EmailIdentity: str) -> Mapping[str, Any]:  # noqa: N803 - boto3's name
        return self._identity


def with_ses(deployment: Deployment, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> Deployment:
    account = {
        "SendingEnabled": True,
        "ProductionAccessEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 10.0},
    }
    dkim = {"SigningEnabled": True, "Status": "SUCCESS", "Tokens": ["abc"]}
    identity = {"VerifiedForSendingStatus": True, "DkimAttributes": dkim}
    ses = Ses(account | changed, identity | changed)
    monkeypatch.setattr(Deployment, "client", lambda self, service: ses)
    return deployment


def test_a_healthy_account_is_ok(complete: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = with_ses(complete, monkeypatch)
    found = [*mail_account.sender(healthy), *mail_account.sending(healthy)]
    assert [(finding.about, finding.verdict) for finding in found] == [
        ("sender", "ok"),
        ("DKIM", "ok"),
        ("sandbox", "ok"),
        ("quota", "ok"),
        ("pace", "ok"),
    ]


@pytest.mark.parametrize(
    ("changed", "about", "verdict", "do"),
    [
        ({"ProductionAccessEnabled": False}, "sandbox", "warn", "production access"),
        ({"SendingEnabled": False, "EnforcementStatus": "SHUTDOWN"}, "sending", "fail", "SES console"),
        (
            {"SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 190.0}},
            "quota",
            "warn",
            "higher quota",
        ),
        (
            {"SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0}},
            "pace",
            "warn",
            "deploy with MailRate=1 MailWorkers=2",
        ),
        ({"VerifiedForSendingStatus": False}, "sender", "fail", "DNS records"),
        (
            {"DkimAttributes": {"SigningEnabled": True, "Status": "PENDING", "Tokens": ["abc"]}},
            "DKIM",
            "warn",
            "abc._domainkey.shop.example",
        ),
    ],
)
def test_what_is_wrong_with_the_mail_account_says_what_to_do(
    complete: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    changed: Mapping[str, Any],
    about: str,
    verdict: str,
    do: str,
) -> None:
    ill = with_ses(complete, monkeypatch, **changed)
    [finding] = [each for each in [*mail_account.sender(ill), *mail_account.sending(ill)] if each.about == about]
    assert finding.verdict == verdict
    assert do in finding.do


@pytest.mark.parametrize(
    ("rate", "workers", "allowed", "verdict", "found", "do"),
    [
        (14, 2, 14, "ok", "14 of the 14 mails a second that SES takes; a day's 50,000 last 60 minutes", ""),
        (14, 2, 50, "ok", "14 of the 50", "deploy with MailRate=50 MailWorkers=10"),
        (50, 10, 14, "warn", "SES takes 14", "deploy with MailRate=14 MailWorkers=3"),
        (50, 2, 50, "warn", "2 workers manage about 10 of the 50", "deploy with MailWorkers=10"),
        (14, 1000, 14, "warn", "each waits 72 s after every mail", "deploy with MailWorkers=3"),
        (1, 2, 1, "ok", "a day's 50,000 last 14 hours", ""),
        (9000, 1000, 9000, "ok", "9000 of the 9000", ""),
    ],
)
def test_the_pace_is_held_against_what_ses_takes(
    rate: float, workers: int, allowed: float, verdict: str, found: str, do: str
) -> None:
    [finding] = mail_account.pace(rate, workers, allowed, daily=50_000)
    assert finding.verdict == verdict
    assert found in finding.found
    assert finding.do.partition(",")[0].endswith(do)
    assert bool(finding.do) == bool(do)


def test_an_account_without_a_daily_quota_is_told_as_such(
    complete: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    quota = {"Max24HourSend": -1.0, "MaxSendRate": 14.0, "SentLast24Hours": 10.0}
    found = {each.about: each for each in mail_account.sending(with_ses(complete, monkeypatch, SendQuota=quota))}
    assert (found["quota"].verdict, found["pace"].verdict) == ("ok", "ok")
    assert "a day's" not in found["pace"].found


def test_a_company_that_has_not_said_its_name_is_warned(complete: Deployment) -> None:
    nameless = replace(complete, outputs={**complete.outputs, "Brand": "Hearback"})

    [named], [finding] = doctor.brand(complete), doctor.brand(nameless)

    assert named.verdict == "ok"
    assert (finding.verdict, finding.do) == ("warn", "deploy with BrandName='Your Company'")


def test_the_name_that_doctor_warns_of_is_the_templates(complete: Deployment, template: Mapping[str, Any]) -> None:
    default = template["Parameters"]["BrandName"]["Default"]
    unsaid = replace(complete, outputs={**complete.outputs, "Brand": default})

    assert [finding.verdict for finding in doctor.brand(unsaid)] == ["warn"]


def test_alarms_that_nobody_hears_are_a_warning_until_somebody_confirms(complete: Deployment) -> None:
    [silent] = doctor.alarm_subscription(complete)
    assert silent.verdict == "warn"
    topic = complete.outputs["AlarmTopicArn"]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@shop.example")
    [heard] = doctor.alarm_subscription(complete)
    assert heard.verdict == "ok"


def test_a_failure_queue_that_holds_something_fails_and_names_what_to_run(complete: Deployment) -> None:
    [empty] = doctor.failure_queues(complete)
    assert (empty.verdict, empty.found) == ("ok", "all 5 are empty")
    boto3.client("sqs").send_message(QueueUrl=complete.outputs["SettleFailuresUrl"], MessageBody="{}")
    [full] = doctor.failure_queues(complete)
    assert full.verdict == "fail"
    assert "SettleFailures holds 1" in full.found
    assert "hearback redrive" in full.do


@pytest.mark.parametrize(("most", "verdict"), [(10, "warn"), (1000, "ok")])
def test_a_new_account_may_run_too_few_functions_at_once(
    complete: Deployment, monkeypatch: pytest.MonkeyPatch, most: int, verdict: str
) -> None:
    settings = {"AccountLimit": {"ConcurrentExecutions": most}}
    monkeypatch.setattr(Deployment, "client", lambda *_: SimpleNamespace(get_account_settings=lambda: settings))
    [finding] = doctor.concurrency(complete)
    assert finding.verdict == verdict
    assert f"{most:,} functions" in finding.found


def test_what_cannot_be_looked_at_is_a_finding_of_its_own(
    complete: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "GetSecretValue")

    monkeypatch.setattr(Deployment, "client", refused)
    found = {finding.about: finding for finding in doctor.examine(replace(complete, local="http://127.0.0.1:8000"))}
    assert found["secrets"].verdict == "fail"
    assert found["secrets"].found == "GetSecretValue: not allowed"


def test_a_survey_that_this_version_refuses_is_a_finding(
    complete: Deployment, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deployment, "now", lambda _: NOW)
    [stored] = tables.people.survey_items()
    definition = {**json.loads(stored["definition"]), "mood": "good"}
    tables.directory.put({"Item": {**stored, "definition": json.dumps(definition)}})
    found = {finding.about: finding for finding in doctor.examine(replace(complete, local="http://127.0.0.1:8000"))}
    assert found["surveys"].verdict == "fail"
    assert "mood: Extra inputs" in found["surveys"].found
    assert found["failure queues"].verdict == "ok"


def test_a_task_that_somebody_spoiled_is_a_finding_beside_the_others(
    complete: Deployment, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deployment, "now", lambda _: NOW)
    for number, owner in enumerate(("asha", "gone", {1, 2})):
        task = Task(f"{number:016x}", "shop", "asha", NOW, NOW, frozenset({"a"}), "")
        tables.directory.put({"Item": task.to_item() | {"owner": owner}})

    found = list(doctor.examine(replace(complete, local="http://127.0.0.1:8000")))

    of_tasks = [(finding.verdict, finding.found) for finding in found if finding.about == "tasks"]
    assert of_tasks == [
        ("warn", "1 open task of shop is owned by nobody: gone has left"),
        ("fail", "1 task that cannot be read"),
    ]
    assert found[-1].about == "failure queues"


@pytest.mark.parametrize("error", [TemporarilyUnavailable("throttled"), RequestRefused("too large")], ids=str)
def test_a_check_that_dynamodb_does_not_answer_loses_none_of_the_others(
    complete: Deployment, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(Deployment, "now", lambda _: NOW)
    monkeypatch.setattr(Directory, "surveys", fail)
    found = {finding.about: finding for finding in doctor.examine(replace(complete, local="http://127.0.0.1:8000"))}
    assert found["surveys"].verdict == "fail"
    assert str(error) in found["surveys"].found
    assert found["failure queues"].verdict == "ok"


def test_on_a_laptop_what_the_local_stack_plays_itself_does_not_apply(
    complete: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deployment, "now", lambda _: NOW)
    here = replace(complete, local="http://127.0.0.1:8000")
    verdicts = {finding.about: finding.verdict for finding in doctor.examine(here)}
    assert verdicts == {
        "sender": "not here",
        "sending": "not here",
        "mail events": "not here",
        "alarms": "not here",
        "schedule": "not here",
        "concurrency": "not here",
        "brand": "ok",
        "secrets": "ok",
        "surveys": "ok",
        "tasks": "ok",
        "limits": "ok",
        "mails": "ok",
        "failure queues": "ok",
    }


def test_the_exit_code_says_that_something_fails(
    hearback: Hearback, complete: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "in_aws", lambda stack: replace(complete, local="http://127.0.0.1:8000"))
    monkeypatch.setattr(Deployment, "now", lambda _: NOW)
    well = hearback("doctor", "--json")
    boto3.client("sqs").send_message(QueueUrl=complete.outputs["TickFailuresUrl"], MessageBody="{}")
    ill = hearback("doctor")
    assert (well.code, ill.code) == (0, 1)
    assert "TickFailures holds 1" in ill.out
