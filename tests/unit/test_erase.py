"""Erasing a person: nothing of them is left, everything that was counted stays counted."""

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from aggregate.facts import ledger_of
from hearback.aws.claims import Claims
from hearback.aws.coupons import Coupons
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.aws.referrals import Referrals
from hearback.aws.tasks import Tasks
from hearback.claim import Claim
from hearback.contact import Contact, Slot, Suppression, contact_key
from hearback.conversion import Conversion
from hearback.coupon import CouponRefused, GrantedCoupon
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.movement import Movement
from hearback.play import Coupon, Referral, Rewards
from hearback.reached import Reached
from hearback.referral import ReferralLink
from hearback.response import AmendmentRefused, Answer, Response
from hearback.task import Callback, Closing, Note, Task
from hearback.testimonial import Testimonial
from hearback.waiting import WaitingPlay
from ops import cli
from ops.erasure import Erasure
from ops.person import Person
from ops.terminal import Stop
from tests.conftest import NOW, Tables
from tests.fake_dynamodb import FakeDynamoDB

KEYS = {"k1": "the key of contacts"}
ADDRESS = "Asha.Rao@Example.com"
ASHA = contact_key(ADDRESS, KEYS, address=True)
RAVI = contact_key("rao@example.com", KEYS, address=True)
FIRST, SECOND = "the soup was cold again", "the waiter was rude to us"


@pytest.fixture
def tables() -> Tables:
    client: Any = FakeDynamoDB()
    return Tables(*(Table(client, name) for name in ("feedback", "directory", "tally")))


def response(number: int, contact: str, comment: str = "") -> Response:
    fact = FactId.of_row("shop", str(number), NOW)
    return Response(fact, 3, NOW, "2026-03-04", comment=comment, contact=contact, dimensions={"store": "pune"})


@pytest.fixture
def asha(tables: Tables) -> Response:
    """A person with an amended answer, an invitation, details, slots, an open task and a claim of a mail."""
    invitation = Invitation(FactId.mint("shop", 4, NOW), ASHA, "2026-03-01", dimensions={"store": "pune"})
    tables.responses.create(invitation)
    first = response(1, ASHA, FIRST)
    tables.responses.create(first)
    amended = tables.responses.amend(first.id, Answer(comment=SECOND, answers={"wish": "please call me back"}), NOW)
    assert amended
    directory = Directory(tables.directory)
    directory.merge_contact(Contact(ASHA, ADDRESS, "Asha Rao", "+91 98 7654 3210"))
    directory.take(Slot.asked(ASHA, "shop"), "me", NOW, timedelta(days=1))
    task = Task("t1", "shop", "ravi", NOW, NOW, frozenset({str(first.id)}), ASHA)
    Tasks(tables.directory).open_or_join(task, str(first.id))
    Claims(tables.directory).take(Claim(f"{first.id}/apologise", {"contact": ASHA}), NOW)
    return amended


@pytest.fixture
def somebody_else(tables: Tables) -> Response:
    """Another customer, whose address ends like hers and who said the same."""
    said = response(2, RAVI, SECOND)
    tables.responses.create(said)
    Directory(tables.directory).merge_contact(Contact(RAVI, "rao@example.com", "Ravi Rao"))
    return said


def erasure(tables: Tables, name: str = ADDRESS) -> Erasure:
    return Erasure(Person.named(name, KEYS), tables.responses, tables.directory, tables.tally)


def erase(tables: Tables, name: str = ADDRESS) -> Erasure:
    done = erasure(tables, name)
    assert done.erase(lambda _: None) == []
    return done


def everything(tables: Tables) -> str:
    return str([table.scan_page({})[0] for table in (tables.feedback, tables.directory, tables.tally)])


