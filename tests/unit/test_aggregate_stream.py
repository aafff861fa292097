"""A batch of records in: what is counted, what is parked, and from where it is to be delivered again."""

from typing import Any

import pytest

from aggregate.stream import LONGEST_REASON, TO_PARK_ONE
from hearback.fact import SCHEMA
from hearback.response import Answer
from tests.aws_faults import Fault
from tests.counting_world import NOON, CountingWorld, insert, response


@pytest.fixture
def world() -> CountingWorld:
    return CountingWorld()


def foreign(number: int, **image: Any) -> dict[str, Any]:
    record = insert(response(number), number)
    record["dynamodb"]["NewImage"] |= image
    return record


NEWER = {"schema": {"N": str(SCHEMA + 1)}}
UNCOUNTABLE = {
    "newer software": foreign(2, **NEWER),
    "no schema": foreign(2, schema={"NULL": True}),
    "a foreign key": foreign(2, pk={"S": "SURVEYS"}),
    "an attribute of a kind that DynamoDB does not have yet": foreign(2, image={"VECTOR": "AAAA"}),
    "a number of too many digits": foreign(2, score={"N": "9" * 60}),
    "a reason that is too long for a message": foreign(2, schema={"S": "x" * 400_000}),
    "no image": {
        "eventName": "INSERT",
        "dynamodb": {"Keys": foreign(2)["dynamodb"]["Keys"], "SequenceNumber": "2"},
    },
}


@pytest.mark.parametrize("record", UNCOUNTABLE.values(), ids=UNCOUNTABLE)
def test_a_record_nobody_can_count_is_parked_and_those_around_it_count(
    world: CountingWorld, record: dict[str, Any]
) -> None:
    again = world.deliver([insert(response(1), 1), record, insert(response(3), 3)])

    assert again is None
    assert world.counted() == {"s9": 2}
    [message] = world.queue.messages
    assert {"pk": message["pk"], "sk": message["sk"]} == response(2).key
    assert message["sequence_number"] == "2"
    assert 0 < len(message["reason"]) <= LONGEST_REASON


@pytest.mark.parametrize(
    "more", [{"B": "AAAA"}, {"BS": ["AAAA"]}, {"NS": ["1", "2"]}, {"N": "1E100"}], ids=lambda part: next(iter(part))
)
def test_an_attribute_that_counting_does_not_need_does_no_harm_whatever_its_kind(
    world: CountingWorld, more: dict[str, Any]
) -> None:
    world.deliver([foreign(1, note=more)])

    assert world.counted() == {"s9": 1}
    assert world.queue.messages == []


def test_what_dynamodb_refuses_is_parked_with_the_number_of_its_newest_version(world: CountingWorld) -> None:
    vast = response(2, 9, dimensions={f"d{number}": "x" for number in range(120)})
    newer = insert(vast.amended(Answer(score=1), NOON), 3)

    again = world.deliver([insert(response(1), 1), insert(vast, 2), newer, insert(response(4), 4)])

    assert again is None
    assert world.counted() == {"s9": 2}
    [message] = world.queue.messages
    assert message["sequence_number"] == "3"


def test_a_batch_that_cannot_be_counted_now_is_handed_back_from_its_first_record(world: CountingWorld) -> None:
    world.faults["batch_get_item"] = [Fault.THROTTLE] * 999

    again = world.deliver([insert(response(number), number) for number in range(9, 12)])

    assert again == "9"


def test_a_fact_is_handed_back_from_its_newest_version(world: CountingWorld) -> None:
    """Its older versions have nothing to add, and whatever comes between them need not come again."""
    world.faults["batch_get_item"] = [Fault.THROTTLE] * 999
    first = response(1, 3)

    again = world.deliver([insert(first, 7), insert(first.amended(Answer(score=4), NOON), 9)])

    assert again == "9"


def test_numbers_are_compared_as_numbers(world: CountingWorld) -> None:
    world.faults["batch_get_item"] = [Fault.THROTTLE] * 999

    assert world.deliver([insert(response(1), 99), insert(response(2), 100)]) == "99"


@pytest.mark.parametrize("fault", [Fault.THROTTLE, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER])
def test_a_record_that_cannot_be_parked_is_handed_back(world: CountingWorld, fault: Fault) -> None:
    world.faults["send_message"] = [Fault.NONE, fault]

    again = world.deliver([foreign(1, **NEWER), insert(response(2), 2), foreign(3, **NEWER), foreign(4, **NEWER)])

    assert again == "3"
    assert world.counted() == {"s9": 1}


def test_nothing_is_parked_that_comes_again_anyway(world: CountingWorld) -> None:
    """Otherwise a long throttle would fill the queue with the same record."""
    world.faults["batch_get_item"] = [Fault.THROTTLE] * 999

    again = world.deliver([foreign(1, **NEWER), insert(response(2), 2), foreign(3, **NEWER)])

    assert again == "2"
    assert [message["sequence_number"] for message in world.queue.messages] == ["1"]


def test_there_is_time_left_to_park_when_counting_has_used_up_its_own(world: CountingWorld) -> None:
    world.faults["transact_write_items"] = [Fault.TIMEOUT_BEFORE] * 999

    world.deliver([foreign(1, **NEWER), insert(response(2), 2)])

    assert len(world.queue.messages) == 1
    assert world.seconds_left >= 0


def test_parking_ends_when_time_does(world: CountingWorld) -> None:
    world.seconds_left = TO_PARK_ONE + 0.015

    again = world.deliver([foreign(number, **NEWER) for number in range(1, 6)])

    assert len(world.queue.messages) == 2
    assert again == "3"


def test_an_empty_batch_asks_nothing_of_dynamodb(world: CountingWorld) -> None:
    assert world.deliver([]) is None
    assert world.calls == []
