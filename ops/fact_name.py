"""What an operator knows a fact by."""

from hearback.fact import RESPONSE, BadFactId, kind_and_id


def fact_name(pk: str, sk: str) -> str:
    """`response <id>` or `invitation <id>`; the bare key of anything else."""
    try:
        kind, fact = kind_and_id(pk, sk)
    except BadFactId:
        return f"item {pk} {sk}"
    return f"{'response' if kind == RESPONSE else 'invitation'} {fact}"
