"""Referral links and the conversions they brought, in DirectoryTable."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from hearback import code as codes
from hearback.aws.dynamodb import ConditionFailed, Item, Request, Table, TransactionFailed
from hearback.contact import Contact
from hearback.conversion import (
    Conversion,
    KnownCustomer,
    NotCancelled,
    ReferenceUsed,
    digest_of,
    paid_request,
    pay_again_request,
    pay_request,
)
from hearback.referral import ReferralLink, click_request


class Referrals:
    def __init__(self, table: Table) -> None:
        self.table = table

    def link(self, typed: str) -> ReferralLink | None:
        """The link of a code, as somebody typed it."""
        code = codes.read(typed)
        found = self.table.get(ReferralLink.key_item(code)) if code else None
        return ReferralLink.from_item(found) if found else None

    def link_of(self, contact: str, survey: str, now: datetime) -> ReferralLink:
        """The contact's one link of a survey, made now if this is the first time; one write either way."""
        turn = 0
        while True:
            link = ReferralLink.of(survey, contact, now, turn)
            try:
                self.table.put(link.make_request())
            except ConditionFailed as failure:
                found = ReferralLink.from_item(failure.item or {})
                if found.belongs_with(link):
                    return found
                turn += 1
            else:
                return link

    def click(self, typed: str) -> ReferralLink | None:
        """Count that a link was followed; None if there is none."""
        code = codes.read(typed)
        if code is None:
            return None
        try:
            return ReferralLink.from_item(self.table.update(click_request(code)))
        except ConditionFailed:
            return None

    def knows(self, contact: str) -> bool:
        """Whether anything is kept of a contact: they answered, were invited or mailed, or became a customer."""
        request = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": Contact.key_item(contact)["pk"]},
            "Limit": 1,
        }
        return next(self.table.query(request), None) is not None

    def conversion(self, reference: str) -> Conversion | None:
        found = self.table.get(Conversion.key_item(reference))
        return Conversion.from_item(found) if found else None

    def record(self, conversion: Conversion, address: Contact | None = None) -> Conversion:
        """Store a conversion, once, with its customer's address; reported again, it is the one that is stored.

        Raises ReferenceUsed, KnownCustomer.
        """
        try:
            self.table.transact(conversion.record_requests(address))
        except TransactionFailed:
            stored = self.conversion(conversion.reference)
        else:
            return conversion
        if stored is None:
            raise KnownCustomer
        if not stored.reported_again(conversion):
            raise ReferenceUsed
        return stored

    def begin_to_pay(self, reference: str, now: datetime) -> Conversion | None:
        """The conversion, whose rewards are to be paid now; None if they are not due, are paid, or it was cancelled."""
        return self._moved(pay_request(reference, now))

    def paid(self, reference: str) -> None:
        self._moved(paid_request(reference))

    def pay_again(self, reference: str) -> Conversion | None:
        """The conversion, due again for a mail that is to be sent once more; None if it never came to paying."""
        return self._moved(pay_again_request(reference))

    def cancel(self, reference: str, now: datetime) -> Conversion | None:
        """The conversion, cancelled; None if there is none. Raises NotCancelled."""
        stored = self.conversion(reference)
        if stored is None:
            return None
        try:
            self.table.transact(stored.cancel_requests(now))
        except TransactionFailed:
            stored = self.conversion(reference) or stored
            raise NotCancelled(stored.state) from None
        self.let_go(stored.customer, reference)
        return replace(stored, state="cancelled")

    def let_go(self, customer: str, reference: str) -> None:
        """Forget the address that was kept for a customer's reward; whatever else is known of them by now stays."""
        with suppress(ConditionFailed):
            self.table.delete(Contact.let_go_request(customer, digest_of(reference)))

    def mail_gone(self, claim: Item) -> None:
        """Forget the address that was kept for the mail of a claim, if that is a reward's. Twice does no harm."""
        if "conversion" in claim and "contact" in claim:
            self.let_go(claim["contact"], claim["conversion"])

    def _moved(self, request: Request) -> Conversion | None:
        try:
            return Conversion.from_item(self.table.update(request))
        except ConditionFailed:
            return None
