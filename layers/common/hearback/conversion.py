"""A conversion: somebody became a customer through a referral link, and what that earns, once.

recorded ──► paying ──► paid        a reward is due only after the survey's waiting time
    └──────► cancelled              the purchase was returned before that
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from hearback.contact import Contact
from hearback.play import Coupon, Referral
from hearback.survey import Survey

DUE_KIND = "reward"
State = Literal["recorded", "paying", "paid", "cancelled"]
Side = Literal["promoter", "friend"]
Named = Literal["promoter", "customer"]
PEOPLE: tuple[Named, ...] = ("promoter", "customer")
"""Whom a conversion names, by the attributes that hold their keys."""

_WITHOUT_DECIMALS = (
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
    *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
)
_WITH_THREE = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")


class BadValue(ValueError):
    """The value is not an amount of this currency."""


class ReferenceUsed(ValueError):
    """Another conversion was reported with this reference."""


class KnownCustomer(ValueError):
    """This customer became one before."""


class NotCancelled(ValueError):
    """The conversion cannot be cancelled: its reward is paid, or it is cancelled already."""


def decimals(currency: str) -> int:
    """Digits after the point that an amount of a currency has at most (ISO 4217, list one, 2024)."""
    return 0 if currency in _WITHOUT_DECIMALS else 3 if currency in _WITH_THREE else 2


def digest_of(reference: str) -> str:
    return hashlib.sha256(reference.encode()).hexdigest()[:32]


def amount(value: Decimal, currency: str) -> Decimal:
    """A value with as many decimals as its currency has, and no sign: "-0.00" is 0.00.

    Raises BadValue for a negative one or for more decimals.
    """
    if value < 0:
        raise BadValue("a value is 0 or more")
    unit = Decimal(1).scaleb(-decimals(currency))
    exact = value.quantize(unit)
    if exact != value:
        raise BadValue(f"a value in {currency} has at most {decimals(currency)} decimals")
    return abs(exact)


@dataclass(frozen=True, slots=True)
class Conversion:
    reference: str
    """What the reporting system calls the purchase: an order's id. One conversion a reference."""
    survey: str
    code: str
    """Of the referral link, as stored."""
    promoter: str
    """Whose link it is; "" once they were erased. The customer likewise."""
    customer: str
    value: Decimal
    currency: str
    at: datetime
    pays_at: datetime | None = None
    """When its rewards are due; None where the survey promises none."""
    rewards: Mapping[Side, str] = field(default_factory=dict)
    """The coupons that were promised when it was recorded: a later change of the survey breaks no promise."""
    coupons: Mapping[str, Coupon] = field(default_factory=dict)
    """What those were then."""
    state: State = "recorded"

    @classmethod
    def of(
        cls,
        referral: Referral,
        survey: str,
        code: str,
        *,
        coupons: Mapping[str, Coupon],
        reference: str,
        promoter: str,
        customer: str,
        value: Decimal,
        now: datetime,
    ) -> "Conversion":
        """What a survey's referral makes of a purchase; `coupons` are the survey's. Raises BadValue.

        A purchase of nothing earns nothing: whoever opens free accounts for imagined friends would be paid for each.
        """
        promised: list[tuple[Side, str | None]] = [
            ("promoter", referral.rewards.promoter),
            ("friend", referral.rewards.friend),
        ]
        rewards = {side: coupon for side, coupon in promised if coupon and value}
        return cls(
            reference,
            survey,
            code,
            promoter,
            customer,
            amount(value, referral.currency),
            referral.currency,
            now,
            now + referral.rewards.waiting if rewards else None,
            rewards,
            {coupon: coupons[coupon] for coupon in rewards.values()},
        )

    @property
    def digest(self) -> str:
        """Stands for the reference where that must not be read: in names of effects, in logs."""
        return digest_of(self.reference)

    @property
    def counted(self) -> bool:
        return self.state != "cancelled"

    def keeping_promises(self, survey: Survey) -> Survey:
        """Its survey, with the coupons that were promised as they were then."""
        return survey.model_copy(update={"coupons": {**survey.coupons, **self.coupons}})

    def contact(self, side: Side) -> str:
        return self.promoter if side == "promoter" else self.customer

    def reported_again(self, other: "Conversion") -> bool:
        """Whether the other one is this one, reported once more."""
        ours, theirs = ((each.code, each.customer, each.value, each.currency) for each in (self, other))
        return ours == theirs

    @staticmethod
    def key_item(reference: str) -> dict[str, str]:
        return {"pk": f"CONVERSION#{reference}", "sk": "CONVERSION"}

    @staticmethod
    def reference_of(item: Mapping[str, Any]) -> str:
        """Of a stored conversion, from its key."""
        return str(item["pk"]).removeprefix("CONVERSION#")

    @staticmethod
    def customer_key(customer: str) -> dict[str, str]:
        """Where it is noted that somebody became a customer through a link."""
        return {"pk": f"CONTACT#{customer}", "sk": "CONVERTED"}

    def to_item(self) -> dict[str, Any]:
        item = {
            **self.key_item(self.reference),
            "survey": self.survey,
            "code": self.code,
            "promoter": self.promoter,
            "customer": self.customer,
            "amount": str(self.value),
            "currency": self.currency,
            "converted_at": _text(self.at),
            "rewards": {str(side): coupon for side, coupon in self.rewards.items()},
            "coupons": {name: coupon.model_dump() for name, coupon in self.coupons.items()},
            "state": self.state,
        }
        return item | {"due_kind": DUE_KIND, "due_at": _text(self.pays_at)} if self.pays_at else item

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Conversion":
        due_at = item.get("due_at")
        return cls(
            reference=cls.reference_of(item),
            survey=item["survey"],
            code=item["code"],
            promoter=item.get("promoter", ""),
            customer=item.get("customer", ""),
            value=Decimal(item["amount"]),
            currency=item["currency"],
            at=datetime.fromisoformat(item["converted_at"]).astimezone(UTC),
            pays_at=datetime.fromisoformat(due_at).astimezone(UTC) if due_at else None,
            rewards=item["rewards"],
            coupons={name: Coupon.model_validate(coupon) for name, coupon in item.get("coupons", {}).items()},
            state=item["state"],
        )

    def record_requests(self, address: Contact | None = None) -> list[dict[str, Any]]:
        """The conversion, the note that its customer became one, and where to mail them; together or not at all."""
        noted = self.customer_key(self.customer)
        requests: list[dict[str, Any]] = [
            {"Put": {"Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
            for item in (self.to_item(), noted)
        ]
        return [*requests, {"Put": address.keep_request(self.digest)}] if address else requests

    def cancel_requests(self, now: datetime) -> list[dict[str, Any]]:
        """Cancel it, on condition that nothing is being paid; its customer is none, and can become one by another."""
        requests: list[dict[str, Any]] = [{"Update": cancel_request(self.reference, now)}]
        return [*requests, {"Delete": {"Key": self.customer_key(self.customer)}}] if self.customer else requests


def pay_request(reference: str, now: datetime) -> dict[str, Any]:
    """Begin to pay, on condition that the waiting time is over; or go on where a run before broke off."""
    return {
        "Key": Conversion.key_item(reference),
        "UpdateExpression": "SET #state = :paying",
        "ConditionExpression": "#state IN (:recorded, :paying) AND due_at <= :now",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":paying": "paying", ":recorded": "recorded", ":now": _text(now)},
    }


def paid_request(reference: str) -> dict[str, Any]:
    return {
        "Key": Conversion.key_item(reference),
        "UpdateExpression": "SET #state = :paid REMOVE due_kind",
        "ConditionExpression": "#state = :paying",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":paid": "paid", ":paying": "paying"},
    }


