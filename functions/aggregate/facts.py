"""From a stream record to the ledger it asks for."""

from collections.abc import Mapping
from typing import Any

from hearback.fact import RESPONSE, SCHEMA, BadFactId, kind_and_id
from hearback.invitation import Invitation
from hearback.response import Response
from hearback.tally import Ledger


class Inapplicable(ValueError):
    """This record can never be counted; the message says why."""


def ledger_of(item: Mapping[str, Any]) -> Ledger:
    """The ledger of a fact as stored: its version, and what that contributes. Raises Inapplicable."""
    try:
        kind, fact = kind_and_id(item["pk"], item["sk"])
    except (BadFactId, KeyError) as error:
        raise Inapplicable(f"not a fact: {error}") from None
    schema = item.get("schema")
    if not isinstance(schema, int) or schema > SCHEMA:
        raise Inapplicable(f"its schema is {schema!r}; this software knows up to {SCHEMA}")
    try:
        stored = Response.from_item(item) if kind == RESPONSE else Invitation.from_item(item)
        contribution = stored.contribution()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Inapplicable(f"a foreign shape: {type(error).__name__}") from None
    return Ledger(Ledger.key_of(kind, fact), stored.version, contribution)
