"""A finding: one thing that `hearback doctor` looked at, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warn", "fail", "not here"]


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    verdict: Verdict
    found: str
    do: str = ""
