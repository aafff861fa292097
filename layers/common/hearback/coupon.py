"""A granted coupon: a code that one person can redeem once, until the end of its last day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

from hearback import code as codes
from hearback.survey import Survey

KEPT = timedelta(days=400)
"""How long after its last day a coupon is kept, so that the till hears "expired" and not "unknown"."""

Why = Literal["unknown", "used", "expired", "erased"]


class CouponRefused(ValueError):
    """The code cannot be redeemed. `at`: when it was used, or when it expired. It says so in UTC."""

    def __init__(self, why: Why, at: datetime | None = None) -> None:
        self.why = why
        self.at = at
        super().__init__(self.said_in(UTC))

    def said_in(self, zone: tzinfo) -> str:
        """The same for somebody whose clock shows another time."""
        at = f"{self.at.astimezone(zone):%Y-%m-%d at %H:%M %Z}" if self.at else ""
        sentences: Mapping[Why, str] = {
            "unknown": "this is no code of ours",
            "used": f"this code was redeemed on {at}",
            "expired": f"this code expired on {at}",
            "erased": "this code was withdrawn: whose it was had their data erased",
        }
        return sentences[self.why]


@dataclass(frozen=True, slots=True)
class GrantedCoupon:
    survey: str
    coupon: str
    """One of the survey's `coupons`."""
    contact: str
    """Whose it is; "" once they were erased."""
    reason: str
    """What it was granted for: a play's effect, or a conversion and a side of it. One coupon a reason."""
    granted_at: datetime
    ends_at: datetime
    """The first moment at which it is worth nothing any more: midnight after its last day."""
    code: str = ""
    """As stored, without a hyphen; "" until it is minted."""
    redeemed_at: datetime | None = None
    reference: str = ""
    """What the system that redeemed it calls that."""
    where: str = ""
    erased: bool = False
    mails: frozenset[str] = frozenset()
    """The claims of the mails that were to bring it. Whether one of them went out, its claim says."""

    @classmethod
    def of(
        cls, survey: Survey, coupon: str, contact: str, reason: str, now: datetime, mail: str = ""
    ) -> "GrantedCoupon":
        """A coupon of the survey that ends with a day of its time zone. Raises KeyError for one it does not have.

        `mail` is the claim of the mail that is to bring it.
        """
        last_day = now.astimezone(survey.zone).date() + timedelta(days=survey.coupons[coupon].days)
        midnight = datetime.combine(last_day + timedelta(days=1), time(), survey.zone)
        mails = frozenset({mail} if mail else ())
        return cls(survey.id, coupon, contact, reason, now, midnight.astimezone(UTC), mails=mails)

    def last_day(self, zone: ZoneInfo) -> date:
        """The last day on which it can be redeemed, in the survey's time zone."""
        return (self.ends_at - timedelta(microseconds=1)).astimezone(zone).date()

    @property
    def shown(self) -> str:
        """The code as people are shown it."""
        return codes.shown(self.code)

    def named(self, code: str) -> "GrantedCoupon":
        return replace(self, code=code)

    def refusal(self, now: datetime) -> CouponRefused | None:
        """Why it cannot be redeemed now, if it cannot."""
        if self.redeemed_at:
            return CouponRefused("used", self.redeemed_at)
        if self.erased:
            return CouponRefused("erased")
        return CouponRefused("expired", self.ends_at) if now >= self.ends_at else None

    @staticmethod
    def key_item(code: str) -> dict[str, str]:
        return {"pk": f"COUPON#{code}", "sk": "COUPON"}

    @staticmethod
    def code_of(item: Mapping[str, Any]) -> str:
        """Of a stored coupon, from its key."""
        return str(item["pk"]).removeprefix("COUPON#")

    @staticmethod
    def reason_key(reason: str) -> dict[str, str]:
        """Where the code is named that a reason brought."""
        return {"pk": f"COUPON_FOR#{reason}", "sk": "COUPON"}

    def to_item(self) -> dict[str, Any]:
        return {
            **self.key_item(self.code),
            "survey": self.survey,
            "coupon": self.coupon,
            "contact": self.contact,
            "reason": self.reason,
            "granted_at": self.granted_at.isoformat(timespec="seconds"),
            "ends_at": self.ends_at.isoformat(timespec="seconds"),
            "expires_at": int((self.ends_at + KEPT).timestamp()),
            **({"mails": self.mails} if self.mails else {}),
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "GrantedCoupon":
        redeemed_at = item.get("redeemed_at")
        return cls(
            survey=item["survey"],
            coupon=item["coupon"],
            contact=item.get("contact", ""),
            reason=item["reason"],
            granted_at=_moment(item["granted_at"]),
            ends_at=_moment(item["ends_at"]),
            code=cls.code_of(item),
            redeemed_at=_moment(redeemed_at) if redeemed_at else None,
            reference=item.get("redeemed_as", ""),
            where=item.get("redeemed_where", ""),
            erased=item.get("erased", False),
            mails=frozenset(item.get("mails", ())),
        )

    def grant_requests(self) -> list[dict[str, Any]]:
        """The coupon, and which code its reason brought; together or not at all."""
        named = {**self.reason_key(self.reason), "code": self.code, "expires_at": self.to_item()["expires_at"]}
        return [
            {"Put": {"Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
            for item in (named, self.to_item())
        ]

    def renewed(self, wanted: "GrantedCoupon") -> "GrantedCoupon":
        """This one for another mail: with all its days from then on, and never fewer than it had."""
        longer = wanted if wanted.ends_at > self.ends_at else self
        return replace(self, granted_at=longer.granted_at, ends_at=longer.ends_at, mails=wanted.mails)

    def renew_request(self) -> dict[str, Any]:
        """Write its days and its mail over those of its code, unless it is used or erased, or has more days by now."""
        item = self.to_item()
        values = {f":{name}": item[name] for name in ("granted_at", "ends_at", "expires_at", "mails") if name in item}
        return {
            "Key": self.key_item(self.code),
            "UpdateExpression": "SET granted_at = :granted_at, ends_at = :ends_at, expires_at = :expires_at"
            + " ADD mails :mails" * bool(self.mails),
            "ConditionExpression": (
                "ends_at <= :ends_at AND attribute_not_exists(redeemed_at) AND attribute_not_exists(erased)"
            ),
            "ExpressionAttributeValues": values,
        }


def redeem_request(code: str, reference: str, where: str, now: datetime) -> dict[str, Any]:
    """Redeem it, on condition that nobody has, that its time is not over, and that its person was not erased."""
    return {
        "Key": GrantedCoupon.key_item(code),
        "UpdateExpression": "SET redeemed_at = :now, redeemed_as = :reference, redeemed_where = :where",
        "ConditionExpression": (
            "attribute_exists(pk) AND attribute_not_exists(redeemed_at) AND attribute_not_exists(erased) "
            "AND ends_at > :now"
        ),
        "ExpressionAttributeValues": {
            ":now": now.isoformat(timespec="seconds"),
            ":reference": reference,
            ":where": where,
        },
    }


def erase_request(code: str, contact: str) -> dict[str, Any]:
    """Take out whose it is. It is worth nothing from then on; that it was redeemed stays known."""
    return {
        "Key": GrantedCoupon.key_item(code),
        "UpdateExpression": "SET erased = :true REMOVE contact, redeemed_as, redeemed_where",
        "ConditionExpression": "contact = :contact",
        "ExpressionAttributeValues": {":true": True, ":contact": contact},
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
