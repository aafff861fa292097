"""Items in DynamoDB's own notation: boto3's resources write and read the same, and are the measure here."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from hearback.aws.dynamodb import Unreadable, from_wire, to_wire

PLACES = 38
"""Digits that DynamoDB keeps of a number."""

numbers = st.one_of(
    st.integers(1 - 10**PLACES, 10**PLACES - 1),
    st.builds(
        lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(-(10**9), 10**9), st.integers(-60, 60)
    ),
)
at_the_limits = st.sampled_from(
    [10**100, Decimal("1E+125"), Decimal(f"{'9' * PLACES}E+88"), Decimal("1E-130"), Decimal(f"{'7' * PLACES}E-167")]
)
"""What DynamoDB takes as well; boto3 does not write or read all of it."""
texts = st.text(max_size=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    texts,
    st.binary(max_size=8),
    st.sets(texts, min_size=1, max_size=3),
    st.sets(numbers, min_size=1, max_size=3),
    st.sets(st.binary(max_size=8), min_size=1, max_size=3),
)
values = st.recursive(
    scalars, lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3), max_leaves=8
)
items = st.dictionaries(texts, values, max_size=4)


def as_boto3_reads(wire: dict[str, Any]) -> dict[str, Any]:
    reading = TypeDeserializer()
    return {name: reading.deserialize(part) for name, part in wire.items()}


def ordered(wire: Any) -> Any:
    """The same with every set in one order."""
    match wire:
        case {"SS": members} | {"NS": members} | {"BS": members} if isinstance(members, list):
            return sorted(members)
        case dict():
            return {name: ordered(part) for name, part in wire.items()}
        case list():
            return [ordered(part) for part in wire]
        case _:
            return wire


@given(items)
def test_an_item_is_written_as_boto3_writes_it(item: dict[str, Any]) -> None:
    writing = TypeSerializer()

    assert ordered(to_wire(item)) == ordered({name: writing.serialize(part) for name, part in item.items()})


@given(items)
def test_an_item_is_read_as_boto3_reads_it(item: dict[str, Any]) -> None:
    wire = to_wire(item)

    assert from_wire(wire) == as_boto3_reads(wire)


@given(items, at_the_limits)
def test_an_item_comes_back_as_it_was_put(item: dict[str, Any], number: int | Decimal) -> None:
    """Whatever DynamoDB can hold: an item that somebody else wrote to stops no reader of many."""
    item |= {"extreme": number, "extremes": {number}}

    assert from_wire(to_wire(item)) == item


def test_a_number_is_read_however_many_noughts_it_ends_in() -> None:
    assert from_wire({"n": {"N": f"1{'0' * 100}"}}) == {"n": 10**100}


def test_bytes_are_the_same_from_a_table_and_from_a_stream_where_they_are_in_base64() -> None:
    streamed = {"image": {"B": "AAE="}, "images": {"BS": ["AAE=", "Ag=="]}}

    assert from_wire(streamed) == from_wire({"image": {"B": b"\0\1"}, "images": {"BS": [b"\0\1", b"\2"]}})


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("7.0", 7), ("-0", 0), ("1E+3", 1000)])
def test_a_whole_number_is_read_as_int_however_it_is_spelt(text: str, number: int) -> None:
    read = from_wire({"n": {"N": text}, "list": {"L": [{"M": {"n": {"N": text}}}]}})

    assert read == {"n": number, "list": [{"n": number}]}
    assert type(read["n"]) is type(read["list"][0]["n"]) is int


def test_a_fraction_is_read_as_decimal() -> None:
    read = from_wire({"n": {"N": "0.1"}})["n"]

    assert (read, type(read)) == (Decimal("0.1"), Decimal)


def test_true_is_no_number() -> None:
    assert to_wire({"public": True, "closed": False}) == {"public": {"BOOL": True}, "closed": {"BOOL": False}}
    assert from_wire({"public": {"BOOL": True}})["public"] is True


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), Decimal("Infinity"), Decimal("-Infinity"), Decimal("NaN"), set(), {1, "a"}, {None}, object()],
)
def test_what_would_not_come_back_as_it_was_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_wire({"deep": [{"value": value}]})


@pytest.mark.parametrize("number", [10**PLACES + 1, Decimal(1).scaleb(127)])
def test_a_number_that_dynamodb_would_round_is_refused(number: int | Decimal) -> None:
    with pytest.raises(ArithmeticError):
        to_wire({"n": number})


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"S": "a", "N": "1"},
        {"X": "a"},
        {"s": "a"},
        {"N": "many"},
        {"N": "Infinity"},
        {"N": "1" * (PLACES + 1)},
        {"N": None},
        {"NS": ["many"]},
        {"NS": None},
        {"BS": [1]},
        {"B": "no base64"},
        {"B": None},
        {"SS": None},
        {"L": [{"L": None}]},
        {"M": ["a"]},
        "a",
        None,
    ],
)
def test_what_is_not_dynamodbs_notation_is_unreadable(part: Any) -> None:
    with pytest.raises(Unreadable):
        from_wire({"part": part})


def test_the_reason_tells_nothing_of_what_the_item_says() -> None:
    with pytest.raises(Unreadable) as raised:
        from_wire({"n": {"N": "asha@shop.example"}})

    assert "asha" not in str(raised.value)
    assert raised.value.__suppress_context__
