"""Events on the bus: known again by their id, and never thought taken when they may not be."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from hearback.aws.bus import Bus, EventNotTaken
from tests.conftest import NOW
from tests.fake_events import FakeEvents


class Failing:
    """A client of EventBridge that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def put_events(self, **_: Any) -> None:
        raise self.error


def bus(client: Any) -> Bus:
    return Bus(lambda: client, "shop-bus")


def test_an_event_says_from_whom_what_and_which_one_it_is() -> None:
    events = FakeEvents()
    bus(events).put("Slip", "1f0c", {"survey": "shop", "dimensions": {"store": "पुणे"}}, NOW)
    assert events.taken == [
        {
            "EventBusName": "shop-bus",
            "Source": "hearback",
            "DetailType": "Slip",
            "Time": NOW,
            "Detail": {"id": "1f0c", "version": 1, "survey": "shop", "dimensions": {"store": "पुणे"}},
        }
    ]


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "PutEvents"),
        ReadTimeoutError(endpoint_url="https://events"),
    ],
)
def test_a_failure_is_told_so_that_it_is_tried_again(error: Exception) -> None:
    with pytest.raises(EventNotTaken):
        bus(Failing(error)).put("Slip", "1f0c", {}, NOW)


def test_so_is_an_entry_that_the_bus_did_not_take_although_it_answered() -> None:
    events = FakeEvents()
    events.refuses = 1
    with pytest.raises(EventNotTaken, match="ThrottlingException"):
        bus(events).put("Slip", "1f0c", {}, NOW)
    assert events.taken == []


def test_the_client_is_made_by_the_first_event() -> None:
    made: list[FakeEvents] = []

    def make() -> Any:
        made.append(FakeEvents())
        return made[-1]

    later = Bus(make, "shop-bus")
    assert made == []
    later.put("Play", "1", {}, NOW)
    assert json.dumps(made[0].taken[0]["Detail"]) == '{"id": "1", "version": 1}'
