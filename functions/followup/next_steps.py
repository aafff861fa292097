"""What a next step brings its person: a coupon is granted, a link is made, each once, and only for a mail that goes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from followup.links import Links
from hearback.aws.claims import Claims
from hearback.aws.coupons import Coupons
from hearback.aws.directory import Directory
from hearback.aws.referrals import Referrals
from hearback.claim import Claim, play_effect
from hearback.contact import Cap
from hearback.coupon import GrantedCoupon
from hearback.play import CouponPlay, NextStep, ReferralPlay, TestimonialPlay
from hearback.response import Response
from hearback.survey import Survey


@dataclass(frozen=True, slots=True)
class Brought:
    """A next step and what it brought, if it brings anything of its person's own."""

    step: NextStep
    url: str = ""
    """The referral link, or the page on which to consent to a testimonial."""
    coupon: GrantedCoupon | None = None


@dataclass(frozen=True, slots=True)
class NextSteps:
    directory: Directory
    claims: Claims
    links: Links
    now: datetime

    def bring(
        self,
        step: NextStep | None,
        survey: Survey,
        response: Response,
        locale: str,
        mail: Claim,
        caps: Sequence[Cap],
    ) -> Brought | None:
        """What a mail under its claim and caps offers with a step; None for none.

        The same answer and step bring the same link again; a coupon that a mail has brought comes with no other.
        """
        match step:
            case None:
                return None
            case CouponPlay():
                return self._coupon(step, survey, response, mail, caps)
            case ReferralPlay():
                referrals = Referrals(self.directory.table)
                link = referrals.link_of(response.contact, survey.id, self.now)
                return Brought(step, link.address(self.links.base_url))
            case TestimonialPlay():
                return Brought(step, self.links.quote(response.id, response.contact, locale))
            case _:
                return Brought(step)

    def _coupon(
        self, step: CouponPlay, survey: Survey, response: Response, mail: Claim, caps: Sequence[Cap]
    ) -> Brought | None:
        """Nothing is granted where a cap forbids the mail that would bring it, and what was mailed or used is over."""
        if not all(self.directory.free(cap, self.now, by=mail.digest) for cap in caps):
            return None
        reason = play_effect(str(response.id), step.id)
        wanted = GrantedCoupon.of(survey, step.coupon, response.contact, reason, self.now, mail.digest)
        coupons = Coupons(self.directory.table, os.urandom)
        before = coupons.granted_for(reason)
        if before and any(self._went_out(digest) for digest in before.mails):
            return None
        granted = coupons.grant(wanted)
        return None if granted.refusal(self.now) else Brought(step, coupon=granted)

    def _went_out(self, mail: str) -> bool:
        """Not while it is in doubt: the same code a second time is better than none."""
        found = self.claims.get(mail)
        return found is not None and found["state"] == "done"
