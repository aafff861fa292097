"""Whom an announcement is for: everybody whose answer raised the matter, and whether each can be told of it now."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from aggregate.facts import Inapplicable, ledger_of
from hearback.announcement import Announcement, Raised
from hearback.aws.claims import Claims
from hearback.aws.dynamodb import Unreadable, from_wire
from hearback.claim import State
from hearback.contact import Cap, Contact, Slot
from hearback.fact import RESPONSE, kind_and_id
from hearback.nps import Category
from hearback.response import Response
from hearback.survey import Survey
from ops.at_once import at_once
from ops.deployment import Deployment
from ops.recount import facts_of
from ops.scanning import Wire, scan

Standing = Literal[
    "to be told",
    "same person",
    "nobody known",
    "no address",
    "wants no such mail",
    "mailed lately",
    "told already",
    "being told",
    "in doubt",
    "refused",
]
"""Why a person is told now, or is not. `mailed lately`: another follow-up mail within the survey's cap."""
_CLAIMED: dict[State, Standing] = {
    "done": "told already",
    "claimed": "being told",
    "doubtful": "in doubt",
    "again": "in doubt",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that raised the matter."""

    response: Response
    raised: Raised


@dataclass(frozen=True, slots=True)
class Listed:
    answer: Answer
    contact: Contact
    """As far as the person is known; without an address, perhaps without a key."""
    standing: Standing


@dataclass(frozen=True, slots=True)
class Audience:
    deployment: Deployment
    survey: Survey
    announcement: Announcement
    now: datetime

    def answers(
        self, since: date | None, categories: Collection[Category], progressed: Callable[[int], None]
    ) -> list[Answer]:
        """Counted answers that raised the matter, newest first; `since` a local day, of any category if none is given.

        Reads the whole table: which words were said is in no index.
        """

        def look(page: Sequence[Wire]) -> list[Answer]:
            return [answer for answer in map(self._answer, page) if answer]

        def wanted(response: Response) -> bool:
            late_enough = since is None or response.day >= since.isoformat()
            return late_enough and (not categories or response.category in categories)

        found = []
        for step in scan(self.deployment.feedback.table, look, facts_of(self.survey.id)):
            progressed(step.read)
            found += [answer for answer in step.made if wanted(answer.response)]
        return sorted(found, key=lambda answer: (answer.response.answered_at, answer.response.id), reverse=True)

    def _answer(self, wire: Wire) -> Answer | None:
        try:
            item = from_wire(wire)
            ledger_of(item)
        except (Inapplicable, Unreadable):  # newer software wrote it, or a stranger; reconciling shows it
            return None
        if kind_and_id(item["pk"], item["sk"])[0] != RESPONSE:
            return None
        response = Response.from_item(item)
        raised = self.announcement.raised_in(response, self.survey) if response.counted else None
        return Answer(response, raised) if raised else None

    def listed(self, answers: Sequence[Answer]) -> Iterator[Listed]:
        """Each answer with where its person stands. Of one person's answers the newest counts, which comes first."""
        seen: set[str] = set()
        for answer, (contact, standing) in at_once(self._person, answers):
            key = answer.response.contact
            repeated = key in seen and standing == "to be told"
            seen |= {key} - {""}
            yield Listed(answer, contact, "same person" if repeated else standing)

    def _person(self, answer: Answer) -> tuple[Contact, Standing]:
        directory, key = self.deployment.directory, answer.response.contact
        if not key:
            return Contact(""), "nobody known"
        contact = directory.contact(key) or Contact(key)
        if not contact.email:
            return contact, "no address"
        if directory.suppressed(key, "follow-ups"):
            return contact, "wants no such mail"
        claim = Claims(directory.table).get(self.announcement.claim(answer.response).digest)
        if claim and (standing := _CLAIMED.get(claim["state"])):
            return contact, standing
        cap = Cap(Slot.mailed(key), self.survey.mail_cap)
        if not cap.slot.free_in(directory.table.get(cap.slot.key_item), self.now, cap.quiet):
            return contact, "mailed lately"
        return contact, "to be told"
