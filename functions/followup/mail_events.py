"""What became of each mail, as SES tells through EventBridge (best effort, in any order, perhaps twice).

Any event that bears a claim's digest proves that SES accepted the mail. A hard bounce or a complaint means:
mail this contact no more. A mail that SES rejects after all (it found malware), and one to somebody of our own
that bounces or is taken for spam, is put before an operator, because nobody else would miss it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from followup import wiring
from followup.post import CLAIM_TAG
from hearback import clock
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.aws.referrals import Referrals
from hearback.contact import Suppression, SuppressionReason
from hearback.fact import FactId

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
_OUR_OWN: Mapping[SuppressionReason | None, str] = {"bounce": "bounced", "complaint": "complained"}
"""What an operator reads of a mail to somebody of our own that came back, or that they called spam."""
_NO_COMPLAINT = "not-spam"
"""The type of feedback that takes a complaint back; the others are complaints.
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html"""


def handler(event: Mapping[str, Any], context: "LambdaContext") -> None:
    """Take in one SES event."""
    took = take_in(event, wiring.claims(), wiring.feedback(), wiring.directory(), clock.now())
    if took is None:
        logger.warning("event of a mail that is not ours", extra={"kind": event["detail"]["eventType"]})
    else:
        logger.info("mail event", extra={"kind": took.kind, "effect": took.effect, "suppressed": took.suppressed})


@dataclass(frozen=True, slots=True)
class Took:
    """What an event told."""

    kind: str
    effect: str
    suppressed: SuppressionReason | None


def take_in(
    event: Mapping[str, Any], claims: Claims, feedback: Feedback, directory: Directory, now: datetime
) -> Took | None:
    """Settle the mail's claim, mark its invitation, forget an address that was kept for it, suppress its contact.

    None if the mail is not ours.
    """
    detail = event["detail"]
    kind: str = detail["eventType"]
    digests: list[str] = detail["mail"].get("tags", {}).get(CLAIM_TAG, [])
    claim = claims.get(digests[0]) if digests else None
    if claim is None:
        return None
    done = claims.settle(digests[0], "done", now, detail["mail"]["messageId"]) or claim["state"] == "done"
    reason = suppression_reason(detail)
    to_a_customer = "contact" in claim or "erased" in claim
    failing = "rejected" if kind == "Reject" else "" if to_a_customer else _OUR_OWN.get(reason, "")
    if failing:
        claims.reject(digests[0], now, failing)
    elif done:
        Referrals(directory.table).mail_gone(claim)
    if kind == "Delivery" and "invitation" in claim:
        feedback.mark_invitation(FactId.parse(claim["invitation"]), "delivered")
    if reason and "contact" in claim:
        directory.suppress(Suppression(claim["contact"], reason, now))
    return Took(kind, claim["effect"], reason)


def suppression_reason(detail: Mapping[str, Any]) -> SuppressionReason | None:
    """Why the recipient must not be mailed again, or None."""
    if detail["eventType"] == "Complaint":
        said = detail.get("complaint", {}).get("complaintFeedbackType")  # not every provider says
        return None if said == _NO_COMPLAINT else "complaint"
    if detail["eventType"] == "Bounce" and detail["bounce"]["bounceType"] == "Permanent":
        return "bounce"
    return None