@pytest.mark.parametrize("name", [ADDRESS, "  asha.rao@example.com ", ASHA], ids=["address", "typed", "key"])
def test_nothing_of_the_person_is_left(tables: Tables, asha: Response, name: str) -> None:
    done = erase(tables, name)
    assert done.removed == {
        "answer": 1,
        "invitation": 1,
        "contact details": 1,
        "slot": 2,  # asked lately, has a task open
        "task": 1,
        "claim": 1,
    }
    stored = everything(tables)
    for word in (ASHA, "asha", "Asha", "3210", FIRST, SECOND, "call me back"):
        assert word not in stored


@pytest.mark.parametrize("name", ["", " "])
def test_nothing_is_proved_of_nobody(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["erase", name, "--yes"])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert "name the person" in printed.err


def test_what_plays_remember_goes_or_names_nobody(tables: Tables, asha: Response) -> None:
    directory = Directory(tables.directory)
    directory.reach(Reached(ASHA, NOW, str(asha.id)))
    directory.take(Slot.played(ASHA, "shop", "call"), "me", NOW, timedelta(days=1))
    directory.let_wait(WaitingPlay(asha.id, "later", NOW + timedelta(days=2), version=1))
    directory.put_movement(Movement(asha.id, asha.day, 9, 2**31))

    assert erase(tables).removed["slot"] == 4

    assert ASHA not in everything(tables)
    assert directory.waiting(asha.id, "later") is not None  # it comes to nothing when it is due
    assert [moved.before for moved in directory.movements("shop", asha.day, asha.day)] == [9]


def test_what_was_counted_stays_counted(tables: Tables, asha: Response) -> None:
    before = [ledger_of(item).contribution for item in facts(tables)]
    erase(tables)
    after = [ledger_of(item) for item in facts(tables)]
    assert [ledger.contribution for ledger in after] == before
    assert sorted(ledger.version for ledger in after) == [2, 3]


def test_an_erased_answer_takes_no_amendment(tables: Tables, asha: Response) -> None:
    erase(tables)
    with pytest.raises(AmendmentRefused, match="erased"):
        tables.responses.amend(asha.id, Answer(comment="me again"), NOW)


def test_the_task_says_why_nobody_can_be_called(tables: Tables, asha: Response) -> None:
    erase(tables)
    task = Tasks(tables.directory).get("t1")
    assert task
    assert (task.contact, task.erased, task.open) == ("", True, True)


def test_a_closed_task_loses_its_notes_and_keeps_how_it_ended(tables: Tables, asha: Response) -> None:
    tasks = Tasks(tables.directory)
    task = tasks.get("t1")
    assert task
    tasks.call_back("t1", Callback("+91 98 7654 3210", "after Asha's work", NOW))
    closing = Closing(NOW, "ravi", "resolved", "price")
    tasks.close(task, closing, Note("n1", NOW, "ravi", "Asha is happy again now"), timedelta(days=30))
    erase(tables)
    closed = tasks.get("t1")
    assert closed
    assert (closed.notes, closed.callback, closed.closing, closed.contact) == ((), None, closing, "")
    assert ASHA not in everything(tables)


def test_a_suppression_stays_so_that_an_erased_person_is_not_mailed(tables: Tables, asha: Response) -> None:
    directory = Directory(tables.directory)
    directory.suppress(Suppression(ASHA, "complaint", NOW))
    done = erase(tables)
    assert [trace.name for trace in done.kept] == [f"DirectoryTable SUPPRESSION#{ASHA} SUPPRESSION"]
    assert directory.suppressed(ASHA, "surveys")


def test_other_people_keep_what_they_said(tables: Tables, asha: Response, somebody_else: Response) -> None:
    erase(tables)
    assert tables.responses.response(somebody_else.id) == somebody_else
    assert Directory(tables.directory).contact(RAVI) == Contact(RAVI, "rao@example.com", "Ravi Rao")


def test_looking_removes_nothing(tables: Tables, asha: Response) -> None:
    before = everything(tables)
    found = erasure(tables).find(lambda _: None)
    assert len(found) == 7
    assert everything(tables) == before


