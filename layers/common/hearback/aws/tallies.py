"""TallyTable, as readers see it."""

from collections.abc import Iterator

from hearback.aws.dynamodb import Item, Table
from hearback.tally import EMPTY, WHOLE, Tally, day_of, sum_by_value, tallies_of, tally_key


class Tallies:
    def __init__(self, table: Table) -> None:
        self.table = table

    def total(self, survey: str, first: str, last: str, dimension: str = WHOLE) -> dict[str, Tally]:
        """Counts between two days, both included, by dimension value ("" for the whole survey)."""
        return sum_by_value(self._items(survey, dimension, first, last))

    def whole(self, survey: str, first: str, last: str) -> Tally:
        """Counts of the whole survey between two days, both included."""
        return self.total(survey, first, last).get("", EMPTY)

    def days(self, survey: str, first: str, last: str, dimension: str = WHOLE, value: str = "") -> dict[str, Tally]:
        """Counts of one dimension value, a tally for each day that has any, oldest first."""
        found: dict[str, Tally] = {}
        for item in self._items(survey, dimension, first, last):
            if value in (values := tallies_of(item)):
                found[day_of(item)] = found.get(day_of(item), EMPTY) + values[value]
        return found

    def _items(self, survey: str, dimension: str, first: str, last: str) -> Iterator[Item]:
        pk, start = tally_key(survey, dimension, first)
        return self.table.query(
            {
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
                "ExpressionAttributeValues": {":pk": pk, ":first": start, ":last": f"{last}#~"},
            }
        )
