"""POST /v1/machine/conversions: somebody became a customer through a referral link."""

from collect.bodies import Purchase
from collect.problems import Fault, Problem
from collect.replies import Converted
from collect.reply import Reply
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.referrals import Referrals
from hearback.contact import BadAddress, Contact, contact_key, mailbox
from hearback.conversion import BadValue, Conversion, KnownCustomer, ReferenceUsed
from hearback.play import Referral
from hearback.referral import ReferralLink
from hearback.survey import Survey


def convert(request: Request, wiring: Wiring) -> Reply:
    """Record a conversion once; reported again, it is told as it stands. Raises Problem."""
    said = Purchase.model_validate_json(request.json())
    referrals = Referrals(wiring.directory.table)
    link, survey, referral = _referral(wiring, referrals, said, request)
    by_mail = "@" in said.customer
    customer = _customer(said, wiring, request, by_mail=by_mail)
    conversion = _conversion(said, link, survey, referral, customer, request)
    known = referrals.knows(customer)
    if stored := referrals.conversion(said.reference):  # read last: whoever is known through it finds it
        if not stored.reported_again(conversion):
            raise _reference_used()
        return _told(stored)
    if not link.contact:
        raise Problem("code-erased", "Nothing was recorded: whose link it was had their data erased.")
    if customer == link.contact or (by_mail and _same_mailbox_as(link.contact, said.customer, wiring)):
        raise Problem("self-referral", "Nothing was recorded: the customer is the one whose link it is.")
    if known:
        raise _known_customer()
    # Their address is kept for one purpose, to mail the reward.
    address = Contact(customer, said.customer.strip()) if by_mail and "friend" in conversion.rewards else None
    try:
        return _told(referrals.record(conversion, address))
    except KnownCustomer:
        raise _known_customer() from None
    except ReferenceUsed:
        raise _reference_used() from None


def _customer(said: Purchase, wiring: Wiring, request: Request, *, by_mail: bool) -> str:
    try:
        return contact_key(said.customer, wiring.contact_keys.at(request.now), address=by_mail)
    except BadAddress:
        detail = "this is not an e-mail address"
        raise Problem("invalid-body", f"#/customer: {detail}.", [Fault("#/customer", detail)]) from None


def _same_mailbox_as(promoter: str, customer: str, wiring: Wiring) -> bool:
    kept = wiring.directory.contact(promoter)
    return kept is not None and kept.email != "" and mailbox(kept.email) == mailbox(customer)


def _referral(
    wiring: Wiring, referrals: Referrals, said: Purchase, request: Request
) -> tuple[ReferralLink, Survey, Referral]:
    if link := referrals.link(said.code):
        survey = wiring.directory.survey(link.survey, request.now)
        if survey.referral:
            return link, survey, survey.referral
    raise Problem("unknown-code", "Nothing was recorded: this is no code of a referral link of ours.")


def _conversion(
    said: Purchase, link: ReferralLink, survey: Survey, referral: Referral, customer: str, request: Request
) -> Conversion:
    if said.currency != referral.currency:
        detail = f"this survey's conversions are in {referral.currency}"
        raise Problem("foreign-currency", f"#/currency: {detail}.", [Fault("#/currency", detail)])
    try:
        return Conversion.of(
            referral,
            link.survey,
            link.code,
            coupons=survey.coupons,
            reference=said.reference,
            promoter=link.contact,
            customer=customer,
            value=said.value,
            now=request.now,
        )
    except BadValue as problem:
        raise Problem("invalid-body", f"#/value: {problem}.", [Fault("#/value", str(problem))]) from None


def _told(conversion: Conversion) -> Reply:
    payload: Converted = {
        "reference": conversion.reference,
        "survey": conversion.survey,
        "value": str(conversion.value),
        "currency": conversion.currency,
        "state": conversion.state,
        "rewards_at": conversion.pays_at.isoformat(timespec="seconds") if conversion.pays_at else None,
    }
    return Reply.json(201, payload, conversion=conversion.digest, survey=conversion.survey)


def _known_customer() -> Problem:
    return Problem("known-customer", "Nothing was recorded: this customer was known before, so nobody referred them.")


def _reference_used() -> Problem:
    return Problem("reference-used", "Nothing was recorded: another conversion was reported with this reference.")
