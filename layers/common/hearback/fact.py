"""The identity of a fact (a response or an invitation) and the key it is stored under.

An id is `<survey>.<shard><ulid>`. The shard is chosen when the id is minted and never recomputed, the
month is the ULID's, so the key follows from the id alone, for ever.

ULIDs: https://github.com/ulid/spec - 48 bits of milliseconds, 80 bits of randomness, Crockford base 32.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

SCHEMA = 1
"""Shape of the facts this software writes. It parks facts with a greater one: newer software wrote them."""

Kind = Literal["R", "I"]
RESPONSE: Kind = "R"
INVITATION: Kind = "I"

UNDATED = "1970-01"
"""The month of rows that were imported without a time of their own."""
LEAST_SHARDS = 4
"""Partitions that every survey's responses of a month are spread over, at least."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The digits of his base 32: https://www.crockford.com/base32.html"""
_PYTHONS_DIGITS = str.maketrans(CROCKFORD, "0123456789abcdefghijklmnopqrstuv")
_ULID_LENGTH = 26
_ULID = re.compile(f"[0-7][{CROCKFORD}]{{{_ULID_LENGTH - 1}}}")
_LATEST = 253_402_300_799_999
"""Milliseconds since 1970 at the end of the year 9999, the last that a datetime holds."""


class BadFactId(ValueError):
    """The text is not the id of a fact."""


def encode_ulid(milliseconds: int, entropy: bytes) -> str:
    """The ULID of a time in milliseconds since 1970, up to the year 9999, and ten bytes of entropy."""
    if not 0 <= milliseconds <= _LATEST or len(entropy) != 10:
        raise ValueError("a ULID of ours holds a time from 1970 to 9999 and ten bytes of entropy")
    number = milliseconds << 80 | int.from_bytes(entropy, "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(_ULID_LENGTH)))


def decode_ulid_time(ulid: str) -> int:
    """Milliseconds since 1970 in a ULID. Raises BadFactId."""
    if not _ULID.fullmatch(ulid):
        raise BadFactId("a ULID is 26 digits of Crockford base 32, of which the first is at most 7")
    milliseconds = int(ulid[:10].translate(_PYTHONS_DIGITS), 32)
    if milliseconds > _LATEST:
        raise BadFactId("a ULID's time is at most that of the year 9999")
    return milliseconds


@dataclass(frozen=True, slots=True, order=True)
class FactId:
    survey: str
    shard: int
    ulid: str

    def __str__(self) -> str:
        return f"{self.survey}.{self.shard}{self.ulid}"

    @classmethod
    def parse(cls, text: str) -> "FactId":
        """The id a text stands for. Raises BadFactId."""
        survey, dot, rest = text.partition(".")
        shard, ulid = rest[:-_ULID_LENGTH], rest[-_ULID_LENGTH:]
        if not (survey and dot and shard.isascii() and shard.isdigit()):
            raise BadFactId("an id is <survey>.<shard><ulid>")
        decode_ulid_time(ulid)
        return cls(survey, int(shard), ulid)

    @classmethod
    def mint(cls, survey: str, shards: int, at: datetime, entropy: bytes | None = None) -> "FactId":
        """A new id. `entropy` is ten bytes; the operating system's if left out."""
        entropy = entropy or os.urandom(10)
        return cls(survey, entropy[-1] % shards, encode_ulid(int(at.timestamp() * 1000), entropy))

    @classmethod
    def of_row(cls, survey: str, identity: str, at: datetime | None) -> "FactId":
        """The id of an imported row: the same row is the same response, whenever it is imported.

        Its shard follows from the row alone: were it spread over the survey's shards, raising their number
        would give every row a second id.
        """
        entropy = hashlib.sha256(f"{survey}\0{identity}".encode()).digest()[:10]
        milliseconds = int(at.timestamp() * 1000) if at else 0
        return cls(survey, entropy[-1] % LEAST_SHARDS, encode_ulid(milliseconds, entropy))

    @property
    def month(self) -> str:
        at = datetime.fromtimestamp(decode_ulid_time(self.ulid) / 1000, UTC)
        return f"{at:%Y-%m}"

    def key(self, kind: Kind) -> dict[str, str]:
        """Where the fact lies in FeedbackTable."""
        return {"pk": partition(kind, self.survey, self.month, self.shard), "sk": self.ulid}


def partition(kind: Kind, survey: str, month: str, shard: int) -> str:
    return f"{kind}#{survey}#{month}#{shard}"


def partitions(kind: Kind, survey: str, shards: int, months: list[str]) -> Iterator[str]:
    """Every partition key the facts of some months can lie under."""
    for month in months:
        for shard in range(shards):
            yield partition(kind, survey, month, shard)


def kind_and_id(pk: str, sk: str) -> tuple[Kind, FactId]:
    """The fact a key belongs to. Raises BadFactId for any other key."""
    parts = pk.split("#")
    if len(parts) != 4 or parts[0] not in (RESPONSE, INVITATION):
        raise BadFactId("not the key of a fact")
    fact = FactId.parse(f"{parts[1]}.{parts[3]}{sk}")
    kind = RESPONSE if parts[0] == RESPONSE else INVITATION
    if fact.key(kind)["pk"] != pk:
        raise BadFactId("the key's month is not that of its ULID")
    return kind, fact
