"""What the follow-up tests share: a shop with its survey, customers, a post box to look into, a clock to turn."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from followup import wiring, worker
from followup.pacing import Pacer
from hearback import clock
from hearback.aws import clients
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.response import Response
from hearback.survey import Survey
from hearback.task import Closing, Task
from hearback.token import Token, verify
from tests.conftest import NOW, REGION, Tables
from tests.fake_events import FakeEvents


class Context:
    """What Lambda tells a function of its run."""

    function_name = "followup"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:followup"
    aws_request_id = "request"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


CONTEXT: Any = Context()


@dataclass
class World:
    tables: Tables
    survey: Survey
    monkeypatch: pytest.MonkeyPatch
    events: FakeEvents = field(default_factory=FakeEvents)
    now: datetime = NOW
    _made: int = field(default=0)

    def pass_time(self, span: timedelta) -> None:
        self.now += span

    def customer(self, name: str = "Ravi", **details: str) -> Contact:
        contact = Contact(f"{name.lower():0<32}", email=f"{name.lower()}@example.com", name=name, **details)
        self.tables.people.merge_contact(contact)
        return contact

    def answer(self, score: int, contact: Contact | None = None, **more: Any) -> Response:
        """Store an answer as collect does."""
        self._made += 1
        fact = FactId.mint(self.survey.id, self.survey.shards, self.now, self._made.to_bytes(10, "big"))
        key = contact.key if contact else ""
        response = replace(Response(fact, score, self.now, self.survey.day(self.now), contact=key), **more)
        self.tables.responses.create(response)
        return response

    def settle(self, fact: Response | FactId, kind: str = "response") -> Mapping[str, Any]:
        """Deliver the settle queue's message to the worker."""
        fact_id = fact.id if isinstance(fact, Response) else fact
        return worker.handler(sqs_event({kind: str(fact_id)}), CONTEXT)

    def apply(self, *plays: Mapping[str, Any], **more: Any) -> None:
        """Give the survey these plays, before anybody has read it; `more`: what else it says."""
        said = self.survey.model_dump(exclude_defaults=True) | {"plays": list(plays)} | more
        self.survey = Survey.model_validate(said)
        self.tables.people.put_survey(self.survey, self.now)

    def close(self, task: Task) -> Task:
        """Close a task as its owner does."""
        closing = Closing(self.now, task.owner, "resolved", "price")
        self.tables.tasks.close(task, closing, None, self.survey.ask_again)
        return replace(task, closing=closing)

    def deliver(self) -> None:
        """Deliver what the settle queue holds to the worker."""
        queue = boto3.client("sqs").get_queue_url(QueueName="SettleQueue")["QueueUrl"]
        for message in clients.sqs().receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            worker.handler(sqs_event(json.loads(message["Body"])), CONTEXT)
            clients.sqs().delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    def mails(self) -> list[EmailMessage]:
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        return [message_from_string(mail.raw_data, policy=default) for mail in sent]

    def recipients(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails()]

    def queued_tasks(self) -> list[dict[str, Any]]:
        """Take what the task queue holds."""
        return taken_from("TaskQueue")

    def settling(self) -> list[dict[str, Any]]:
        """Take what the settle queue holds."""
        return taken_from("SettleQueue")


def unsubscribing(world: World, mail: EmailMessage) -> Token:
    """What the unsubscribe link of a mail stands for, which is one in its header and in its texts."""
    found = re.search(r"/u/([^>]+)", mail["List-Unsubscribe"])
    assert found
    return verify(found[1], wiring.token_keys().at(world.now), "unsubscribe", world.now)


def taken_from(queue: str) -> list[dict[str, Any]]:
    """Take what a queue holds, and delete it there."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in found]


def unhurried() -> Pacer:
    """A pacer that never lets anybody wait."""
    return Pacer(rate=1000, clock=lambda: 0.0, sleep=lambda _: None)


def sqs_event(*bodies: Mapping[str, Any]) -> dict[str, Any]:
    records = [
        {
            "messageId": str(place),
            "receiptHandle": "handle",
            "body": json.dumps(body),
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:SettleQueue",
        }
        for place, body in enumerate(bodies)
    ]
    return {"Records": records}


def ses_error(code: str, status: int, message: str = "") -> ClientError:
    """How SES says that it does not take a mail."""
    said: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "SendEmail")


def raising(error: BaseException) -> Callable[..., None]:
    """In place of a call that fails."""

    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


UNVERIFIED = ses_error(
    "MessageRejected",
    400,
    "Email address is not verified. The following identities failed the check in region EU-WEST-1: care@shop.example",
)
"""What SES answers to every mail until its sender is verified, and in the sandbox until its reader is."""
THROTTLED = raising(ses_error("TooManyRequestsException", 429))
"""In place of SES's send_email when the account's rate is exceeded."""


def make_world(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> World:
    for made in (wiring.settings, wiring.directory, wiring.claims, wiring.feedback, wiring.tallies, wiring.token_keys):
        made.cache_clear()
    monkeypatch.setattr(wiring, "pacer", unhurried)
    clients.ses().create_email_identity(EmailIdentity=wiring.settings().sender)
    world = World(tables, survey, monkeypatch)
    monkeypatch.setattr(clock, "now", lambda: world.now)
    monkeypatch.setattr(clients, "events", lambda: world.events)
    tables.people.put_survey(survey, NOW)
    return world
