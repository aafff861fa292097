"""What a next step brings its person: a coupon is granted, a link is made, each once, and only for a mail that goes."""

import os
from dataclasses import dataclass
from datetime import datetime

from followup.links import Links
from hearback.aws.coupons import Coupons
from hearback.aws.directory import Directory
from hearback.aws.referrals import Referrals
from hearback.contact import Slot
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
    links: Links
    now: datetime

    def bring(self, step: NextStep | None, survey: Survey, response: Response, locale: str) -> Brought | None:
        """What a mail offers with a step; None for none. The same answer and step bring the same again."""
        match step:
            case None:
                return None
            case CouponPlay():
                return self._coupon(step, survey, response)
            case ReferralPlay():
                referrals = Referrals(self.directory.table)
                link = referrals.link_of(response.contact, survey.id, self.now)
                return Brought(step, link.address(self.links.base_url))
            case TestimonialPlay():
                return Brought(step, self.links.quote(response.id, response.contact, locale))
            case _:
                return Brought(step)

    def _coupon(self, step: CouponPlay, survey: Survey, response: Response) -> Brought | None:
        """Nothing is granted where the mail cap forbids the mail that would bring it."""
        slot = Slot.mailed(response.contact)
        if not slot.free_in(self.directory.table.get(slot.key_item), self.now, survey.mail_cap):
            return None
        wanted = GrantedCoupon.of(survey, step.coupon, response.contact, f"{response.id}/{step.id}", self.now)
        return Brought(step, coupon=Coupons(self.directory.table, os.urandom).grant(wanted))
