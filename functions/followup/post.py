"""The post: one mail under one claim, sent through SES at most once.

Claim, send, mark. SES has no idempotency token, so what cannot be known to have failed is never sent
again: the claim stays without its mark until an SES event proves acceptance or the tick shows it to an
operator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from followup.mail import Envelope, Letter, mime
from followup.metric import measure
from followup.pacing import Turns
from followup.settings import Settings
from hearback.aws.claims import Claims
from hearback.claim import Claim, State
from hearback.contact import BadAddress, Cap

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client

logger = Logger(child=True)

Sent = Literal["sent", "refused", "in doubt", "already", "capped"]
CLAIM_TAG = "claim"

_NEVER = frozenset({"BadRequestException", "MessageRejected"})
"""SES will not take this very mail, however often it is tried: an address or a content it refuses."""
_UNVERIFIED = "not verified"
"""SES says so of the sender, and in the sandbox of the reader, under a code of _NEVER and only in words. It is the
account's state, the same for every mail: "Email address is not verified. The following identities failed the check in
region …" https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html"""
_THROTTLES = frozenset({"LimitExceededException", "Throttling", "ThrottlingException", "TooManyRequestsException"})
"""The account's rate is exceeded, or its quota of the day used up. The codes do not say which."""


class NotSent(Exception):
    """The mail did not go out now, and is to be tried again: sending is paused, the sender is not verified."""


class BeingSent(NotSent):
    """Another process has the mail in hand and may give it back: whoever tries again finds out how that ended.

    Taken for sent, it would be lost with whatever noted that: SQS deletes a message that two workers have as soon as
    one of them has done its work.
    """


class Throttled(NotSent):
    """Nothing is wrong with the mail: it has to wait for its turn, perhaps for hours."""


class Asleep(Throttled):
    """Nothing is wrong with the mail: it has to wait until its reader's quiet hours are over."""


@dataclass(frozen=True, slots=True)
class Post:
    ses: "SESV2Client"
    claims: Claims
    settings: Settings
    turns: Turns

    def send(
        self,
        claim: Claim,
        letter: Letter,
        to: str,
        now: datetime,
        *,
        to_name: str = "",
        from_name: str = "",
        reply_to: str = "",
        unsubscribe: str = "",
        caps: Sequence[Cap] = (),
    ) -> Sent:
        """Send a letter to one address unless its claim is taken or a cap forbids. Raises NotSent: to be tried again.

        The turn is waited for before the claim is taken: whoever dies waiting leaves no mail in doubt.
        """
        if before := self.before(claim, now):
            return before
        envelope = Envelope(
            sender=self.settings.sender,
            sender_name=from_name or self.settings.brand,
            reply_to=reply_to or self.settings.reply_to,
            to=to,
            to_name=to_name,
            unsubscribe=unsubscribe,
        )
        try:
            raw = mime(letter, envelope, now, f"<{claim.digest}@{self.settings.sender.rpartition('@')[2]}>")
        except BadAddress:
            return _found(self.claims.take(claim, now), claim) or self._refuse(claim, now, "BadAddress")
        if not self.turns.wait():
            raise Throttled("no turn is left in this run")
        return _found(self.claims.take(claim, now, caps), claim) or self._send(claim, raw, now, caps)

    def before(self, claim: Claim, now: datetime) -> Sent | None:
        """What has become of a mail by now; None if it is to be sent. Raises BeingSent."""
        return _found(self.claims.taken(claim, now), claim)

    def _send(self, claim: Claim, raw: bytes, now: datetime, caps: Sequence[Cap]) -> Sent:
        """Send the raw mail to the recipient in its header: the address there is encoded as mail wants it."""
        try:
            answer = self.ses.send_email(
                FromEmailAddress=self.settings.sender,
                Content={"Raw": {"Data": raw}},
                ConfigurationSetName=self.settings.configuration_set,
                EmailTags=[{"Name": CLAIM_TAG, "Value": claim.digest}],
            )
        except ClientError as error:
            code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in _NEVER and _UNVERIFIED not in error.response["Error"].get("Message", "").lower():
                return self._refuse(claim, now, code, caps)
            if code in _THROTTLES:
                self.turns.pacer.throttled()
                self.claims.release(claim, caps)
                raise Throttled(code) from error
            if status < 500:
                self.claims.release(claim, caps)
                self._measure(now)
                raise NotSent(code) from error
            return self._doubt(claim, code)
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            self.claims.release(claim, caps)
            self._measure(now)
            raise NotSent(type(error).__name__) from error
        except BotoCoreError as error:
            return self._doubt(claim, type(error).__name__)
        self.turns.pacer.sent()
        self.claims.settle(claim.digest, "done", now, answer["MessageId"])
        logger.info("mail sent", extra={"effect": claim.effect})
        return "sent"

    def _measure(self, now: datetime) -> None:
        """Count for an alarm that SES takes no mail: what stays due until it does would wait unseen."""
        measure("MailsNotTaken", 1, now, ("ConfigurationSet", self.settings.configuration_set))

    def _refuse(self, claim: Claim, now: datetime, reason: str, caps: Sequence[Cap] = ()) -> Sent:
        """Put before an operator what will never go out as it is; nobody else would learn of a task's notice."""
        self.claims.reject(claim.digest, now, reason, caps)
        logger.warning("mail refused", extra={"effect": claim.effect, "code": reason})
        return "refused"

    def _doubt(self, claim: Claim, reason: str) -> Sent:
        self.turns.pacer.sent()
        logger.warning("mail in doubt", extra={"effect": claim.effect, "reason": reason})
        return "in doubt"


def _found(state: State | None, claim: Claim) -> Sent | None:
    """What has become of a mail whose claim was found in a state; None if it was not found. Raises BeingSent."""
    match state:
        case None:
            return None
        case "claimed":
            raise BeingSent(claim.effect)
        case "capped":
            return "capped"
    return "already"
