"""What SES tells of a mail settles doubts, marks invitations, and suppresses."""

from datetime import timedelta
from typing import Any

import pytest

from followup import mail_events
from hearback.aws.claims import Claims
from hearback.claim import DOUBTFUL, DUE_KIND, REFUSED, Claim, forget_request
from hearback.contact import Cap, Slot
from hearback.fact import FactId
from hearback.invitation import Invitation
from tests.integration.followup_world import CONTEXT, World


def event(kind: str, digest: str, **parts: Any) -> dict[str, Any]:
    mail = {"messageId": "ses-1", "tags": {"claim": [digest], "ses:configuration-set": ["MailConfiguration"]}}
    return {"source": "aws.ses", "detail": {"eventType": kind, "mail": mail, **parts}}


def tell(kind: str, claim: Claim, **parts: Any) -> None:
    mail_events.handler(event(kind, claim.digest, **parts), CONTEXT)


@pytest.fixture
def claim(world: World) -> Claim:
    """Of a mail whose sender died before it could mark it."""
    made = Claim("shop.x/thank", {"contact": world.customer("Ravi").key})
    Claims(world.tables.directory).take(made, world.now)
    return made


def state(world: World, claim: Claim) -> str:
    return str((Claims(world.tables.directory).get(claim.digest) or {})["state"])


def complaint(feedback_type: str) -> dict[str, Any]:
    """As SES tells it."""
    return {
        "feedbackId": "0100018e-of-ses",
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": "ravi@example.com"}],
        "timestamp": "2026-03-04T10:31:00.000Z",
        "userAgent": "Provider FBL v1",
        "complaintFeedbackType": feedback_type,
        "arrivalDate": "2026-03-04T10:30:30.000Z",
    }


@pytest.mark.parametrize("kind", ["Send", "Delivery", "DeliveryDelay", "Complaint"])
def test_any_event_proves_that_the_mail_was_accepted(world: World, claim: Claim, kind: str) -> None:
    tell(kind, claim)

    assert state(world, claim) == "done"


def test_an_event_resolves_a_mail_that_an_operator_was_shown(world: World, claim: Claim) -> None:
    Claims(world.tables.directory).settle(claim.digest, "doubtful", world.now)

    tell("Delivery", claim)

    assert state(world, claim) == "done"


@pytest.mark.parametrize(
    ("kind", "parts", "suppressed"),
    [
        ("Bounce", {"bounce": {"bounceType": "Permanent"}}, True),
        ("Bounce", {"bounce": {"bounceType": "Transient"}}, False),
        ("Complaint", {}, True),
        ("Complaint", {"complaint": complaint("abuse")}, True),
        ("Complaint", {"complaint": complaint("not-spam")}, False),
        ("Delivery", {}, False),
    ],
)
def test_hard_bounces_and_complaints_suppress(
    world: World, claim: Claim, kind: str, parts: dict[str, Any], *, suppressed: bool
) -> None:
    for _ in range(2):  # events may come twice
        tell(kind, claim, **parts)

    assert world.tables.people.suppressed(claim.about["contact"], "surveys") is suppressed


@pytest.mark.parametrize("order", [("Send", "Reject"), ("Reject", "Send"), ("Reject", "Reject")])
def test_a_mail_that_ses_rejects_after_all_is_put_before_an_operator_and_leaves_the_cap(
    world: World, order: tuple[str, str]
) -> None:
    ravi = world.customer("Ravi")
    cap = Cap(Slot.mailed(ravi.key), timedelta(days=7))
    claims, claim = Claims(world.tables.directory), Claim("shop.x/thank", {"contact": ravi.key})
    claims.take(claim, world.now, [cap])

    for kind in order:
        tell(kind, claim)

    assert [item["note"] for item in world.tables.people.due(REFUSED)] == ["rejected"]
    assert claims.take(Claim("shop.y/thank", {"contact": ravi.key}), world.now, [cap]) is None


@pytest.mark.parametrize(("kind", "note"), [("Bounce", "bounced"), ("Complaint", "complained")])
def test_a_mail_that_somebody_of_our_own_does_not_get_or_want_is_put_before_an_operator(
    world: World, kind: str, note: str
) -> None:
    claim = Claim("task-notice/t1", {"task": "t1"})
    Claims(world.tables.directory).take(claim, world.now)
    tell("Send", claim)

    tell(kind, claim, bounce={"bounceType": "Permanent"})
    tell("Send", claim)  # late

    assert [(item["task"], item["note"]) for item in world.tables.people.due(REFUSED)] == [("t1", note)]


def test_a_mail_to_somebody_of_our_own_that_is_no_spam_is_put_before_nobody(world: World) -> None:
    claim = Claim("task-notice/t1", {"task": "t1"})
    Claims(world.tables.directory).take(claim, world.now)

    tell("Complaint", claim, complaint=complaint("not-spam"))

    assert (state(world, claim), list(world.tables.people.due(REFUSED))) == ("done", [])


@pytest.mark.parametrize("kind", ["Bounce", "Complaint"])
def test_what_comes_back_from_a_customer_who_was_erased_meanwhile_is_no_mail_of_our_own(
    world: World, claim: Claim, kind: str
) -> None:
    tell("Send", claim)
    world.tables.directory.update(forget_request(claim.digest, claim.about["contact"]))

    tell(kind, claim, bounce={"bounceType": "Permanent"})

    assert list(world.tables.people.due(REFUSED)) == []


@pytest.mark.parametrize("kind", ["Send", "Delivery", "Bounce"])
def test_events_before_the_mark_twice_and_out_of_order_settle_it_once(world: World, claim: Claim, kind: str) -> None:
    claims = Claims(world.tables.directory)
    for each in ("Delivery", kind, "Send", kind):
        tell(each, claim, bounce={"bounceType": "Transient"})

    assert claims.settle(claim.digest, "done", world.now, "the sender's mark, late") is None
    assert state(world, claim) == "done"
    assert list(world.tables.people.due(DUE_KIND)) == []


def test_an_event_of_a_mail_that_is_to_be_sent_again_keeps_it_from_being_sent_twice(world: World, claim: Claim) -> None:
    claims = Claims(world.tables.directory)
    claims.settle(claim.digest, "doubtful", world.now)
    claims.resolve(claim.digest, "again", world.now, "by an operator")

    tell("Delivery", claim)

    assert claims.take(claim, world.now) == "done"
    assert list(world.tables.people.due(DOUBTFUL)) == []


def test_a_delivered_invitation_is_counted_so_once(world: World) -> None:
    fact = FactId.mint("shop", 4, world.now)
    world.tables.responses.create(Invitation(fact, "c" * 32, "2026-03-04"))
    claim = Claim(f"invitation/{fact}", {"contact": "c" * 32, "invitation": str(fact)})
    Claims(world.tables.directory).take(claim, world.now)

    tell("Delivery", claim)
    tell("Delivery", claim)

    stored = world.tables.responses.invitation(fact)
    assert stored is not None
    assert (stored.delivered, stored.version) == (True, 2)


def test_a_bounce_for_a_mail_we_never_sent_changes_nothing(world: World) -> None:
    tell("Bounce", Claim("somebody else's"), bounce={"bounceType": "Permanent"})

    assert list(world.tables.directory.query(all_suppressions())) == []


def all_suppressions() -> dict[str, Any]:
    return {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": f"SUPPRESSION#{'c' * 32}"},
    }
