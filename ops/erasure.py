"""Erasing a person: what is stored of them is taken out, what was counted stays counted.

Everything is found by reading the tables from end to end. The index by contact would find most answers
quicker, but it is eventually consistent and knows nothing of invitations, tasks and claims; and the reading
is needed anyway, to prove that nothing is left.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from aggregate.facts import Inapplicable, ledger_of
from hearback import conversion, coupon, referral
from hearback.aws.dynamodb import ConditionFailed, Item, Request, Table, Unreadable, from_wire
from hearback.aws.feedback import Feedback
from hearback.claim import Claim, forget_request
from hearback.contact import Contact
from hearback.conversion import PEOPLE, Conversion
from hearback.coupon import GrantedCoupon
from hearback.fact import INVITATION, RESPONSE
from hearback.invitation import Invitation
from hearback.referral import ReferralLink
from hearback.response import Response
from hearback.task import Task
from hearback.task_changes import erase_request
from ops.person import Person, phrases, searcher
from ops.scanning import Wire, scan

READINGS = 5
"""Of all tables. Each finds what was written during the one before; the last one finds nothing, and is the proof."""

Where = Literal["FeedbackTable", "TallyTable", "DirectoryTable"]
Kind = Literal[
    "contact details",
    "slot",
    "answer",
    "invitation",
    "task",
    "claim",
    "coupon",
    "referral",
    "conversion",
    "testimonial",
    "preference",
    "suppression",
    "unknown",
]


_WITH_THEIR_KEY: dict[str, Kind] = {"CONTACT": "slot", "SUPPRESSION": "suppression"}
"""Items of DirectoryTable whose keys hold the contact's, by how these begin."""
_THAT_NAME_THEM: dict[tuple[Where, str], tuple[Kind, Sequence[str]]] = {
    ("FeedbackTable", RESPONSE): ("answer", ["contact"]),
    ("FeedbackTable", INVITATION): ("invitation", ["contact_key"]),
    ("DirectoryTable", "TASK"): ("task", ["contact_key"]),
    ("DirectoryTable", "CLAIM"): ("claim", ["contact"]),
    ("DirectoryTable", "COUPON"): ("coupon", ["contact"]),
    ("DirectoryTable", "REFERRAL"): ("referral", ["contact"]),
    ("DirectoryTable", "CONVERSION"): ("conversion", PEOPLE),
    ("DirectoryTable", "TESTIMONIAL"): ("testimonial", ["contact"]),
}
"""Items with attributes that may hold the contact's key, by how their keys begin."""


@dataclass(frozen=True, slots=True)
class Trace:
    """An item that tells of the person."""

    where: Where
    kind: Kind
    item: Item
    """Its key alone, if it cannot be read."""
    says: str

    @property
    def name(self) -> str:
        return f"{self.where} {self.item['pk']} {self.item['sk']}"


