"""Which of a secret's keys signs. The others only verify what they signed before."""

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"(\d+)")


def signing_key(key_ids: Iterable[str]) -> str:
    """The greatest id. Numbers in it count as numbers: as text, k10 would never follow k9."""
    return max(key_ids, key=_in_parts)


def _in_parts(key_id: str) -> list[str | int]:
    """Text and numbers by turns, so that ids are compared part by part."""
    return [int(part) if part.isdecimal() else part for part in _NUMBER.split(key_id)]
