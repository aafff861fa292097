"""Granted coupons in DirectoryTable."""

from datetime import datetime

from hearback import code as codes
from hearback.aws.dynamodb import ConditionFailed, Table, TransactionFailed
from hearback.code import Random
from hearback.coupon import CouponRefused, GrantedCoupon, redeem_request


class Coupons:
    def __init__(self, table: Table, random: Random) -> None:
        self.table = table
        self._random = random

    def get(self, code: str) -> GrantedCoupon | None:
        found = self.table.get(GrantedCoupon.key_item(code))
        return GrantedCoupon.from_item(found) if found else None

    def granted_for(self, reason: str) -> GrantedCoupon | None:
        """The coupon that a reason brought, if it did."""
        named = self.table.get(GrantedCoupon.reason_key(reason))
        return self.get(named["code"]) if named else None

    def grant(self, wanted: GrantedCoupon) -> GrantedCoupon:
        """Grant a coupon under a new code; granted before for the same reason, it is the one from then.

        Whoever grants mails the code in a moment, so one whose mail could not go then has all its days from now on.
        One that was redeemed or erased meanwhile stays as it is, and is of no use in a mail.
        """
        while True:
            granted = wanted.named(codes.mint(self._random))
            try:
                self.table.transact(granted.grant_requests())
            except TransactionFailed:
                if before := self.granted_for(wanted.reason):
                    return self._renewed(before, wanted)
                # else the code is somebody's already, and the next one will not be
            else:
                return granted

    def _renewed(self, before: GrantedCoupon, wanted: GrantedCoupon) -> GrantedCoupon:
        try:
            return GrantedCoupon.from_item(self.table.update(before.renewed(wanted).renew_request()))
        except ConditionFailed as failure:
            return GrantedCoupon.from_item(failure.item) if failure.item else before

    def redeem(self, typed: str, reference: str, where: str, now: datetime) -> GrantedCoupon:
        """Redeem a code, once. Under the same reference, if that is not "", it is the same redemption again.

        Raises CouponRefused.
        """
        code = codes.read(typed)
        if code is None:
            raise CouponRefused("unknown")
        try:
            return GrantedCoupon.from_item(self.table.update(redeem_request(code, reference, where, now)))
        except ConditionFailed as failure:
            if failure.item is None:
                raise CouponRefused("unknown") from None
            found = GrantedCoupon.from_item(failure.item)
        if found.redeemed_at and reference and found.reference == reference:
            return found
        raise found.refusal(now) or CouponRefused("unknown")
