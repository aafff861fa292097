"""A referral link: one for each contact and survey, which leads to the survey's own target and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from hearback import code as codes
from hearback.play import Referral


@dataclass(frozen=True, slots=True)
class ReferralLink:
    survey: str
    contact: str
    """Whose it is; "" once they were erased: it still leads on, but earns nobody anything."""
    made_at: datetime
    """When it was first offered."""
    code: str = ""
    """As stored, without a hyphen."""
    clicks: int = 0
    """How often it was followed, by machines too: what a scanner fetches cannot be told from a person here."""

    @property
    def shown(self) -> str:
        """The code as people are shown it."""
        return codes.shown(self.code)

    @classmethod
    def of(cls, survey: str, contact: str, now: datetime, turn: int) -> "ReferralLink":
        """The contact's link of a survey, whose code follows from both.

        `turn` is 0, and one more for each code before it that is nobody's any more or, by chance, somebody else's.
        """
        return cls(survey, contact, now, codes.derived("referral", survey, contact, str(turn)))

    def belongs_with(self, other: "ReferralLink") -> bool:
        """Whether both are the same person's link of the same survey."""
        return (self.survey, self.contact) == (other.survey, other.contact)

    def address(self, base_url: str) -> str:
        """What is passed on."""
        return f"{base_url}/r/{self.shown}"

    @staticmethod
    def key_item(code: str) -> dict[str, str]:
        return {"pk": f"REFERRAL#{code}", "sk": "REFERRAL"}

    @staticmethod
    def code_of(item: Mapping[str, Any]) -> str:
        """Of a stored link, from its key."""
        return str(item["pk"]).removeprefix("REFERRAL#")

    def to_item(self) -> dict[str, Any]:
        return {
            **self.key_item(self.code),
            "survey": self.survey,
            "contact": self.contact,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "clicks": self.clicks,
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "ReferralLink":
        return cls(
            survey=item["survey"],
            contact=item.get("contact", ""),
            made_at=datetime.fromisoformat(item["made_at"]).astimezone(UTC),
            code=cls.code_of(item),
            clicks=int(item["clicks"]),
        )

    def make_request(self) -> dict[str, Any]:
        """Write it on condition that there is none; what stands there comes back with the failure."""
        return {"Item": self.to_item(), "ConditionExpression": "attribute_not_exists(pk)"}


def click_request(code: str) -> dict[str, Any]:
    """Count that it was followed, on condition that there is such a link."""
    return {
        "Key": ReferralLink.key_item(code),
        "UpdateExpression": "ADD clicks :one",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":one": 1},
    }


def erase_request(code: str, contact: str) -> dict[str, Any]:
    """Take out whose it is. It still leads to the survey's target, for those it was passed on to."""
    return {
        "Key": ReferralLink.key_item(code),
        "UpdateExpression": "REMOVE contact",
        "ConditionExpression": "contact = :contact",
        "ExpressionAttributeValues": {":contact": contact},
    }


def destination(referral: Referral, code: str) -> str:
    """Where a link leads: the survey's target with the code in it. Nothing of a request reaches it."""
    printed = quote(codes.shown(code), safe="-")
    declared = quote(referral.target, safe="{}%/:=&?~#+!$,;'@()*[]-._")  # a header is ASCII
    if "{code}" in declared:
        return declared.replace("{code}", printed)
    target = urlsplit(declared)
    return urlunsplit(target._replace(query="&".join(filter(None, [target.query, f"ref={printed}"]))))