def test_details_under_another_key_lead_to_what_is_stored_there(tables: Tables, asha: Response) -> None:
    other = contact_key("customer 17", KEYS, address=False)
    Directory(tables.directory).merge_contact(Contact(other, "asha.rao@example.com"))
    tables.responses.create(response(5, other, "and another thing, the parking"))
    assert erase(tables).removed["answer"] == 2
    assert other not in everything(tables)


def test_the_id_of_another_system_names_a_person(tables: Tables) -> None:
    tables.responses.create(response(1, contact_key("customer 17", KEYS, address=False), FIRST))
    assert erase(tables, "customer 17").removed == {"answer": 1}
    assert FIRST not in everything(tables)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("asha.rao@example.com", "asha.rao@example.com"),
        ("asha.rao@example.com", "Asha.Rao@Example.com "),
        ("Asha.Rao@Example.com", "Asha.Rao@Example.com"),
    ],
)
def test_an_address_names_whom_another_system_knows_by_it(tables: Tables, written: str, typed: str) -> None:
    tables.responses.create(response(1, contact_key(written, KEYS, address=False), FIRST))
    assert erase(tables, typed).removed == {"answer": 1}
    assert FIRST not in everything(tables)


def test_an_id_that_looks_like_a_key_names_whom_another_system_knows_by_it(tables: Tables) -> None:
    looks_like_a_key = "900150983cd24fb0d6963f7d28e17f72"
    tables.responses.create(response(1, contact_key(looks_like_a_key, KEYS, address=False), FIRST))
    assert erase(tables, looks_like_a_key).removed == {"answer": 1}
    assert FIRST not in everything(tables)


def test_an_answer_amended_while_it_is_erased_is_erased_as_amended(tables: Tables, asha: Response) -> None:
    read_before = replace(asha, version=1)
    tables.responses.erase(read_before)
    stored = tables.responses.response(asha.id)
    assert stored
    assert (stored.version, stored.erased, stored.comment) == (3, True, "")


def test_an_answer_that_expires_while_it_is_erased_stays_gone(tables: Tables, asha: Response) -> None:
    tables.feedback.delete({"Key": asha.key})
    tables.responses.erase(asha)
    assert tables.responses.response(asha.id) is None


def test_an_answer_given_while_others_are_erased_is_found_by_the_next_reading(tables: Tables, asha: Response) -> None:
    late = [response(number, ASHA, "just one more thing") for number in (7, 8)]
    readings = []

    def meanwhile(read: int) -> None:
        readings.append(read)
        if late and len(readings) > 24:  # eight segments of three tables: the second reading
            tables.responses.create(late.pop())

    done = erasure(tables)
    assert done.erase(meanwhile) == []
    assert done.removed["answer"] == 3
    assert "just one more thing" not in everything(tables)


def test_what_cannot_be_erased_is_named(tables: Tables, asha: Response) -> None:
    tables.feedback.put({"Item": {**response(9, ASHA).to_item(), "schema": 99}})
    tables.directory.put({"Item": {"pk": "SUBSCRIPTIONS#shop", "sk": "ravi", "email": "asha.rao@example.com"}})
    tables.directory.put({"Item": {"pk": "COUPON#1", "sk": "COUPON", "for": f"she said: {SECOND}"}})
    left = {trace.name.split()[1]: trace.says for trace in erasure(tables).erase(lambda _: None)}
    assert left == {
        response(9, ASHA).key["pk"]: "the contact's key",
        "SUBSCRIPTIONS#shop": "an address",
        "COUPON#1": "words",
    }


def test_erasing_twice_finds_nothing_the_second_time(tables: Tables, asha: Response) -> None:
    erase(tables)
    assert erase(tables).removed == {}


def test_a_bad_address_is_refused() -> None:
    with pytest.raises(Stop, match="not an e-mail address"):
        Person.named("asha@", KEYS)


