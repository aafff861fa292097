"""An emulated account with everything the functions read, and the events they are given first."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.fact import RESPONSE, FactId
from local.engine import start_engine
from local.functions import FunctionSettings
from local.provisioning import Provisioned
from local.template import read_template
from local.wiring import Wiring
from ops.survey_file import read_survey

ROOT = Path(__file__).parents[1]
SURVEY = "store"

Event = dict[str, Any]
Answer = Callable[[str, Event], Any]
"""Gives a function, by logical id, an event in a process of its own, and returns its answer."""


@contextmanager
def account() -> Iterator[Mapping[str, FunctionSettings]]:
    """Every function's settings, wired to an account where the sample survey is applied. Nothing polls in it."""
    with TemporaryDirectory() as folder:
        template = read_template(ROOT / "template.yaml", region="eu-west-1")
        engine = start_engine(Path(folder))
        try:
            provisioned = Provisioned(template, engine, base_url="http://127.0.0.1", parameters={})
            engine.client("sesv2").create_email_identity(EmailIdentity=provisioned.outputs()["Sender"])
            directory = Directory(Table(engine.client("dynamodb"), provisioned.outputs()["DirectoryTable"]))
            directory.put_survey(read_survey(ROOT / "surveys" / f"{SURVEY}.yaml"), datetime.now(UTC))
            yield Wiring(provisioned).functions(engine, engine.endpoint, engine.endpoint)
        finally:
            engine.stop()


class FirstEvents:
    """Each function's event, new every time: a second delivery of the same one would find its work done."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._made = 0

    def of(self, function: str) -> Event:
        """An event for a function, by logical id; `bare` takes any."""
        match function:
            case "CollectFunction":
                return self._submission()
            case "AggregateFunction" | "FollowupStreamFunction":
                return self._stream_record()
            case "FollowupWorkerFunction":
                return self._settled()
            case "MailEventFunction":
                return sample("followup-bounce")
            case "TickFunction":
                return sample("followup-tick")
            case "bare":
                return {}
            case _:
                raise KeyError(f"no sample event for {function}")

    def _submission(self) -> Event:
        minted = self._collect("/v1/surveys/{survey}/tokens", {})
        return post("/v1/surveys/{survey}/responses", {"token": minted["token"], "score": 9})

    def _settled(self) -> Event:
        """A detractor's answer with an address, so that a task is opened and a mail is sent."""
        self._made += 1
        body = {"survey": SURVEY, "score": 3, "email": f"customer{self._made}@example.com"}
        stored = self._collect("/v1/machine/responses", body)
        event = sample("followup-settled")
        event["Records"][0]["body"] = json.dumps({"response": stored["response"]})
        return event

    def _stream_record(self) -> Event:
        key = FactId.mint(SURVEY, shards=1, at=datetime.now(UTC)).key(RESPONSE)
        event = sample("followup-stream")
        change = event["Records"][0]["dynamodb"]
        for image in (change["Keys"], change["NewImage"]):
            image |= {name: {"S": value} for name, value in key.items()}
        return event

    def _collect(self, route: str, body: Mapping[str, Any]) -> dict[str, Any]:
        event = post(route, body)
        event["headers"].pop("accept-encoding", None)  # this answer is read, not just timed
        stored: dict[str, Any] = json.loads(self._answer("CollectFunction", event)["body"])
        return stored


def post(route: str, body: Mapping[str, Any]) -> Event:
    """A request to one of collect's routes, made from the sample of a submission."""
    event = sample("collect-submit")
    path = route.format(survey=SURVEY)
    event |= {"routeKey": f"POST {route}", "rawPath": path, "body": json.dumps(body), "isBase64Encoded": False}
    event["pathParameters"] = {"survey": SURVEY} if "{survey}" in route else {}
    event["requestContext"]["routeKey"] = event["routeKey"]
    event["requestContext"]["http"]["path"] = path
    return event


def succeeded(answer: Any) -> bool:
    """Whether a function's answer says that it did its work: a cold start that fails is quick and tells nothing."""
    match answer:
        case {"statusCode": int(status)}:
            return 200 <= status < 300
        case {"batchItemFailures": failed}:
            return not failed
        case _:
            return True


def sample(name: str) -> Event:
    """One of the real events in events/."""
    event: Event = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))
    return event
