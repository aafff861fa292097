"""Asking somebody: the invitation and the right to make it, which the contact rules give once in a quiet time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from hearback.aws.dynamodb import Table, TransactionFailed, transact
from hearback.contact import Contact, Slot
from hearback.invitation import Invitation

Asked = Literal["lately", "elsewhere"]
"""Why somebody may not be asked: this survey has asked them within its quiet time, or another one has."""


def slot_requests(contact: str, survey: str, ask: str, quiet: timedelta, apart: timedelta, now: datetime) -> list[Any]:
    """The right to ask somebody, to be taken together with what asks: `ask` is its id."""
    own, any_survey = Slot.asked(contact, survey), Slot.asked_by_any(contact)
    return [{"Update": own.take_request(ask, now, quiet)}, {"Update": any_survey.take_request(survey, now, apart)}]


def ask(
    directory: Table,
    feedback: Table,
    invitation: Invitation,
    quiet: timedelta,
    apart: timedelta,
    now: datetime,
    details: Contact | None = None,
) -> Asked | None:
    """Store an invitation; else why not: `quiet` and `apart` are how long nobody is asked after this survey and after
    another one. An invitation that is there already was asked lately.

    `details` are merged into what is known of the person. All of it is written together, so that a crash in between
    neither asks twice nor blocks somebody who was never asked.
    """
    slots = slot_requests(invitation.contact, invitation.id.survey, str(invitation.id), quiet, apart, now)
    writes: list[tuple[Table, Mapping[str, Any]]] = [(directory, slot) for slot in slots]
    writes.append((feedback, {"Put": invitation.create_request()}))
    if details:
        writes.append((directory, {"Update": details.merge_request()}))
    try:
        transact(writes)
    except TransactionFailed as failure:
        own, _, stored, *_ = failure.reasons
        return "lately" if (own, stored) != ("None", "None") else "elsewhere"
    return None
