"""Deletes expired items by the simulated clock.

The engine's own time to live knows only real time: it would delete at once what a test writes in the past, and
keep what has long expired after a jump forward. So tables are made without it, and every jump sweeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_NEVER_AFTER = timedelta(days=5 * 365)  # DynamoDB leaves items alone whose expiry is longer ago than this


@dataclass(frozen=True)
class ExpiringTable:
    """A table of the template with a time to live."""

    name: str
    attribute: str  # holds the expiry, in seconds since the epoch
    key: Sequence[str]

    @classmethod
    def from_template(cls, name: str, properties: Mapping[str, Any]) -> ExpiringTable | None:
        """Read the properties of an AWS::DynamoDB::Table; None if its items never expire."""
        declared = properties.get("TimeToLiveSpecification", {})
        if not declared.get("Enabled"):
            return None
        return cls(name, declared["AttributeName"], [each["AttributeName"] for each in properties["KeySchema"]])

    def sweep(self, dynamodb: Any, now: datetime) -> int:
        """Delete what has expired. Returns how many items that were."""
        keys = {f"#key{number}": name for number, name in enumerate(self.key)}
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=self.name,
            FilterExpression="#expiry BETWEEN :oldest AND :now",
            ProjectionExpression=", ".join(keys),
            ExpressionAttributeNames={"#expiry": self.attribute, **keys},
            ExpressionAttributeValues={
                ":oldest": {"N": str(int((now - _NEVER_AFTER).timestamp()))},
                ":now": {"N": str(int(now.timestamp()))},
            },
        )
        expired = [item for page in pages for item in page["Items"]]
        for key in expired:
            dynamodb.delete_item(TableName=self.name, Key=key)
        return len(expired)
