"""The next step that a mail offers: what it says, and where it leads."""

from dataclasses import dataclass

from followup.next_steps import Brought
from followup.voice import Voice
from hearback.coupon import GrantedCoupon
from hearback.play import CouponPlay, ReferralPlay, TestimonialPlay


@dataclass(frozen=True, slots=True)
class Offer:
    text: str
    label: str = ""
    """What the button says, or stands above what is printed to be copied."""
    url: str = ""
    printed: str = ""
    """To be read aloud, typed or copied: a coupon's code, a link to pass on. A link of one's own is no button, or
    its first click would be one's own."""
    note: str = ""


def offer(voice: Voice, brought: Brought | None) -> Offer | None:
    """A next step as a mail prints it, in the mail's language; None for none."""
    if brought is None:
        return None
    step = brought.step
    text = voice.quote(step.text)
    if isinstance(step, CouponPlay):
        return coupon_offer(voice, text, brought.coupon) if brought.coupon else None
    if isinstance(step, ReferralPlay):
        return Offer(text, voice.quote(step.label), printed=brought.url)
    if isinstance(step, TestimonialPlay):
        return Offer(text, voice.say("quote_label"), brought.url)
    return Offer(text, voice.quote(step.label), step.url)


def coupon_offer(voice: Voice, text: str, coupon: GrantedCoupon) -> Offer:
    """A coupon's code, what it is worth, and until when."""
    definition, last_day = voice.survey.coupons.get(coupon.coupon), coupon.last_day(voice.survey.zone)
    worth = voice.quote(definition.text if definition else None)
    good = voice.say("coupon_good", day=voice.day(last_day), year=last_day.year)
    return Offer(text, worth, printed=coupon.shown, note=good)
