"""Mails in doubt: marked when SES has been silent for too long, and measured until an operator has decided."""

import json
import os
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from followup.setbacks import Setbacks
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.claim import DOUBTFUL, DUE_KIND, REFUSED, Claim

logger = Logger(child=True)


def show_doubtful(claims: Claims, directory: Directory, now: datetime) -> int:
    """Mark the mails whose claims stayed without mark and event, for an operator to look at; how many.

    Raises SomeFailed once all others are marked and measured.
    """
    found, setbacks = 0, Setbacks()
    for item in directory.due(DUE_KIND, now):
        with setbacks.kept_apart(pk=item["pk"]):
            if claims.settle(Claim.digest_of(item), "doubtful", now):
                logger.error("mail in doubt", extra={"effect": item["effect"]})
                found += 1
    listed = {kind: sum(1 for _ in directory.due(kind)) for kind in (DOUBTFUL, REFUSED)}
    print(json.dumps(_metric(listed[DOUBTFUL], listed[REFUSED], now)), flush=True)
    setbacks.raise_any()
    return found


def _metric(doubtful: int, refused: int, now: datetime) -> dict[str, Any]:
    """How many mails wait for a decision, in CloudWatch's embedded metric format: no call, no permission."""
    return {
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Hearback",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{"Name": "MailsToDecide", "Unit": "Count"}],
                }
            ],
        },
        "FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "MailsToDecide": doubtful + refused,
        "Doubtful": doubtful,
        "Refused": refused,
    }