def pay_again_request(reference: str) -> dict[str, Any]:
    """Make it due again, for a mail of it that is to be sent once more; nothing is granted a second time."""
    return {
        "Key": Conversion.key_item(reference),
        "UpdateExpression": "SET #state = :paying, due_kind = :due",
        "ConditionExpression": "#state IN (:paying, :paid)",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":paying": "paying", ":paid": "paid", ":due": DUE_KIND},
    }


def cancel_request(reference: str, now: datetime) -> dict[str, Any]:
    """Cancel it, on condition that nothing is being paid."""
    return {
        "Key": Conversion.key_item(reference),
        "UpdateExpression": "SET #state = :cancelled, cancelled_at = :now REMOVE due_kind",
        "ConditionExpression": "#state = :recorded",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":cancelled": "cancelled", ":recorded": "recorded", ":now": _text(now)},
    }


def erase_request(reference: str, contact: str, who: Named) -> dict[str, Any]:
    """Take out one of the two people. That it happened, and its value, stay."""
    return {
        "Key": Conversion.key_item(reference),
        "UpdateExpression": "REMOVE #who",
        "ConditionExpression": "#who = :contact",
        "ExpressionAttributeNames": {"#who": who},
        "ExpressionAttributeValues": {":contact": contact},
    }


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
