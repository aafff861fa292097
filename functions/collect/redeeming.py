"""POST /v1/machine/coupons/{code}/redemptions: a coupon is redeemed, at the till or in a shop."""

import os
from collections.abc import Mapping
from datetime import datetime

from aws_lambda_powertools import Logger

from collect.bodies import Redemption
from collect.problems import Kind, Problem
from collect.replies import Redeemed
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.coupons import Coupons
from hearback.aws.directory import UnknownSurvey
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.coupon import CouponRefused, GrantedCoupon, Why
from hearback.survey import UnreadableSurvey

logger = Logger(child=True)
_KINDS: Mapping[Why, Kind] = {
    "unknown": "unknown-code",
    "used": "code-used",
    "expired": "code-expired",
    "erased": "code-erased",
}


def redeem(request: Request, wiring: Wiring) -> Reply:
    """Redeem a coupon once; the same reference again is told the same. Raises Problem."""
    said = Redemption.model_validate_json(request.json())
    coupons = Coupons(wiring.directory.table, os.urandom)
    try:
        coupon = coupons.redeem(request.parameter("code"), said.reference, said.where, request.now)
    except CouponRefused as refusal:
        raise Problem(_KINDS[refusal.why], f"Nothing was redeemed: {refusal}.") from None
    payload: Redeemed = {
        "code": coupon.shown,
        "survey": coupon.survey,
        "coupon": coupon.coupon,
        "text": _worth(coupon, wiring, request.now),
        "reference": coupon.reference,
        "redeemed_at": (coupon.redeemed_at or request.now).isoformat(timespec="seconds"),
    }
    return Reply.json(201, payload, survey=coupon.survey, coupon=coupon.coupon)


def _worth(coupon: GrantedCoupon, wiring: Wiring, now: datetime) -> str:
    """What it is worth, in the words of its survey, else by its name: it is redeemed, whatever became of the survey."""
    try:
        survey = wiring.directory.survey(coupon.survey, now)
    except (UnknownSurvey, UnreadableSurvey, TemporarilyUnavailable) as failure:
        logger.warning("unworded", extra={"coupon": coupon.coupon, "reason": str(failure)})
        return coupon.coupon
    definition = survey.coupons.get(coupon.coupon)
    return survey.say(definition.text, survey.locales[0]) if definition else coupon.coupon
