"""An invitation: an ask sent to one contact. A fact like a response, so that response rates are counted alike.

It has the id of the response it asks for, and is counted on the day it was made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from hearback import tally
from hearback.fact import INVITATION, SCHEMA, FactId

Mark = Literal["skipped", "delivered", "answered"]


@dataclass(frozen=True, slots=True)
class Invitation:
    id: FactId
    contact: str
    """Whom it asked, by key; "" once they were erased."""
    day: str
    """yyyy-mm-dd in the survey's time zone: the day it was made, on which all its marks count."""
    version: int = 1
    dimensions: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    """Of dimensions with many values: the page of tallies that its value is counted on. The first, 0, is left out."""
    locale: str = ""
    skipped: bool = False
    """Never sent, because the contact was suppressed in the meantime. Not counted."""
    delivered: bool = False
    answered: bool = False
    expires_at: int = 0
    """Seconds since 1970 after which DynamoDB deletes it; its counts stay."""

    @property
    def key(self) -> dict[str, str]:
        return self.id.key(INVITATION)

    @property
    def erased(self) -> bool:
        """Whether its person was erased: an invitation is made for somebody."""
        return not self.contact

    def erase(self) -> "Invitation":
        """The next version, which no longer says whom it asked; counts stay."""
        return replace(self, version=self.version + 1, contact="")

    def to_item(self) -> dict[str, Any]:
        return {
            **self.key,
            "schema": SCHEMA,
            "version": self.version,
            "contact_key": self.contact,
            "day": self.day,
            "dimensions": dict(self.dimensions),
            "pages": dict(self.pages),
            "locale": self.locale,
            "skipped": self.skipped,
            "delivered": self.delivered,
            "answered": self.answered,
            "expires_at": self.expires_at,
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Invitation":
        _, survey, _, shard = item["pk"].split("#")
        return cls(
            id=FactId(survey, int(shard), item["sk"]),
            contact=item["contact_key"],
            day=item["day"],
            version=int(item["version"]),
            dimensions=item["dimensions"],
            pages={name: int(page) for name, page in item["pages"].items()},
            locale=item["locale"],
            skipped=item["skipped"],
            delivered=item["delivered"],
            answered=item["answered"],
            expires_at=int(item["expires_at"]),
        )

    def contribution(self) -> tally.Contribution:
        counters = [tally.INVITED]
        if self.delivered:
            counters.append(tally.DELIVERED)
        if self.answered:
            counters.append(tally.ANSWERED)
        if self.skipped:
            counters = []
        return tally.Contribution(self.id.survey, self.day, tally.cells(self.dimensions, self.pages), tuple(counters))

    def create_request(self) -> dict[str, Any]:
        return {"Item": self.to_item(), "ConditionExpression": "attribute_not_exists(pk)"}

    def amend_request(self) -> dict[str, Any]:
        """Write this version on condition that the one before is stored."""
        return {
            "Item": self.to_item(),
            "ConditionExpression": "#version = :before",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":before": self.version - 1},
        }


def mark_request(fact: FactId, mark: Mark) -> dict[str, Any]:
    """Make the next version of an invitation, with a mark it does not bear yet."""
    return {
        "Key": fact.key(INVITATION),
        "UpdateExpression": "SET #mark = :true ADD #version :one",
        "ConditionExpression": "#mark = :false",
        "ExpressionAttributeNames": {"#mark": mark, "#version": "version"},
        "ExpressionAttributeValues": {":true": True, ":false": False, ":one": 1},
    }
