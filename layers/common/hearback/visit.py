"""What was observed of a token before anybody confirmed an answer with it.

Kept apart from the facts: scanners open every link of every mail, and none of that may reach the stream.
It holds no contact and no words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hearback.fact import FactId
from hearback.judging import Kind, Observation, Verdict, judge
from hearback.response import Channel

ROOM = 40
"""Observations a visit may hold."""
ROOM_FOR_PEOPLE: Mapping[Kind, int] = {"bare": 50, "human": 60}
"""The same for what people do, so that scanners cannot fill the room before one comes."""


@dataclass(frozen=True, slots=True)
class Visit:
    response: FactId
    """The id of the response that its token lets one give."""
    observations: Sequence[Observation] = ()
    """Oldest first."""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    channel: Channel = "mail"
    locale: str = ""
    expires_at: int = 0
    """Seconds since 1970 after which DynamoDB deletes it; every observation moves it on."""

    @staticmethod
    def key(response: FactId) -> dict[str, str]:
        partition = f"VISIT#{response.survey}#{response.month}#{response.shard}"
        return {"pk": partition, "sk": response.ulid}

    @staticmethod
    def partitions(survey: str, shards: int, months: Sequence[str]) -> Iterator[str]:
        """Every partition key the visits of some months (yyyy-mm) can lie under."""
        for month in months:
            for shard in range(shards):
                yield f"VISIT#{survey}#{month}#{shard}"

    @property
    def verdict(self) -> Verdict:
        return judge(self.observations)

    def observe_request(self, observation: Observation) -> dict[str, Any]:
        """Append an observation, on condition that there is room; what stands there comes back either way."""
        return {
            "Key": self.key(self.response),
            "UpdateExpression": (
                "SET observed = list_append(if_not_exists(observed, :none), :one), "
                "#dimensions = :dimensions, #channel = :channel, #locale = :locale, expires_at = :expires_at"
            ),
            "ConditionExpression": "attribute_not_exists(observed) OR size(observed) < :room",
            "ExpressionAttributeNames": {"#dimensions": "dimensions", "#channel": "channel", "#locale": "locale"},
            "ExpressionAttributeValues": {
                ":none": [],
                ":one": [observation.to_item()],
                ":room": ROOM_FOR_PEOPLE.get(observation.kind, ROOM),
                ":dimensions": dict(self.dimensions),
                ":channel": self.channel,
                ":locale": self.locale,
                ":expires_at": self.expires_at,
            },
        }

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Visit":
        _, survey, _, shard = item["pk"].split("#")
        return cls(
            FactId(survey, int(shard), item["sk"]),
            [Observation.from_item(each) for each in item["observed"]],
            item["dimensions"],
            item["channel"],
            item["locale"],
            int(item["expires_at"]),
        )
