"""Whoever had asked is told what was done, once, within the caps, and only while their words still say so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from followup import worker
from followup.settle_queue import about_announcement
from hearback.announcement import Announcement
from hearback.announcement_message import Message
from hearback.aws import clients
from hearback.aws.announcements import Announcements
from hearback.aws.claims import Claims
from hearback.claim import LONGEST_SENDING
from hearback.contact import Slot, Suppression
from hearback.mentions import parse_terms
from hearback.response import Response
from tests.integration.followup_world import CONTEXT, World, raising, ses_error, sqs_event, unsubscribing
from tests.integration.test_followup_worker import DONE, RETRY

TEXT = b"Subject: You asked, we did\n\nYou wrote: {their_words}\n\nNow there are two tills.\n"


@pytest.fixture
def announced(world: World) -> Announcement:
    made = Announcement.of(world.survey, parse_terms("queue"), {"en": Message.parse(TEXT)}, world.now)
    Announcements(world.tables.directory).keep(made)
    return made


def tell(announcement: Announcement, *responses: Response) -> Mapping[str, Any]:
    messages = [about_announcement(announcement.id, response.id) for response in responses]
    return worker.handler(sqs_event(*messages), CONTEXT)


def test_a_customer_is_told_and_can_unsubscribe(world: World, announced: Announcement) -> None:
    response = world.answer(3, world.customer("Ravi"), comment="The queues!")

    assert tell(announced, response) == DONE

    (mail,) = world.mails()
    assert (mail["To"], mail["From"]) == ("Ravi <ravi@example.com>", "Chai & Co <feedback@example.com>")
    assert mail["Subject"] == "You asked, we did"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "You wrote: The queues!" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_mails_way_out_is_in_the_language_of_its_message(world: World) -> None:
    words = {"en": Message.parse(TEXT), "hi": Message.parse("Subject: बदल गया\n\nअब दो काउंटर हैं।\n".encode())}
    made = Announcement.of(world.survey, parse_terms("queue"), words, world.now)
    Announcements(world.tables.directory).keep(made)
    response = world.answer(3, world.customer("Ravi", locale="hi"), comment="The queues!")

    tell(made, response)

    (mail,) = world.mails()
    assert (mail["Subject"], unsubscribing(world, mail).locale) == ("बदल गया", "hi")


def test_one_person_is_told_once_however_often_and_of_whichever_answer(world: World, announced: Announcement) -> None:
    ravi = world.customer("Ravi")
    first, second = (world.answer(3, ravi, comment="The queue!") for _ in range(2))

    tell(announced, first, second, first)
    world.pass_time(timedelta(days=30))
    tell(announced, second)

    assert len(world.mails()) == 1


def test_an_announcement_keeps_to_the_mail_cap(world: World, announced: Announcement) -> None:
    response = world.answer(7, world.customer("Ravi"), comment="The queue!")
    world.settle(response)

    tell(announced, response)

    assert len(world.mails()) == 1  # the play's
    claim = Claims(world.tables.directory).get(announced.claim(response).digest)
    assert claim is not None
    assert claim["state"] == "capped"


def test_a_customer_who_wants_no_follow_ups_is_not_told(world: World, announced: Announcement) -> None:
    ravi = world.customer("Ravi")
    response = world.answer(3, ravi, comment="The queue!")
    world.tables.people.suppress(Suppression(ravi.key, "unsubscribe", world.now, "follow-ups"))

    assert tell(announced, response) == DONE

    assert world.mails() == []


def test_nobody_is_told_whose_words_do_not_say_so_any_more(world: World, announced: Announcement) -> None:
    changed = world.answer(3, world.customer("Ravi"), comment="The soup!")
    erased = world.answer(3, world.customer("Meera"), comment="The queue!")
    world.tables.responses.erase(erased)
    excluded = world.answer(3, world.customer("Asha"), comment="The queue!", excluded="a machine")
    nobody = world.answer(3, comment="The queue!")
    gone = replace(nobody, id=replace(nobody.id, shard=(nobody.id.shard + 1) % 4))

    assert tell(announced, changed, erased, excluded, nobody, gone) == DONE

    assert world.mails() == []


def test_an_announcement_that_is_no_longer_kept_tells_nobody(world: World, announced: Announcement) -> None:
    response = world.answer(3, world.customer("Ravi"), comment="The queue!")
    world.tables.directory.delete({"Key": Announcement.key_item(announced.id)})

    assert tell(announced, response) == DONE

    assert world.mails() == []


def test_a_later_run_with_more_words_reaches_those_too(world: World, announced: Announcement) -> None:
    Announcements(world.tables.directory).keep(replace(announced, terms=parse_terms("soup")))
    soup, queue = (
        world.answer(3, world.customer(name), comment=said) for name, said in (("Ravi", "Cold soup"), ("Asha", "queue"))
    )

    tell(announced, soup, queue)

    assert world.recipients() == ["Ravi <ravi@example.com>", "Asha <asha@example.com>"]


def test_a_mail_that_ses_did_not_take_is_tried_again(world: World, announced: Announcement) -> None:
    response = world.answer(3, world.customer("Ravi"), comment="The queue!")
    with world.monkeypatch.context() as broken:
        broken.setattr(clients.ses(), "send_email", raising(ses_error("AccountSuspendedException", 400)))
        assert tell(announced, response) == RETRY

    assert tell(announced, response) == DONE

    assert len(world.mails()) == 1


def test_a_mail_in_doubt_is_not_sent_again(world: World, announced: Announcement) -> None:
    response = world.answer(3, world.customer("Ravi"), comment="The queue!")
    with world.monkeypatch.context() as broken:
        broken.setattr(clients.ses(), "send_email", raising(ses_error("InternalFailure", 500)))
        tell(announced, response)

    assert tell(announced, response) == RETRY  # its sender may be sending it still
    world.pass_time(LONGEST_SENDING)
    assert tell(announced, response) == DONE

    assert world.mails() == []


def test_somebody_who_was_told_gets_no_other_follow_up_within_the_cap(world: World, announced: Announcement) -> None:
    ravi = world.customer("Ravi")
    tell(announced, world.answer(3, ravi, comment="The queue!"))

    world.settle(world.answer(7, ravi))

    assert len(world.mails()) == 1
    slot = world.tables.directory.get(Slot.mailed(ravi.key).key_item)
    assert slot is not None
