"""Mails in doubt: marked when SES has been silent for too long, and measured until an operator has decided."""

import os
from datetime import datetime

from aws_lambda_powertools import Logger

from followup.metric import measure
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
    of = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    measure("MailsToDecide", sum(listed.values()), now, ("FunctionName", of), **listed)
    setbacks.raise_any()
    return found
