"""The next step that a respondent is offered where they answered: chosen by the survey's plays, one for an answer.

Only what the answer itself decides is offered here. A next step that depends on what its person did before is
left to the worker, which knows that, and comes by mail.
"""

from dataclasses import dataclass
from typing import Literal

from aws_lambda_powertools import Logger

from collect import replies
from collect.request import Request
from collect.wiring import Wiring
from hearback import plays
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.aws.referrals import Referrals
from hearback.contact import Cap, Slot
from hearback.play import CouponPlay, MailPlay, NextStep, ReferralPlay, ReviewPlay, TestimonialPlay
from hearback.plays import Situation
from hearback.response import Response
from hearback.survey import Survey

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Offer:
    """A next step, in the respondent's language."""

    kind: Literal["review", "referral", "coupon", "testimonial"]
    text: str
    label: str = ""
    url: str = ""
    """Where it leads: the public link of a review, the person's own link of a referral."""

    def linked(self) -> replies.NextStep:
        """As programs are told of one that is a link."""
        kind: Literal["review", "referral"] = "referral" if self.kind == "referral" else "review"
        return {"kind": kind, "text": self.text, "label": self.label, "url": self.url}


def offered(
    request: Request, wiring: Wiring, survey: Survey, response: Response | None, locale: str, *, linked: bool = False
) -> Offer | None:
    """What is offered after an answer, as it is stored; `linked`: only what is a link.

    A referral link is made when it is first offered. The answer is safe by then, so where that cannot be done it is
    thanked all the same, and the mail brings the step.
    """
    step = decided(survey, response) if response else None
    if step is None or response is None:
        return None
    try:
        return _offer(request, wiring, survey, step, response, locale, linked=linked)
    except TemporarilyUnavailable as failure:
        logger.warning("no next step", extra={"response": str(response.id), "reason": str(failure)})
        return None


def _offer(
    request: Request, wiring: Wiring, survey: Survey, step: NextStep, response: Response, locale: str, *, linked: bool
) -> Offer | None:
    text = survey.say(step.text, locale)
    if isinstance(step, ReviewPlay):
        return Offer("review", text, survey.say(step.label, locale), step.url)
    if isinstance(step, ReferralPlay):
        link = Referrals(wiring.directory.table).link_of(response.contact, survey.id, request.now)
        return Offer("referral", text, survey.say(step.label, locale), link.address(request.base_url))
    if linked:
        return None
    if isinstance(step, CouponPlay):
        return Offer("coupon", text) if _will_be_mailed(request, wiring, survey, response) else None
    return Offer("testimonial", text)


def decided(survey: Survey, response: Response) -> NextStep | None:
    """The next step of an answer, if it depends on nothing else."""
    if response.erased or not response.counted:
        return None
    return plays.next_step_at_once(survey, _situation(response))


def may_be_quoted(survey: Survey, response: Response) -> bool:
    """Whether this very answer's person is asked if we may quote them, here or by the mail that follows it."""
    if response.erased or not response.counted:
        return False
    possible = plays.possible_next_steps(survey, _situation(response))
    return any(isinstance(step, TestimonialPlay) for step in possible)


def _will_be_mailed(request: Request, wiring: Wiring, survey: Survey, response: Response) -> bool:
    """Whether a mail can be promised: one follows, there is an address, and no rule of contact is against it."""
    carriers = [
        play
        for play in plays.choose(survey, _situation(response))
        if isinstance(play, MailPlay) and play.carries and not play.when.asks_of_the_past
    ]
    directory, now = wiring.directory, request.now
    contact = directory.contact(response.contact) if carriers else None
    if contact is None or not contact.email or directory.suppressed(contact.key, "follow-ups"):
        return False
    if not directory.free(Cap(Slot.mailed(contact.key), survey.mail_cap), now):
        return False
    own = (plays.own_caps(play, survey, contact.key) for play in carriers)
    return any(all(directory.free(cap, now) for cap in caps) for caps in own)


def _situation(response: Response) -> Situation:
    return Situation(response.score, response.dimensions, bool(response.comment), bool(response.contact))
