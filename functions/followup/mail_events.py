"""What became of each mail, as SES tells through EventBridge (best effort, in any order, perhaps twice).

Any event that bears a claim's digest proves that SES accepted the mail. A hard bounce or a complaint means:
mail this contact no more.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from followup import wiring
from followup.post import CLAIM_TAG
from hearback import clock
from hearback.contact import Suppression, SuppressionReason
from hearback.fact import FactId

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


def handler(event: Mapping[str, Any], context: "LambdaContext") -> None:
    """Take in one SES event."""
    detail = event["detail"]
    kind: str = detail["eventType"]
    digests: list[str] = detail["mail"].get("tags", {}).get(CLAIM_TAG, [])
    claim = wiring.claims().get(digests[0]) if digests else None
    if claim is None:
        logger.warning("event of a mail that is not ours", extra={"kind": kind})
        return
    now = clock.now()
    wiring.claims().settle(digests[0], "done", now, detail["mail"]["messageId"])
    if kind == "Delivery" and "invitation" in claim:
        wiring.feedback().mark_invitation(FactId.parse(claim["invitation"]), "delivered")
    reason = suppression_reason(detail)
    if reason and "contact" in claim:
        wiring.directory().suppress(Suppression(claim["contact"], reason, now))
    logger.info("mail event", extra={"kind": kind, "effect": claim["effect"], "suppressed": reason})


def suppression_reason(detail: Mapping[str, Any]) -> SuppressionReason | None:
    """Why the recipient must not be mailed again, or None."""
    if detail["eventType"] == "Complaint":
        return "complaint"
    if detail["eventType"] == "Bounce" and detail["bounce"]["bounceType"] == "Permanent":
        return "bounce"
    return None
