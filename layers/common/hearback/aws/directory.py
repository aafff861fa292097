"""DirectoryTable: surveys, contacts, suppressions, slots, subscriptions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hearback.aws.dynamodb import ConditionFailed, Item, Table
from hearback.contact import Cap, Contact, MailKind, Slot, Suppression
from hearback.fact import FactId
from hearback.foreign import Skipped
from hearback.judging import Observation
from hearback.movement import Movement
from hearback.reached import Reached
from hearback.refusals import Refusals
from hearback.subscription import Subscription
from hearback.survey import Survey
from hearback.visit import Visit
from hearback.waiting import WaitingPlay

SURVEY_KEPT = timedelta(minutes=1)
ReadMovements = Callable[[Callable[[Mapping[str, Any]], Movement], Iterable[Mapping[str, Any]]], Iterator[Movement]]
"""How movements are made of items: by `map`, or by what goes on after one that cannot be read."""


class UnknownSurvey(LookupError):
    """No survey of this id has been applied."""


class Directory:
    def __init__(self, table: Table) -> None:
        self.table = table
        self._surveys: dict[str, tuple[datetime, Survey]] = {}

    def survey(self, survey: str, now: datetime) -> Survey:
        """A survey as applied, at most a minute old. Raises UnknownSurvey, UnreadableSurvey."""
        kept = self._surveys.get(survey)
        if kept and kept[0] <= now < kept[0] + SURVEY_KEPT:
            return kept[1]
        found = self.table.get(Survey.key_item(survey), consistent=False)
        if found is None:
            raise UnknownSurvey(survey)
        parsed = Survey.from_item(found)
        self._surveys[survey] = now, parsed
        return parsed

    def surveys(self) -> list[Survey]:
        """Every survey as applied. Raises UnreadableSurvey."""
        return [Survey.from_item(item) for item in self.survey_items()]

    def survey_items(self) -> list[Item]:
        """Every survey as it is stored, those included that this version cannot read."""
        request = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": Survey.key_item("")["pk"]},
        }
        return list(self.table.query(request))

    def put_survey(self, survey: Survey, now: datetime) -> None:
        self.table.put({"Item": survey.to_item(now)})

    def contact(self, key: str) -> Contact | None:
        found = self.table.get(Contact.key_item(key)) if key else None
        return Contact.from_item(found) if found else None

    def merge_contact(self, contact: Contact) -> None:
        self.table.update(contact.merge_request())

    def suppressed(self, contact: str, kind: MailKind) -> bool:
        """Whether this kind of mail must not go to the contact."""
        found = self.table.get(Suppression.key_item(contact))
        return found is not None and Suppression.from_item(found).forbids(kind)

    def mailable(self, contact: Contact, kind: MailKind) -> bool:
        """Whether there is an address that may get such a mail."""
        return bool(contact.email) and not self.suppressed(contact.key, kind)

    def suppress(self, suppression: Suppression) -> bool:
        """Mail this contact only what the suppression leaves; False if a bounce or a complaint stands there."""
        try:
            self.table.put(suppression.put_request())
        except ConditionFailed:
            return False
        return True

    def take(self, slot: Slot, by: str, now: datetime, quiet: timedelta) -> bool:
        """Whether `by` may use the slot: nobody else has within the quiet time."""
        try:
            self.table.update(slot.take_request(by, now, quiet))
        except ConditionFailed:
            return False
        return True

    def free(self, cap: Cap, now: datetime, by: str = "") -> bool:
        """Whether anybody, or only `by`, could take a slot now; only taking it makes sure."""
        return cap.slot.free_in(self.table.get(cap.slot.key_item), now, cap.quiet, by)

    def holder(self, slot: Slot) -> str:
        """Who took a slot last; "" for nobody."""
        return str((self.table.get(slot.key_item) or {}).get("taken_by", ""))

    def give_back(self, slot: Slot, by: str) -> None:
        """Free a slot that `by` took for nothing."""
        with suppress(ConditionFailed):  # somebody else has taken it since
            self.table.update(slot.give_back_request(by))

    def observe(self, visit: Visit, observation: Observation) -> Visit:
        """The visit with one more observation; one that has no room left keeps what it has."""
        try:
            return Visit.from_item(self.table.update(visit.observe_request(observation)))
        except ConditionFailed as full:
            return Visit.from_item(full.item or {})

    def visit(self, response: FactId) -> Visit | None:
        """What was observed of the token of a response."""
        found = self.table.get(Visit.key(response))
        return Visit.from_item(found) if found else None

    def visits(self, survey: str, shards: int, months: Sequence[str], skipped: Skipped) -> Iterator[Visit]:
        """The visits to links that were made in some months (yyyy-mm). `skipped` is told of what cannot be read."""
        for pk in Visit.partitions(survey, shards, months):
            request = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": pk}}
            yield from skipped.read(Visit.from_item, self.table.query(request))

    def refusals(self, survey: str) -> list[Refusals]:
        """What limits refused lately, oldest day first."""
        request = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": Refusals.key_item(survey, "")["pk"]},
        }
        return [Refusals.from_item(item) for item in self.table.query(request)]

    def reached(self, contact: str) -> Reached | None:
        """When a play last reached a contact; None for nobody, and for never."""
        found = self.table.get(Reached.key_item(contact)) if contact else None
        return Reached.from_item(found) if found else None

    def reach(self, reached: Reached) -> None:
        """Write down that a play has reached somebody, unless a newer answer's has."""
        with suppress(ConditionFailed):
            self.table.update(reached.reach_request())

    def let_wait(self, waiting: WaitingPlay) -> None:
        """Put a play among what is due, unless it is or was there for this version of its answer."""
        with suppress(ConditionFailed):
            self.table.update(waiting.wait_request())

    def waiting(self, response: FactId, play: str) -> WaitingPlay | None:
        """A play that waits for its delay to pass; None if it does not, or no more."""
        found = self.table.get(WaitingPlay.key_item(response, play))
        return WaitingPlay.from_item(found) if found and "due_kind" in found else None

    def end_wait(self, waiting: WaitingPlay) -> None:
        """Take a play from what is due, as it was read."""
        with suppress(ConditionFailed):  # expired, or waiting for a later version of its answer
            self.table.update(waiting.over_request())

    def put_movement(self, movement: Movement) -> None:
        self.table.put({"Item": movement.to_item()})

    def movements(self, survey: str, first: str, last: str, read: ReadMovements = map) -> Iterator[Movement]:
        """Whose category moved on some local days (yyyy-mm-dd), both included, in the order of the days."""
        for request in Movement.requests(survey, first, last):
            yield from read(Movement.from_item, self.table.query(request))

    def due(self, due_kind: str, until: datetime | None = None) -> Iterator[Item]:
        """What waits for a time, first due first; with `until`, only what is due by then."""
        condition = "due_kind = :kind" if until is None else "due_kind = :kind AND due_at <= :until"
        values = {":kind": due_kind} | ({":until": until.isoformat()} if until else {})
        return self.table.query(
            {
                "IndexName": "by_due",
                "KeyConditionExpression": condition,
                "ExpressionAttributeValues": values,
            }
        )

    def subscriptions(self, survey: str) -> list[Subscription]:
        request = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": Subscription.key_item(survey, "")["pk"]},
        }
        return [Subscription.from_item(item) for item in self.table.query(request)]

    def put_subscription(self, subscription: Subscription) -> None:
        self.table.put({"Item": subscription.to_item()})

    def delete_subscription(self, subscription: Subscription) -> None:
        self.table.delete({"Key": Subscription.key_item(subscription.survey, subscription.id)})

    def advance(self, subscription: Subscription, next_due: datetime) -> bool:
        """Move a subscription to its next due time; False if somebody else has."""
        try:
            self.table.update(subscription.advance_request(next_due))
        except ConditionFailed:
            return False
        return True
