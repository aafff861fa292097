"""Ids of facts: minted once, and from then on everything follows from them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearback.fact import INVITATION, RESPONSE, BadFactId, FactId, decode_ulid_time, encode_ulid, kind_and_id

END_OF_TIME = 253_402_300_799_999
"""The last millisecond of the year 9999."""
moments = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.binary(min_size=10, max_size=10), st.integers(1, 1000))
def test_an_id_is_read_back_as_it_was_minted(at: datetime, entropy: bytes, shards: int) -> None:
    minted = FactId.mint("store", shards, at, entropy)

    assert FactId.parse(str(minted)) == minted
    assert 0 <= minted.shard < shards


@given(moments, st.binary(min_size=10, max_size=10))
def test_the_key_follows_from_the_id_alone(at: datetime, entropy: bytes) -> None:
    minted = FactId.mint("store", 4, at, entropy)

    for kind in (RESPONSE, INVITATION):
        key = minted.key(kind)
        assert kind_and_id(key["pk"], key["sk"]) == (kind, minted)
        assert key["pk"] == f"{kind}#store#{at:%Y-%m}#{minted.shard}"


@given(st.integers(0, END_OF_TIME), st.binary(min_size=10, max_size=10))
def test_a_ulid_holds_its_milliseconds(milliseconds: int, entropy: bytes) -> None:
    assert decode_ulid_time(encode_ulid(milliseconds, entropy)) == milliseconds


def test_a_ulid_beyond_the_year_9999_is_no_fact_s() -> None:
    assert FactId("store", 0, encode_ulid(END_OF_TIME, bytes(10))).month == "9999-12"
    for foreign in ("76EZ91ZQ000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"):
        with pytest.raises(BadFactId, match="9999"):
            FactId.parse(f"store.0{foreign}")
        with pytest.raises(BadFactId, match="9999"):
            kind_and_id("R#store#2026-03#0", foreign)


def test_ulids_sort_by_time() -> None:
    earlier, later = encode_ulid(1_000, b"\xff" * 10), encode_ulid(1_001, b"\0" * 10)

    assert earlier < later


def test_the_specification_s_example() -> None:
    assert decode_ulid_time("01ARZ3NDEKTSV4RRFFQ69G5FAV") == 1469922850259  # from the ULID specification


def test_the_same_row_is_the_same_response() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)

    assert FactId.of_row("store", "row 7", at) == FactId.of_row("store", "row 7", at)
    assert FactId.of_row("store", "row 7", at) != FactId.of_row("store", "row 8", at)
    assert FactId.of_row("store", "row 7", at) != FactId.of_row("other", "row 7", at)
    assert FactId.of_row("store", "row 7", None).month == "1970-01"


@pytest.mark.parametrize(
    "text",
    ["", "store", "store.", "store.0", "store.x01ARZ3NDEKTSV4RRFFQ69G5FAV", "store.001ARZ3NDEKTSV4RRFFQ69G5FAU!",
     ".001ARZ3NDEKTSV4RRFFQ69G5FAV", "store.081ARZ3NDEKTSV4RRFFQ69G5FAV", "store.²01ARZ3NDEKTSV4RRFFQ69G5FAV"],
)  # fmt: skip
def test_anything_else_is_no_id(text: str) -> None:
    with pytest.raises(BadFactId):
        FactId.parse(text)


@pytest.mark.parametrize(
    "pk", ["R#store#2016-07", "X#store#2016-07#0", "R#store#2016-08#0", "R#store#2016-07#x", "CONTACT#abc"]
)
def test_a_foreign_key_is_no_fact(pk: str) -> None:
    with pytest.raises(BadFactId):
        kind_and_id(pk, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
