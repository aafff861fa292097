"""Items of DirectoryTable by how their keys begin, found by reading it from end to end.

What is looked up by a code that nobody can guess lies under that code, all over the table. Operators list it
seldom; an index for that would be paid with every click.
"""

from collections.abc import Iterator, Sequence

from hearback.aws.dynamodb import Item, Table, from_wire
from ops.scanning import Wire, item_count, scan
from ops.terminal import advancing


def items(table: Table, *beginnings: str) -> Iterator[Item]:
    """Those whose `pk` begins with one of these, in no order."""
    named = {f":b{place}": beginning for place, beginning in enumerate(beginnings)}
    request = {
        "ConsistentRead": True,
        "FilterExpression": " OR ".join(f"begins_with(pk, {name})" for name in named),
        "ExpressionAttributeValues": named,
    }
    with advancing("Reading", item_count(table)) as advance:
        for step in scan(table, _read, request):
            advance(step.read)
            yield from step.made


def _read(page: Sequence[Wire]) -> list[Item]:
    return [from_wire(item) for item in page]
