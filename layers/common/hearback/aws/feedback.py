"""FeedbackTable: responses and invitations."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from itertools import islice

from hearback.aws.dynamodb import ConditionFailed, Item, Table
from hearback.fact import INVITATION, RESPONSE, FactId, partitions
from hearback.invitation import Invitation, Mark, mark_request
from hearback.response import Answer, Response


class Feedback:
    def __init__(self, table: Table) -> None:
        self.table = table

    def response(self, fact: FactId) -> Response | None:
        found = self.table.get(fact.key(RESPONSE))
        return Response.from_item(found) if found else None

    def invitation(self, fact: FactId) -> Invitation | None:
        found = self.table.get(fact.key(INVITATION))
        return Invitation.from_item(found) if found else None

    def submit(self, response: Response, now: datetime) -> Response:
        """Store a first answer; if there is one already, amend it with what is new.

        A retried submission finds itself and changes nothing. Raises AmendmentRefused.
        """
        try:
            self.table.put(response.create_request())
        except ConditionFailed as failure:
            stored = Response.from_item(failure.item or {})
        else:
            return response
        said = Answer(response.score, response.comment or None, response.answers)
        return self._amend(stored, said, now)

    def amend(self, fact: FactId, answer: Answer, now: datetime) -> Response | None:
        """Store the next version of a response; None if there is no response. Raises AmendmentRefused."""
        stored = self.response(fact)
        return self._amend(stored, answer, now) if stored else None

    def _amend(self, stored: Response, answer: Answer, now: datetime) -> Response:
        while True:
            amended = stored.amended(answer, now)
            if amended is stored:
                return stored
            try:
                self.table.put(amended.amend_request())
            except ConditionFailed as failure:  # somebody else wrote a version; ours goes on top of it
                stored = Response.from_item(failure.item or {})
            else:
                return amended

    def create(self, fact: Response | Invitation) -> bool:
        """Store a new fact; False if it is there already."""
        try:
            self.table.put(fact.create_request())
        except ConditionFailed:
            return False
        return True

    def erase(self, fact: Response | Invitation) -> None:
        """Make the fact's next version, without its person; versions that others write meanwhile are kept."""
        while not fact.erased:
            erased = fact.erase()
            try:
                self.table.put(erased.amend_request())
            except ConditionFailed as failure:
                if failure.item is None:  # expired meanwhile
                    return
                fact = type(fact).from_item(failure.item)
            else:
                return

    def mark_invitation(self, fact: FactId, mark: Mark) -> bool:
        """Make the invitation's next version with a mark; False if it bears it, or there is no invitation."""
        try:
            self.table.update(mark_request(fact, mark))
        except ConditionFailed:
            return False
        return True

    def newest(self, survey: str, shards: int, months: list[str], most: int) -> list[Response]:
        """The newest responses of some months (yyyy-mm), by the time they were begun, newest first."""
        found: list[Response] = []
        for month in sorted(months, reverse=True):
            streams = [self._backwards(pk) for pk in partitions(RESPONSE, survey, shards, [month])]
            newest = merge(*streams, key=lambda item: str(item["sk"]), reverse=True)
            found += [Response.from_item(item) for item in islice(newest, most - len(found))]
        return found

    def _backwards(self, pk: str) -> Iterator[Item]:
        return self.table.query(
            {
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": pk},
                "ScanIndexForward": False,
                "Limit": 50,
            }
        )
