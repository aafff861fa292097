"""Paying what a referral earned: a coupon to each side, once the waiting time is over, and the mail that brings it."""

import os
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from followup.links import Links
from followup.post import Post
from followup.reward_letter import reward_letter
from followup.setbacks import Setbacks
from followup.settle_queue import about_reward, body, send, tens
from hearback import conversion
from hearback.aws.coupons import Coupons
from hearback.aws.directory import Directory
from hearback.aws.referrals import Referrals
from hearback.claim import Claim
from hearback.contact import Cap, Contact, Slot
from hearback.conversion import Conversion, Side
from hearback.coupon import GrantedCoupon
from hearback.survey import Survey

logger = Logger(child=True)


def queue_due_rewards(directory: Directory, settle_queue: str, now: datetime) -> int:
    """Queue the conversions whose waiting time is over; how many the queue took.

    They stay due until they are paid, so one whose mail the cap put off is queued again by the next tick.
    Raises SomeFailed once all others are queued.
    """
    queued, setbacks = 0, Setbacks()
    due = setbacks.read(Conversion.from_item, directory.due(conversion.DUE_KIND, now))
    for some in tens(due):
        messages = {body(about_reward(each.reference)): [each.reference] for each in some}
        queued += len(some) - len(send(settle_queue, messages))
    setbacks.raise_any()
    return queued


@dataclass(frozen=True, slots=True)
class Rewarding:
    directory: Directory
    post: Post
    links: Links
    now: datetime

    def pay(self, reference: str) -> None:
        """Pay what a conversion promised, to whom it can still be paid. Raises NotSent: to be tried again."""
        referrals = Referrals(self.directory.table)
        due = referrals.begin_to_pay(reference, self.now)
        if due is None:
            return
        survey = due.keeping_promises(self.directory.survey(due.survey, self.now))
        settled = {side: self._reward(survey, due, side, coupon) for side, coupon in due.rewards.items()}
        if settled.get("friend") and self._needs_no_address(due):
            referrals.let_go(due.customer, reference)
        if all(settled.values()):  # noted last: whoever dies before comes back
            referrals.paid(reference)

    def _needs_no_address(self, due: Conversion) -> bool:
        """Whether no operator may have to send the friend's mail again. Who decides that later lets go of it too."""
        sent = self.post.claims.get(_claim(due, "friend").digest)
        return sent is None or sent["state"] == "done"

    def _reward(self, survey: Survey, due: Conversion, side: Side, coupon: str) -> bool:
        """Grant one side's coupon and mail it; False while the mail has to wait for the cap or the morning.

        Nothing is granted before the mail can go, because the coupon's days begin then. Who was erased gets nothing.
        Who cannot be mailed has a coupon all the same: operators see it listed.
        """
        key = due.contact(side)
        if not key:
            return True
        claim = _claim(due, side)
        wanted = GrantedCoupon.of(survey, coupon, key, f"conversion/{due.digest}/{side}", self.now, claim.digest)
        contact, cap = self.directory.contact(key), Cap(Slot.mailed(key), survey.mail_cap)
        # A cap that found another mail's slot taken a moment after this looked forbids it only for now.
        self.post.claims.uncap(claim)
        if before := self.post.before(claim, self.now):
            return before != "capped"
        if contact is None or not self.directory.mailable(contact, "follow-ups"):
            self._grant(wanted)
            return True
        if survey.quiet_at(self.now) or not self.directory.free(cap, self.now, by=claim.digest):
            return False
        granted = self._grant(wanted)
        if granted.redeemed_at:  # so the mail that was in doubt has arrived
            self.post.claims.settle(claim.digest, "done", self.now, "redeemed")
            return True
        return self._mail(survey, due, side, granted, contact, claim, cap)

    def _grant(self, wanted: GrantedCoupon) -> GrantedCoupon:
        return Coupons(self.directory.table, os.urandom).grant(wanted)

    def _mail(
        self,
        survey: Survey,
        due: Conversion,
        side: Side,
        granted: GrantedCoupon,
        contact: Contact,
        claim: Claim,
        cap: Cap,
    ) -> bool:
        """Whether that is settled: unless another mail to the same person came in between."""
        unsubscribe = self.links.unsubscribe(contact.key, survey.locale_for(contact.locale), survey.id)
        outcome = self.post.send(
            claim,
            reward_letter(survey, side, granted, contact, unsubscribe),
            contact.email,
            self.now,
            to_name=contact.name,
            from_name=survey.brand.name,
            unsubscribe=unsubscribe,
            caps=[cap],
        )
        logger.info("reward", extra={"conversion": due.digest, "side": side, "outcome": outcome})
        return outcome != "capped"


def _claim(due: Conversion, side: Side) -> Claim:
    return Claim(f"reward/{due.digest}/{side}", {"contact": due.contact(side), "conversion": due.reference})