@dataclass(slots=True)
class Erasure:
    person: Person
    feedback: Feedback
    directory: Table
    tallies: Table
    removed: Counter[Kind] = field(default_factory=Counter)
    words: int = 0
    """Comments, answers in words and their earlier versions that were removed."""
    kept: list[Trace] = field(default_factory=list)
    """Suppressions: they stay."""
    _phrases: frozenset[str] = frozenset()
    _erased: set[tuple[str, str]] = field(default_factory=set)
    """Keys of facts whose words were removed."""

    def find(self, progressed: Callable[[int], None]) -> list[Trace]:
        """Every item that tells of the person now, of all three tables, suppressions aside."""
        while True:
            known = self.person
            traces = list(self._reading(progressed))
            for trace in traces:
                if trace.kind == "contact details":
                    self.person = self.person.known_as(Contact.from_item(trace.item))
            if self.person == known:
                break  # else there is more to look for
        self.kept = [trace for trace in traces if trace.kind == "suppression"]
        return [trace for trace in traces if trace.kind != "suppression"]

    def erase(self, progressed: Callable[[int], None]) -> list[Trace]:
        """Take out what can be found until nothing can be; what is left that this software cannot take out."""
        for _ in range(READINGS):
            left = self.find(progressed)
            known = [trace for trace in left if trace.kind != "unknown"]
            if not known:
                break
            for trace in known:
                self._forget(trace)
        return left

    def _reading(self, progressed: Callable[[int], None]) -> Iterator[Trace]:
        search = searcher(self.person)
        tables: list[tuple[Where, Table]] = [
            ("FeedbackTable", self.feedback.table),
            ("DirectoryTable", self.directory),
            ("TallyTable", self.tallies),
        ]
        for where, table in tables:

            def work(page: Sequence[Wire], where: Where = where) -> list[Trace]:
                found = []
                for item in page:
                    place = item["pk"]["S"], item["sk"]["S"]
                    # What other people answered may be in the very same words.
                    wanted = self._phrases if where != "FeedbackTable" or place in self._erased else ()
                    if says := search(item, wanted):
                        found.append(self._trace(where, item, says))
                return found

            for step in scan(table, work, {"ConsistentRead": True}):
                progressed(step.read)
                yield from step.made

    def _trace(self, where: Where, wire: Wire, says: str) -> Trace:
        try:
            item = from_wire(wire)
            return Trace(where, self._kind(where, item), item, says)
        except (Inapplicable, Unreadable):  # newer software wrote it, or a stranger
            return Trace(where, "unknown", {"pk": wire["pk"]["S"], "sk": wire["sk"]["S"]}, says)

    def _kind(self, where: Where, item: Item) -> Kind:
        beginning, _, rest = item["pk"].partition("#")
        if where == "FeedbackTable":
            ledger_of(item)  # raises Inapplicable for a fact that this software cannot read
        if (beginning, item["sk"]) == ("CONTACT", "CONTACT") and self.person.is_contact(Contact.from_item(item)):
            return "contact details"
        if beginning in _WITH_THEIR_KEY and rest in self.person.keys:
            return "preference" if item.get("covers") == "nothing" else _WITH_THEIR_KEY[beginning]
        kind, attributes = _THAT_NAME_THEM.get((where, beginning), ("unknown", ()))
        return kind if any(item.get(attribute) in self.person.keys for attribute in attributes) else "unknown"

    def _forget(self, trace: Trace) -> None:
        """Take the person out of an item. Where it was changed meanwhile, the next reading finds it again."""
        key = {"pk": trace.item["pk"], "sk": trace.item["sk"]}
        match trace.kind:
            case "answer":
                response = Response.from_item(trace.item)
                self._remember(_words(response))
                self._erased.add((key["pk"], key["sk"]))
                self.feedback.erase(response)
            case "invitation":
                self.feedback.erase(Invitation.from_item(trace.item))
            case "contact details" | "slot" | "preference":
                self.directory.delete({"Key": key})
            case "task":
                self._remember([note["text"] for note in trace.item.get("notes", ())])
                self._update(erase_request(Task.id_of(key), trace.item["contact_key"]))
            case "claim":
                self._update(forget_request(Claim.digest_of(key), trace.item["contact"]))
            case "coupon":
                self._update(coupon.erase_request(GrantedCoupon.code_of(key), trace.item["contact"]))
            case "referral":
                self._update(referral.erase_request(ReferralLink.code_of(key), trace.item["contact"]))
            case "conversion":
                for side in PEOPLE:
                    if trace.item.get(side) in self.person.keys:
                        reference = Conversion.reference_of(key)
                        self._update(conversion.erase_request(reference, trace.item[side], side))
            case "testimonial":
                self._remember([trace.item["words"]])
                self.directory.delete({"Key": key})
        self.removed[trace.kind] += 1

    def _remember(self, words: Sequence[str]) -> None:
        """Keep what was removed for as long as the proof needs it."""
        self.words += sum(bool(each) for each in words)
        self._phrases |= phrases(words)

    def _update(self, request: Request) -> None:
        with suppress(ConditionFailed):
            self.directory.update(request)


def _words(response: Response) -> list[str]:
    """Everything the person said, in every version."""
    said = [response.comment, *response.answers.values()]
    for version in response.history:
        said += [version.get("comment", ""), *version.get("answers", {}).values()]
    return said