def facts(tables: Tables) -> list[dict[str, Any]]:
    client: Any = tables.feedback.client
    return [tables.feedback.get({"pk": pk, "sk": sk}) or {} for pk, sk in sorted(client.tables["feedback"])]


def test_a_wish_to_be_mailed_again_is_no_suppression_and_goes(tables: Tables, asha: Response) -> None:
    Directory(tables.directory).suppress(Suppression(ASHA, "unsubscribe", NOW, "nothing"))
    done = erase(tables)
    assert done.kept == []
    assert done.removed["preference"] == 1
    assert ASHA not in everything(tables)


class TestNextSteps:
    """Coupons, links, conversions and testimonials: nobody is named any more, and what was counted stays."""

    @pytest.fixture
    def rewarded(self, tables: Tables, asha: Response) -> tuple[GrantedCoupon, ReferralLink]:
        """Asha has a coupon, a link that brought Ravi, and allowed to be quoted; Ravi's link brought her first."""
        referrals = Referrals(tables.directory)
        for promoter, customer in ((RAVI, ASHA), (ASHA, RAVI)):
            link = referrals.link_of(promoter, "shop", NOW)
            sold = {"reference": f"order of {customer[:4]}", "promoter": promoter, "customer": customer}
            programme = Referral(target="https://shop.example/", rewards=Rewards(promoter="tenth", friend="tenth"))
            promised = {"tenth": Coupon.model_validate({"text": "10% off"})}
            sale = Conversion.of(programme, "shop", link.code, coupons=promised, value=Decimal(120), now=NOW, **sold)
            referrals.record(sale)
        wanted = GrantedCoupon("shop", "tenth", ASHA, f"{asha.id}/gift", NOW, NOW + timedelta(days=30))
        granted = Coupons(tables.directory, os.urandom).grant(wanted)
        given = Testimonial.of(asha, "I dream of these samosas", "Asha from Pune", NOW, 2_000_000_000)
        tables.directory.put({"Item": given.to_item()})
        return granted, link

    def test_nothing_names_the_person(self, tables: Tables, rewarded: tuple[GrantedCoupon, ReferralLink]) -> None:
        done = erase(tables)

        for kind, count in (("coupon", 1), ("referral", 1), ("conversion", 2), ("testimonial", 1)):
            assert done.removed[kind] == count  # type: ignore[index]
        stored = everything(tables)
        for word in (ASHA, "asha", "Asha", "samosas"):
            assert word not in stored
        assert RAVI in stored

    def test_the_coupon_is_worth_nothing_and_the_link_leads_on(
        self, tables: Tables, rewarded: tuple[GrantedCoupon, ReferralLink]
    ) -> None:
        granted, link = rewarded
        erase(tables)

        with pytest.raises(CouponRefused, match="had their data erased"):
            Coupons(tables.directory, os.urandom).redeem(granted.code, "", "", NOW)
        assert Referrals(tables.directory).click(link.code) == replace(link, contact="", clicks=1)

    def test_the_other_side_s_conversion_stays_worth_what_it_was(
        self, tables: Tables, rewarded: tuple[GrantedCoupon, ReferralLink]
    ) -> None:
        erase(tables)

        found = Referrals(tables.directory).conversion(f"order of {RAVI[:4]}")
        assert found
        assert (found.promoter, found.customer, str(found.value), found.counted) == ("", RAVI, "120.00", True)

    def test_what_a_coupon_was_redeemed_for_is_forgotten_and_that_it_was_is_not(
        self, tables: Tables, rewarded: tuple[GrantedCoupon, ReferralLink]
    ) -> None:
        coupons = Coupons(tables.directory, os.urandom)
        coupons.redeem(rewarded[0].code, "receipt of Asha Rao", "her street", NOW)
        erase(tables)

        found = coupons.get(rewarded[0].code)
        assert found
        assert (found.redeemed_at, found.reference, found.where) == (NOW, "", "")
