"""What tests share: a small survey, the template's own resources under moto, and API Gateway's events."""

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import boto3
import pytest
from botocore.config import Config
from hypothesis import settings
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from collect import api
from collect.page_stamp import PageStamp
from collect.wiring import wiring
from hearback import clock
from hearback import token as signed
from hearback.aws import clients
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table, from_wire
from hearback.aws.feedback import Feedback
from hearback.aws.tasks import Tasks
from hearback.fact import FactId
from hearback.judging import READING
from hearback.response import Response
from hearback.survey import Survey
from hearback.token import Token

settings.load_profile("ci")  # the same examples every time; --hypothesis-profile=default looks for others
REGION = "eu-west-1"
NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
"""A Wednesday, 16:00 in Kolkata."""

ApiEvent = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """template.yaml as written, before the SAM transform."""
    document: dict[str, Any] = yaml_parse((Path(__file__).parents[1] / "template.yaml").read_text(encoding="utf-8"))
    return document


@pytest.fixture
def survey() -> Survey:
    """A shop's survey: English and Hindi, a public and a private dimension, questions, plays and a digest."""
    return Survey.model_validate(
        {
            "id": "shop",
            "title": {"en": "How was {brand}?", "hi": "{brand} कैसा रहा?"},
            "question": {
                "en": "How likely are you to recommend {brand} to a friend?",
                "hi": "आप अपने किसी मित्र को {brand} की सिफ़ारिश करने की कितनी संभावना रखते हैं?",
            },
            "locales": ["en", "hi"],
            "time_zone": "Asia/Kolkata",
            "brand": {"name": "Chai & Co", "colour": "#0b6b4f"},
            "origins": ["https://shop.example"],
            "dimensions": {
                "touchpoint": {"values": ["checkout", "delivery"], "public": True},
                "store": {"values": ["pune", "delhi"]},
            },
            "follow_up": {
                "promoter": {
                    "reason": {"en": "What did you like most?", "hi": "आपको सबसे अच्छा क्या लगा?"},
                    "thanks": {"en": "That makes our day!", "hi": "आपने हमारा दिन बना दिया!"},
                },
                "passive": {"reason": {"en": "What would make it a 10?"}},
                "detractor": {
                    "reason": {"en": "What went wrong?", "hi": "क्या ग़लत हुआ?"},
                    "questions": [
                        {
                            "id": "topic",
                            "text": {"en": "What was it about?", "hi": "यह किस बारे में था?"},
                            "choices": {"price": {"en": "Price", "hi": "क़ीमत"}, "staff": {"en": "Staff"}},
                        },
                        {"id": "wish", "text": "What should we change first?"},
                    ],
                },
            },
            "people": {"asha": {"name": "Asha Rao", "email": "asha@shop.example"}},
            "plays": [
                {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"},
                {
                    "id": "review",
                    "when": {"category": "promoter"},
                    "what": "review",
                    "text": {"en": "Would you tell others?", "hi": "क्या आप औरों को भी बताएँगे?"},
                    "label": {"en": "Write a review", "hi": "समीक्षा लिखें"},
                    "url": "https://reviews.example/shop?a=1&b=2",
                },
                {"id": "ask-why", "when": {"category": "passive"}, "what": "mail", "template": "why"},
                {"id": "apologise", "when": {"category": "detractor"}, "what": "mail", "template": "apology"},
                {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha"},
            ],
            "subscriptions": [{"id": "asha", "to": "asha"}],
        }
    )


@dataclass(frozen=True, slots=True)
class Tables:
    """The three tables, empty."""

    feedback: Table
    directory: Table
    tally: Table

    @property
    def responses(self) -> Feedback:
        return Feedback(self.feedback)

    @property
    def people(self) -> Directory:
        return Directory(self.directory)

    @property
    def tasks(self) -> Tasks:
        return Tasks(self.directory)


@pytest.fixture(scope="session")
def moto_clients() -> dict[str, Any]:
    """One client of each kind for all tests under moto: making them takes longer than most tests."""
    account = boto3.session.Session("test", "test", region_name=REGION)
    config = Config(account_id_endpoint_mode="disabled")  # moto's streams do not know the other endpoints
    return {
        "dynamodb": account.client("dynamodb", config=config),
        "secretsmanager": account.client("secretsmanager", config=config),
        "sqs": account.client("sqs", config=config),
        "ses": account.client("sesv2", config=config),
    }


@pytest.fixture
def tables(
    template: Mapping[str, Any], moto_clients: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tables]:
    """The template's tables, secrets and queues under moto, and every function's environment variables."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    for name, client in moto_clients.items():
        monkeypatch.setattr(clients, name, lambda client=client, **patience: client)
    with mock_aws():
        names = _create(template["Resources"])
        for name, value in _environment(template, names).items():
            monkeypatch.setenv(name, value)
        client = clients.dynamodb()
        yield Tables(*(Table(client, names[name]) for name in ("FeedbackTable", "DirectoryTable", "TallyTable")))


def _create(resources: Mapping[str, Any]) -> dict[str, str]:
    """Make what functions read and write; what `!Ref` gives for each, by logical id."""
    names = {}
    for logical_id, resource in resources.items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::DynamoDB::Table":
                kept = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
                request = {name: properties[name] for name in kept if name in properties}
                if "StreamSpecification" in properties:
                    request["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
                clients.dynamodb().create_table(TableName=logical_id, **request)
                names[logical_id] = logical_id
            case "AWS::SecretsManager::Secret":
                key_id = properties["GenerateSecretString"]["GenerateStringKey"]
                secret = json.dumps({key_id: f"the key of {logical_id}"})
                made = clients.secretsmanager().create_secret(Name=logical_id, SecretString=secret)
                names[logical_id] = made["ARN"]
            case "AWS::SQS::Queue":
                names[logical_id] = clients.sqs().create_queue(QueueName=logical_id)["QueueUrl"]
            case "AWS::Events::EventBus":
                names[logical_id] = logical_id
            case "AWS::SES::ConfigurationSet":
                clients.ses().create_configuration_set(ConfigurationSetName=logical_id)
                names[logical_id] = logical_id
    return names


def _environment(template: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Every function's variables with the parameters' defaults. Under these no condition holds."""
    defaults = {name: str(parameter["Default"]) for name, parameter in template["Parameters"].items()}

    def value(given: Any) -> str:
        match given:
            case {"Ref": name}:
                return names[name] if name in names else defaults[name]
            case {"Fn::If": [_, _, otherwise]}:
                return value(otherwise)
            case {"Fn::GetAtt": ["HttpApi", "ApiEndpoint"]}:
                return "https://api.example.com"
            case _:
                return str(given)

    return {
        name: value(given)
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
        for name, given in resource["Properties"]["Environment"]["Variables"].items()
        if not name.startswith("POWERTOOLS_")
    }


@dataclass(frozen=True, slots=True)
class Answered:
    """What collect answered, as a client reads it."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    """As it went over the wire, perhaps compressed."""

    @property
    def text(self) -> str:
        return (gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw).decode()

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed


@dataclass(slots=True)
class Collect:
    """The collect function with its survey applied, at a time that tests set."""

    tables: Tables
    survey: Survey
    event: ApiEvent
    now: datetime = NOW

    def handle(self, event: Mapping[str, Any]) -> Answered:
        reply = api.handler(dict(event), None)
        body = base64.b64decode(reply["body"]) if reply["isBase64Encoded"] else reply["body"].encode()
        return Answered(reply["statusCode"], {name.lower(): value for name, value in reply["headers"].items()}, body)

    def request(self, method: str, path: str, **parts: Any) -> Answered:
        return self.handle(self.event(method, path, **parts))

    def form(self, path: str, fields: str, **parts: Any) -> Answered:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, body=fields, headers=headers, **parts)

    def stamp(self, token: str, score: int | None = None, age: timedelta = READING) -> str:
        """What the form of a page says that was made some time ago."""
        return PageStamp.at(self.now - age, score).sign(token, wiring().token_keys.at(self.now))

    def confirm(self, token: str, score: int, **parts: Any) -> Answered:
        """Send the form of a link's page by hand, after reading it."""
        return self.form(f"/a/{token}", f"step=score&score={score}&page={self.stamp(token)}&hand=moved", **parts)

    def submit(self, token: str, **said: Any) -> Answered:
        return self.request("POST", f"/v1/surveys/{self.survey.id}/responses", body={"token": token, **said})

    def token(self, **parts: Any) -> str:
        """A mail's token for a new response; `parts` are Token's fields."""
        subject = str(FactId.mint(self.survey.id, self.survey.shards, self.now))
        given = {"purpose": "answer", "subject": subject, "expires_at": NOW + timedelta(days=30), "channel": "mail"}
        return signed.sign(Token(**{**given, **parts}), wiring().token_keys.at(self.now))

    def stored(self) -> list[Response]:
        """Every response in the table."""
        items = self.tables.feedback.client.scan(TableName=self.tables.feedback.name)["Items"]
        return [Response.from_item(from_wire(item)) for item in items]


@pytest.fixture
def collect(tables: Tables, survey: Survey, api_event: ApiEvent, monkeypatch: pytest.MonkeyPatch) -> Collect:
    wiring.cache_clear()
    tables.people.put_survey(survey, NOW)
    made = Collect(tables, survey, api_event)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture(scope="session")
def api_event(template: Mapping[str, Any]) -> ApiEvent:
    """Makes the event API Gateway sends (payload 2.0) for a request to one of the template's routes.

    `body` is text, bytes, or anything else, which is sent as JSON. API Gateway sends text as it is where the
    content type says that it is text or JSON, and everything else in base64, forms included.
    """
    routes = [
        (route["Method"], route["Path"])
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi"
        for route in [event["Properties"]]
    ]

    def make(
        method: str, path: str, *, body: Any = None, query: str = "", headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        route, parameters = _match(routes, method, path)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": f"{method} {route}",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"host": "api.example.com", **(headers or {})},
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api",
                "domainName": "api.example.com",
                "http": {
                    "method": method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "203.0.113.7",
                    "userAgent": "test",
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": f"{method} {route}",
                "stage": "$default",
                "time": "04/Mar/2026:10:30:00 +0000",
                "timeEpoch": 1772620200000,
            },
            "isBase64Encoded": False,
        }
        if parameters:
            event["pathParameters"] = parameters
        if body is not None:
            _attach(event, body)
        return event

    return make


def _match(routes: list[tuple[str, str]], method: str, path: str) -> tuple[str, dict[str, str]]:
    for route_method, route in sorted(routes, key=lambda entry: "{" in entry[1]):  # exact routes come first
        pattern = re.sub(r"\{(\w+)(\+?)\}", lambda part: f"(?P<{part[1]}>{'.+' if part[2] else '[^/]+'})", route)
        if route_method == method and (found := re.fullmatch(pattern, path)):
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
    raise LookupError(f"template.yaml has no route for {method} {path}")


def _attach(event: dict[str, Any], body: Any) -> None:
    headers = event["headers"]
    if not isinstance(body, str | bytes):
        body = json.dumps(body)
        headers.setdefault("content-type", "application/json")
    raw = body.encode() if isinstance(body, str) else body
    headers.setdefault("content-type", "application/octet-stream")
    headers["content-length"] = str(len(raw))
    if headers["content-type"].startswith(("application/json", "text/")):
        event["body"] = raw.decode(errors="replace")
    else:
        event["body"], event["isBase64Encoded"] = base64.b64encode(raw).decode(), True
