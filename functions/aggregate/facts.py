"""From a stored fact to the ledger it asks for.

This is where foreign words are judged: a fact may have been written by newer software or by hand, and what
passes here ends in a counter's name. Everything behind it takes ledgers as they are.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from hearback.fact import RESPONSE, SCHEMA, Kind, kind_and_id
from hearback.foreign import FOREIGN
from hearback.invitation import Invitation
from hearback.response import Response
from hearback.tally import WHOLE, Contribution, Ledger

_DIMENSION = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MOST_BYTES = 60
"""Of a dimension value, as surveys allow them."""


class Inapplicable(ValueError):
    """This fact can never be counted; the message says why, and holds nothing of what the fact says."""


def ledger_of(item: Mapping[str, Any]) -> Ledger:
    """The ledger of a fact as stored: its version, and what that contributes. Raises Inapplicable."""
    try:
        kind, fact = kind_and_id(item["pk"], item["sk"])
    except FOREIGN:
        raise Inapplicable("its key is not that of a fact") from None
    schema = item.get("schema")
    if type(schema) is not int or schema < 1:
        raise Inapplicable("it does not say its schema")
    if schema > SCHEMA:
        raise Inapplicable(f"its schema is {schema}; this software knows up to {SCHEMA}")
    try:
        version, contribution = _read(kind, item)
        problem = _problem(version, contribution)
    except FOREIGN as error:
        raise Inapplicable(f"a foreign shape: {type(error).__name__}") from None
    if problem:
        raise Inapplicable(f"a foreign shape: {problem}")
    return Ledger(Ledger.key_of(kind, fact), version, contribution)


def _read(kind: Kind, item: Mapping[str, Any]) -> tuple[Any, Contribution]:
    if kind != RESPONSE:
        return item["version"], Invitation.from_item(item).contribution()
    return item["version"], Response.from_item(item).contribution()


def _problem(version: Any, contribution: Contribution) -> str | None:
    """Why this could not be counted or, worse, be read again once counted."""
    if type(version) is not int or version < 1:
        return "no version"
    if date.fromisoformat(contribution.day).isoformat() != contribution.day:
        return "no day"
    for cell in contribution.cells[1:]:
        if cell.dimension == WHOLE or not _DIMENSION.fullmatch(cell.dimension):
            return "no dimension"
        if not 1 <= len(cell.value.encode()) <= _MOST_BYTES or cell.page < 0:
            return "no dimension value"
    return None
