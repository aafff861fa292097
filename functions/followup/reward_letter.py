"""The letter that brings a referral's reward."""

from collections.abc import Mapping

from followup.layout import lay_out
from followup.mail import Letter
from followup.offers import coupon_offer
from followup.voice import Voice
from hearback.contact import Contact
from hearback.conversion import Side
from hearback.coupon import GrantedCoupon
from hearback.survey import Survey

_SAYS: Mapping[Side, tuple[str, str, str]] = {
    "promoter": ("reward_subject_promoter", "reward_promoter", "reward_why_promoter"),
    "friend": ("reward_subject_friend", "reward_friend", "reward_why_friend"),
}
"""Subject, text and footer of each side's letter, by their keys."""


def reward_letter(survey: Survey, side: Side, coupon: GrantedCoupon, contact: Contact, unsubscribe: str) -> Letter:
    """Thanks to who told a friend, or a welcome to the friend. Neither reads who the other one is."""
    voice = Voice.of(survey, contact.locale)
    subject, text, why = _SAYS[side]
    return lay_out(
        "reward",
        voice,
        voice.say(subject),
        greeting=voice.greeting(contact.name),
        offer=coupon_offer(voice, voice.say(text), coupon),
        why=voice.say(why),
        unsubscribe=unsubscribe,
    )
