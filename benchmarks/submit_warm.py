"""Taking an invited person's answer, warm, beside a bare handler that puts the item which ours stores.

All run in this process against the same embedded AWS emulator, in turns, while nothing else runs: what follows up on
answers and counts them are other functions, on other machines. In each round medians are compared; the median of the
rounds should be at most 1.5 times the bare one's. The emulator answers faster than DynamoDB does, which makes this the
harder goal. A promoter whom the survey offers a referral link of their own costs one write more, of their link,
whether they have it or not, and the form of a mail's page is answered with the next page; these are lines of their own.
"""

import argparse
import json
import logging
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.cold_start_account import account, sample
from collect import api
from collect.observing import MOVED
from collect.page_stamp import PageStamp
from collect.wiring import wiring
from hearback.aws.dynamodb import to_wire
from hearback.fact import RESPONSE, FactId
from hearback.judging import READING
from hearback.token import Token, sign
from ops.survey_file import read_survey

SURVEY = Path(__file__).parents[1] / "surveys" / "product.yaml"
MOST = 1.5
BARE, OURS, FORM = "bare", "ours", "ours, by a page's form"
NEW_LINK, SAME_LINK = "ours, making a referral link", "ours, with the link of before"

Event = dict[str, Any]
Handler = Callable[[Event, Any], Mapping[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds whose medians are compared (default 7)")
    parser.add_argument("--runs", type=int, default=120, help="answers of each kind in a round (default 120)")
    arguments = parser.parse_args()
    with account() as functions, open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.environ |= functions["CollectFunction"].environment
        log = api.logger.registered_handler
        assert isinstance(log, logging.StreamHandler)
        log.setStream(nowhere)  # lines are made, as they are in Lambda, and not shown
        wiring().directory.put_survey(read_survey(SURVEY), datetime.now(UTC))
        answering = {BARE: bare_handler()} | dict.fromkeys((OURS, FORM, NEW_LINK, SAME_LINK), api.handler)
        measure(answering, arguments.runs // 4)  # what is made on first use is made
        rounds = [measure(answering, arguments.runs) for _ in range(arguments.rounds)]
    report(rounds)


def measure(answering: Mapping[str, Handler], runs: int) -> dict[str, float]:
    """The median time of each way to take an answer, in milliseconds, of so many in turns."""
    times: dict[str, list[float]] = defaultdict(list)
    for turn in range(runs):
        names = list(answering)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:  # nobody always follows the same one
            event = submission(name)
            begun = time.perf_counter()
            answer = answering[name](event, None)
            times[name].append((time.perf_counter() - begun) * 1000)
            assert answer["statusCode"] == (200 if name == FORM else 201), answer
    return {name: statistics.median(taken) for name, taken in times.items()}


def report(rounds: Sequence[Mapping[str, float]]) -> None:
    """Print what each way takes, and whether ours keeps to the goal."""
    for name in rounds[0]:
        ratios = [medians[name] / medians[BARE] for medians in rounds]
        taken = statistics.median(medians[name] for medians in rounds)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name:31} {taken:6.2f} ms {statistics.median(ratios):6.2f} x bare, in {len(rounds)} rounds {spread}")
    ratio = statistics.median(medians[OURS] / medians[BARE] for medians in rounds)
    print(f"goal for ours: at most {MOST} x bare: {'kept' if ratio <= MOST else 'MISSED'}")


def bare_handler() -> Handler:
    """The least that stores the same: no token is verified, nothing is checked, no second answer is found."""
    feedback = wiring().feedback
    stored = json.loads(str(api.handler(submission(OURS), None)["body"]))["response"]
    response = feedback.response(FactId.parse(stored))
    assert response
    item = to_wire(response.to_item())

    def bare(event: Event, _context: Any) -> Mapping[str, Any]:
        said = json.loads(event["body"])
        fact = FactId.mint("bare", 4, datetime.now(UTC))
        own = to_wire({**fact.key(RESPONSE), "score": said["score"], "comment": said["comment"]})
        feedback.table.client.put_item(TableName=feedback.table.name, Item={**item, **own})
        return {"statusCode": 201, "body": json.dumps({"response": str(fact)})}

    return bare


_PEOPLE = count()


def submission(kind: str) -> Event:
    """An invited person's answer, as API Gateway hands it over: a promoter's where a referral link is wanted."""
    now = datetime.now(UTC)
    person = 0 if kind == SAME_LINK else next(_PEOPLE)
    fact = FactId.mint("product", 4, now)
    token = Token("answer", str(fact), now + timedelta(days=9), f"{person:032x}", {}, "mail", "en")
    keys = wiring().token_keys.at(now)
    text = sign(token, keys)
    if kind == FORM:
        said = {"step": "score", "score": 7, "hand": MOVED, "page": PageStamp.at(now - READING, 7).sign(text, keys)}
        return sample("collect-form") | {
            "rawPath": f"/a/{text}",
            "pathParameters": {"token": text},
            "body": urlencode(said),
            "isBase64Encoded": False,
        }
    score = 9 if kind in (NEW_LINK, SAME_LINK) else 7
    event = sample("collect-submit")
    event |= {
        "rawPath": "/v1/surveys/product/responses",
        "pathParameters": {"survey": "product"},
        "body": json.dumps({"token": text, "score": score, "comment": "x" * 120}),
    }
    return event


if __name__ == "__main__":
    main()
