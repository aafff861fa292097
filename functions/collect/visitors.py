"""Visitors of somebody's site: anybody, or a person that the site's server vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from collect import identity
from collect.wiring import Wiring
from hearback.aws.asking import slot_requests
from hearback.aws.dynamodb import TransactionFailed
from hearback.contact import Contact
from hearback.survey import Survey


@dataclass(frozen=True, slots=True)
class Visitor:
    contact: Contact | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    """What the site's server says of the visitor, so not only public ones."""

    @property
    def key(self) -> str:
        """The contact's key; "" for anybody."""
        return self.contact.key if self.contact else ""


ANYBODY = Visitor()


def recognised(wiring: Wiring, signed_identity: str, now: datetime) -> Visitor:
    """Who a signed identity stands for; anybody if there is none. Raises Problem."""
    if not signed_identity:
        return ANYBODY
    said = identity.verify(signed_identity, wiring.identity_keys.at(now), now)
    return Visitor(said.contact(wiring.contact_keys.at(now)), said.dimensions)


def may_ask(wiring: Wiring, survey: Survey, visitor: Visitor, response: str, now: datetime) -> bool:
    """Whether a visitor may be asked for `response` now; if so, it counts as asked from here on.

    A known person is asked once within the survey's quiet period, by mail or here, and not soon after another survey
    asked. Details and the right to ask are written together, so that nobody's are kept who was not asked. Of anybody
    else only the browser knows when they were asked. Raises TemporarilyUnavailable.
    """
    if visitor.contact is None:
        return True
    writes = slot_requests(visitor.key, survey.id, response, survey.quiet, survey.apart, now)
    if visitor.contact != Contact(visitor.key):
        writes.append({"Update": visitor.contact.merge_request()})
    try:
        wiring.directory.table.transact(writes)
    except TransactionFailed:
        return False
    return True
