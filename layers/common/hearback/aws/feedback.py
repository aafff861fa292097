"""FeedbackTable: responses and invitations.

Where many responses are read, one that cannot be is left out: aggregate has parked it, and reconciling names it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from hearback.aws.dynamodb import ConditionFailed, Item, Request, Table
from hearback.fact import INVITATION, RESPONSE, SCHEMA, FactId, encode_ulid, kind_and_id, partitions
from hearback.foreign import Skipped
from hearback.invitation import Invitation, Mark, mark_request
from hearback.presumption import (
    confirm_request,
    correct_request,
    doubt_request,
    may_be_corrected,
    presume_request,
    promote_request,
    reconsider_request,
    unmask_request,
)
from hearback.response import MOST_VERSIONS, AmendmentRefused, Answer, Confirmation, Response


class Feedback:
    def __init__(self, table: Table) -> None:
        self.table = table

    def response(self, fact: FactId) -> Response | None:
        found = self.table.get(fact.key(RESPONSE))
        return Response.from_item(found) if found else None

    def invitation(self, fact: FactId) -> Invitation | None:
        found = self.table.get(fact.key(INVITATION))
        return Invitation.from_item(found) if found else None

    def submit(
        self, response: Response, now: datetime, hourly: int = MOST_VERSIONS, answer: Answer | None = None
    ) -> Response:
        """Store a confirmed answer; if there is one already, amend it with what is new.

        `answer` is what was said, where that is not simply what the response says: it may take a comment back.
        A retried submission finds itself and changes nothing. It is changed at most `hourly` times an hour.
        Raises AmendmentRefused, ChangedTooOften.
        """
        on_page = response.confirmed_by in ("form", "bare")
        try:
            return self._confirm(response) if on_page else self._create_or_confirm(response)
        except ConditionFailed as failure:
            stored = Response.from_item(failure.item or {})
        said = answer or Answer(response.score, response.comment or None, response.answers)
        return self._amend(stored, said, now, hourly, response.confirmed_by)

    def _confirm(self, response: Response) -> Response:
        presumed = self.table.overwrite(confirm_request(response))
        return replace(response, version=Response.from_item(presumed).version + 1) if presumed else response

    def _create_or_confirm(self, response: Response) -> Response:
        """For a program's, of which none was presumed but by way of a page: creating is less work than updating."""
        try:
            self.table.put(response.create_request())
        except ConditionFailed as failure:
            if failure.item and failure.item.get("provisional"):
                return self._confirm(response)
            raise
        return response

    def amend(self, fact: FactId, answer: Answer, now: datetime, hourly: int = MOST_VERSIONS) -> Response | None:
        """Store the next version of a response; None if nobody confirmed one.

        Raises AmendmentRefused, ChangedTooOften.
        """
        stored = self.response(fact)
        return self._amend(stored, answer, now, hourly) if stored and not stored.provisional else None

    def _amend(
        self, stored: Response, answer: Answer, now: datetime, hourly: int, confirmed_by: Confirmation = ""
    ) -> Response:
        while True:
            amended = stored.amended(answer, now, hourly, confirmed_by)
            if amended is stored:
                return stored
            try:
                self.table.put(amended.amend_request())
            except ConditionFailed as failure:
                if failure.item is None:
                    raise AmendmentRefused("this answer's retention ended") from None
                stored = Response.from_item(failure.item)  # somebody else wrote a version; ours goes on top of it
            else:
                return amended

    def revise(self, fact: FactId, change: Callable[[Response], Response]) -> bool:
        """Store what an operator makes of a response; False if there is none, or its person was erased."""
        stored = self.response(fact)
        while stored is not None and not stored.erased:
            try:
                self.table.put(change(stored).amend_request())
            except ConditionFailed as failure:  # somebody else wrote a version; the operator's goes on top of it
                stored = Response.from_item(failure.item) if failure.item else None
            else:
                return True
        return False

    def presume(self, response: Response) -> bool:
        """Store a provisional answer; False if it is known, or somebody confirmed one.

        One that counts on no better evidence stays as it is, and is judged once more after the settle time.
        """
        try:
            self.table.update(presume_request(response))
        except ConditionFailed as failure:
            stored = Response.from_item(failure.item) if failure.item else None
            if stored and may_be_corrected(stored, response.score, response.answered_at):
                self._if_it_holds(reconsider_request(stored))
            return False
        return True

    def correct(self, stored: Response, score: int, now: datetime) -> bool:
        """Give a counted answer the score that was touched later; False if another version was written meanwhile."""
        return self._if_it_holds(correct_request(stored, score, now))

    def promote(self, fact: FactId, score: int) -> bool:
        """Count a provisional answer; False if it is no longer one."""
        return self._if_it_holds(promote_request(fact, score))

    def doubt(self, fact: FactId, reason: str) -> bool:
        """Label a provisional answer as a machine's; False if it is no longer one."""
        return self._if_it_holds(doubt_request(fact, reason))

    def unmask(self, fact: FactId, reason: str) -> bool:
        """Label an answer that only a form without a script confirmed; False if it is none, or no longer."""
        return self._if_it_holds(unmask_request(fact, reason))

    def _if_it_holds(self, request: Request) -> bool:
        try:
            self.table.update(request)
        except ConditionFailed:
            return False
        return True

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
        return self._if_it_holds(mark_request(fact, mark))

    def newest(
        self,
        survey: str,
        shards: int,
        months: list[str],
        most: int,
        until: datetime | None = None,
        skipped: Skipped | None = None,
    ) -> list[Response]:
        """The newest responses of some months (yyyy-mm), by the time they were begun, newest first.

        With `until`, only those begun before that moment. `skipped` is told of those that cannot be read.
        """
        skipped = skipped or Skipped()
        found: list[Response] = []
        for month in sorted(months, reverse=True):
            streams = [self._backwards(pk, until) for pk in partitions(RESPONSE, survey, shards, [month])]
            newest = merge(*streams, key=lambda item: str(item["sk"]), reverse=True)
            found += islice(skipped.read(_listed, newest), most - len(found))
        return found

    def earlier(self, response: Response, most: int) -> list[Response]:
        """What the person answered to the same survey before, newest first: at most `most` answers that count.

        The index is eventually consistent, so an answer of the last moments may be missing; those it names are
        read themselves, as they stand now.
        """
        if not response.contact:
            return []
        keys = Skipped().read(_fact, self.table.query(response.earlier_request()))
        found = self.one_by_one(fact for fact in keys if fact.survey == response.id.survey)
        counted = (each for each in found if each.counted and each.contact == response.contact)
        return list(islice(counted, most))

    def one_by_one(self, facts: Iterable[FactId]) -> Iterator[Response]:
        """Those of some responses that there are, for who may not read them together."""
        items = (self.table.get(fact.key(RESPONSE)) for fact in facts)
        return Skipped().read(Response.from_item, filter(None, items))

    def responses(self, facts: Sequence[FactId]) -> list[Response]:
        """Those of some responses that there are, in no order."""
        items = self.table.get_many([fact.key(RESPONSE) for fact in facts])
        return list(Skipped().read(Response.from_item, items))

    def _backwards(self, pk: str, until: datetime | None) -> Iterator[Item]:
        before = {":until": encode_ulid(int(until.timestamp() * 1000), bytes(10))} if until else {}
        return self.table.query(
            {
                "KeyConditionExpression": "pk = :pk" + " AND sk < :until" * bool(before),
                "ExpressionAttributeValues": {":pk": pk, **before},
                "ScanIndexForward": False,
                "Limit": 50,
            }
        )


def _fact(item: Mapping[str, Any]) -> FactId:
    return kind_and_id(item["pk"], item["sk"])[1]


def _listed(item: Mapping[str, Any]) -> Response:
    """As aggregate reads it: nothing under another key, and nothing of newer software, is taken for an answer."""
    _fact(item)
    if item["schema"] > SCHEMA:
        raise ValueError("newer software wrote it")
    return Response.from_item(item)
