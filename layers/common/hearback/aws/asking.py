"""Asking somebody: the invitation and the right to make it, which the contact rules give once in a quiet time."""

from datetime import datetime, timedelta

from hearback.aws.dynamodb import Table, TransactionFailed, transact
from hearback.contact import Contact, Slot
from hearback.invitation import Invitation


def ask(
    directory: Table,
    feedback: Table,
    invitation: Invitation,
    quiet: timedelta,
    now: datetime,
    details: Contact | None = None,
) -> bool:
    """Store an invitation; False if its person was asked within the quiet time, be it by this very invitation.

    `details` are merged into what is known of the person. All of it is written together, so that a crash in between
    neither asks twice nor blocks somebody who was never asked.
    """
    slot = Slot.asked(invitation.contact, invitation.id.survey)
    try:
        transact(
            [
                *([(directory, {"Update": details.merge_request()})] if details else []),
                (directory, {"Update": slot.take_request(str(invitation.id), now, quiet)}),
                (feedback, {"Put": invitation.create_request()}),
            ]
        )
    except TransactionFailed as failure:
        if failure.only_conditions:
            return False
        raise
    return True
