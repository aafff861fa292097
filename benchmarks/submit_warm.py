"""Taking an invited person's answer, warm, beside a bare handler that puts an item of the same size.

All run in this process against the same embedded AWS emulator, in turns. The median of ours should be at most 1.5
times the bare one's. The emulator answers faster than DynamoDB does, which makes this the harder goal. A promoter
whom the survey offers a referral link of their own costs two reads more, of their link; that is a line of its own.
"""

import argparse
import json
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collect import api
from hearback.aws import clients
from hearback.aws.dynamodb import Table
from hearback.fact import FactId
from hearback.token import Token, sign
from local.stack import Stack
from ops.deployment import on_this_machine
from ops.survey import apply_survey
from ops.survey_file import read_survey

ROOT = Path(__file__).parents[1]
MOST = 1.5
KEYS = {"k1": "a key for the benchmark"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder, Stack(data=Path(folder), printed=lambda _line: None) as stack:
        ours, bare = handlers(stack)
        warm = runs // 10
        times: dict[str, list[float]] = {"bare": [], "ours": [], "ours, with a referral link": []}
        for number in range(warm + runs):
            asked: list[tuple[Handler, dict[str, Any]]] = [(bare, {}), (ours, submission(7)), (ours, submission(9))]
            for name, (handler, event) in zip(times, asked, strict=True):
                begun = time.perf_counter()
                answer = handler(event, None)
                took = time.perf_counter() - begun
                assert answer["statusCode"] == 201, answer
                if number >= warm:
                    times[name].append(took * 1000)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, taken in times.items():
        ninth, ratio = statistics.quantiles(taken, n=10)[-1], medians[name] / medians["bare"]
        print(f"{name:26}  median {medians[name]:6.2f} ms   90th of 100 {ninth:6.2f} ms   {ratio:.2f} x bare")
    kept = medians["ours"] <= MOST * medians["bare"]
    print(f"goal for ours: at most {MOST} x bare: {'kept' if kept else 'MISSED'}")


Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def handlers(stack: Stack) -> tuple[Handler, Handler]:
    """Collect's handler and the bare one, on the stack's tables."""
    deployment = on_this_machine(stack.url)
    apply_survey(deployment, read_survey(ROOT / "surveys/product.yaml"))
    os.environ |= {
        "AWS_ENDPOINT_URL": stack.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": deployment.session.region_name,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "RETENTION_DAYS": "730",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        **{f"{name.upper()}_TABLE": stack.outputs[f"{name.title()}Table"] for name in ("feedback", "directory")},
        **{
            f"{name.upper()}_SECRET": stack.outputs[f"{name.title()}Secret"]
            for name in ("token", "contact", "identity")
        },
    }
    KEYS.clear()
    secret = stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["TokenSecret"])
    KEYS.update(json.loads(secret["SecretString"]))
    logging.disable(logging.CRITICAL)
    table = Table(clients.dynamodb(), stack.outputs["FeedbackTable"])

    def bare(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
        fact = FactId.mint("bare", 4, datetime.now(UTC))
        table.put({"Item": {**fact.key("R"), "score": 9, "comment": "x" * 120, "answered_at": str(fact), "day": "x"}})
        return {"statusCode": 201}

    return api.handler, bare


def submission(score: int) -> dict[str, Any]:
    """An invited person's answer, as API Gateway hands it over."""
    now = datetime.now(UTC)
    token = Token("answer", str(FactId.mint("product", 4, now)), now + timedelta(days=9), "c" * 32, {}, "mail", "en")
    said = {"token": sign(token, KEYS), "score": score, "comment": "x" * 120}
    return {
        "routeKey": "POST /v1/surveys/{survey}/responses",
        "rawPath": "/v1/surveys/product/responses",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "api.example.com"},
        "pathParameters": {"survey": "product"},
        "requestContext": {"requestId": "x", "domainName": "api.example.com", "http": {"sourceIp": "203.0.113.7"}},
        "body": json.dumps(said),
        "isBase64Encoded": False,
    }


if __name__ == "__main__":
    main()
