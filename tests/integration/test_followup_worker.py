"""Every customer is answered, and answered once."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from followup import wiring
from hearback.aws import clients
from hearback.aws.claims import Claims
from hearback.claim import LONGEST_SENDING, REFUSED, Claim
from hearback.contact import Cap, Covers, Slot, Suppression
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.response import Answer
from hearback.task import Task
from hearback.token import verify
from tests.integration.followup_world import UNVERIFIED, World, raising, ses_error, unsubscribing

RETRY = {"batchItemFailures": [{"itemIdentifier": "0"}]}
DONE: dict[str, list[object]] = {"batchItemFailures": []}


def test_a_promoter_is_thanked(world: World) -> None:
    response = world.answer(10, world.customer("Ravi"))

    assert world.settle(response) == DONE

    assert world.recipients() == ["Ravi <ravi@example.com>"]
    assert world.queued_tasks() == []


def test_a_passive_is_asked_why(world: World) -> None:
    world.settle(world.answer(7, world.customer("Meera")))

    (mail,) = world.mails()
    assert "/a/" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_detractor_gets_an_apology_and_somebody_a_task(world: World) -> None:
    response = world.answer(2, world.customer("Ravi"), comment="The queue was long.")

    world.settle(response)

    assert world.recipients() == ["Asha Rao <asha@shop.example>", "Ravi <ravi@example.com>"]
    (message,) = world.queued_tasks()
    task = world.tables.tasks.get(message["task"])
    assert task is not None
    assert task.owner == "asha"
    assert task.due_at == world.now + timedelta(hours=24)
    assert task.responses == {str(response.id)}


def test_the_task_queue_s_message_holds_ids_only(world: World) -> None:
    world.settle(world.answer(2, world.customer("Ravi"), comment="The queue was long."))

    (message,) = world.queued_tasks()

    assert "ravi@example.com" not in str(message)
    assert "queue was long" not in str(message)


def test_a_message_delivered_again_changes_nothing(world: World) -> None:
    response = world.answer(2, world.customer("Ravi"))
    world.settle(response)
    mails, tasks = len(world.mails()), len(world.queued_tasks())

    for _ in range(3):
        assert world.settle(response) == DONE

    assert (len(world.mails()), tasks, world.queued_tasks()) == (mails, 1, [])


def test_a_further_answer_joins_the_person_s_open_task(world: World) -> None:
    ravi = world.customer("Ravi")
    first, second = world.answer(2, ravi), world.answer(0, ravi)

    world.settle(first)
    world.settle(second)

    task = world.tables.tasks.get(Task.id_for(str(first.id)))
    assert task is not None
    assert task.responses == {str(first.id), str(second.id)}
    assert len(world.queued_tasks()) == 1


def test_after_the_task_is_closed_a_further_answer_opens_another(world: World) -> None:
    ravi = world.customer("Ravi")
    first, second = world.answer(2, ravi), world.answer(0, ravi)
    world.settle(first)
    task = world.tables.tasks.get(Task.id_for(str(first.id)))
    assert task is not None
    world.close(task)

    world.settle(second)

    assert world.tables.tasks.get(Task.id_for(str(second.id))) is not None


def test_the_replay_of_an_answer_whose_task_is_closed_opens_nothing(world: World) -> None:
    ravi = world.customer("Ravi")
    first, joined = world.answer(2, ravi), world.answer(1, ravi)
    world.settle(first)
    world.settle(joined)
    task = world.tables.tasks.get(Task.id_for(str(first.id)))
    assert task is not None
    world.close(task)
    mails = len(world.mails())

    world.settle(first)
    world.settle(joined)

    assert world.tables.tasks.get(Task.id_for(str(joined.id))) is None
    assert len(world.mails()) == mails


def test_strangers_cannot_be_called_and_get_no_mail(world: World) -> None:
    for response in (world.answer(1), world.answer(2)):
        world.settle(response)

    assert world.queued_tasks() == []
    assert world.recipients() == []


def test_one_person_gets_one_mail_within_the_cap(world: World) -> None:
    ravi = world.customer("Ravi")
    world.settle(world.answer(10, ravi))

    world.settle(world.answer(9, ravi))
    world.pass_time(timedelta(days=8))
    world.settle(world.answer(10, ravi))

    assert len(world.mails()) == 2


def test_an_amendment_that_changes_the_category_makes_a_task(world: World) -> None:
    response = world.answer(9, world.customer("Ravi"))
    world.settle(response)
    world.tables.responses.amend(response.id, Answer(score=1), world.now)
    world.pass_time(timedelta(minutes=2))

    world.settle(response)

    assert len(world.queued_tasks()) == 1
    assert world.recipients() == [
        "Ravi <ravi@example.com>",
        "Asha Rao <asha@shop.example>",
        "Ravi <ravi@example.com>",  # an apology outranks the cap
    ]


def test_a_suppressed_person_is_not_mailed(world: World) -> None:
    ravi = world.customer("Ravi")
    world.tables.people.suppress(Suppression(ravi.key, "unsubscribe", world.now))

    world.settle(world.answer(10, ravi))

    assert world.mails() == []


def test_an_excluded_answer_is_not_followed_up(world: World) -> None:
    world.settle(world.answer(1, world.customer("Ravi"), excluded="11 scores in 2 s"))

    assert world.mails() == []
    assert world.queued_tasks() == []


@pytest.mark.parametrize(
    "error",
    [
        ses_error("SendingPausedException", 400),
        ses_error("AccountSuspendedException", 400),
        ses_error("MailFromDomainNotVerifiedException", 400),
        UNVERIFIED,
        EndpointConnectionError(endpoint_url="https://email"),
    ],
)
def test_a_mail_that_certainly_did_not_go_out_is_tried_again(world: World, error: Exception) -> None:
    response = world.answer(10, world.customer("Ravi"))
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(error))
        assert world.settle(response) == RETRY

    assert world.settle(response) == DONE
    assert len(world.mails()) == 1


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 429),
        ("LimitExceededException", 400),
        ("ThrottlingException", 400),
        ("Throttling", 400),
    ],
)
def test_a_throttled_mail_goes_to_the_end_of_the_queue_as_often_as_it_takes(
    world: World, code: str, status: int
) -> None:
    response = world.answer(10, world.customer("Ravi"))
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(ses_error(code, status)))
        for _ in range(7):  # more often than a message is received before it counts as failed
            assert world.settle(response) == DONE
            assert world.settling() == [{"response": str(response.id)}]

    assert world.settle(response) == DONE
    assert (len(world.mails()), world.settling()) == (1, [])


def test_a_call_does_not_wait_for_an_apology_that_has_to(world: World) -> None:
    response = world.answer(2, world.customer("Ravi"))
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(ses_error("TooManyRequestsException", 429)))
        assert world.settle(response) == DONE

    assert len(world.queued_tasks()) == 1
    assert world.mails() == []
    assert world.settling() == [{"response": str(response.id)}]
    assert world.settle(response) == DONE
    assert sorted(world.recipients()) == ["Asha Rao <asha@shop.example>", "Ravi <ravi@example.com>"]
    assert world.queued_tasks() == []


def test_a_run_with_no_time_left_for_a_mail_leaves_it_to_another_and_claims_nothing(world: World) -> None:
    response = world.answer(10, world.customer("Ravi"))
    world.monkeypatch.setattr(wiring, "LAST_MAIL", 61)  # seconds; the context has 60 left

    assert world.settle(response) == DONE

    assert world.settling() == [{"response": str(response.id)}]
    assert Claims(world.tables.directory).get(Claim(f"{response.id}/thank").digest) is None


def test_a_process_s_share_leaves_room_for_every_worker_and_the_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_RATE", "12")
    monkeypatch.setenv("MAIL_WORKERS", "5")

    assert wiring.pacer.__wrapped__().rate == 2.0


def test_a_throttled_mail_gives_its_cap_to_whatever_is_sent_first(world: World) -> None:
    ravi = world.customer("Ravi")
    first, second = world.answer(10, ravi), world.answer(9, ravi)
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(ses_error("TooManyRequestsException", 429)))
        world.settle(first)

    world.settle(second)
    world.settle(first)

    assert len(world.mails()) == 1


def test_a_refused_mail_leaves_the_cap_to_the_next(world: World) -> None:
    ravi = world.customer("Ravi")
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(ses_error("MessageRejected", 400)))
        world.settle(world.answer(10, ravi))

    world.settle(world.answer(10, ravi))

    assert len(world.mails()) == 1


def test_a_cap_that_another_mail_has_taken_since_is_not_given_back(world: World) -> None:
    claims, ravi = Claims(world.tables.directory), world.customer("Ravi")
    cap = Cap(Slot.mailed(ravi.key), timedelta(days=7))
    old, new = (Claim(name, {"contact": ravi.key}) for name in ("old", "new"))
    claims.take(old, world.now, [cap])
    claims.take(new, world.now + timedelta(days=8), [cap])

    claims.release(old, [cap])

    assert claims.take(Claim("third", {"contact": ravi.key}), world.now + timedelta(days=9), [cap]) == "capped"


@pytest.mark.parametrize("error", [ReadTimeoutError(endpoint_url="https://email"), ses_error("InternalFailure", 500)])
def test_a_mail_that_may_have_gone_out_is_never_sent_again(world: World, error: Exception) -> None:
    response = world.answer(10, world.customer("Ravi"))
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(error))
        assert world.settle(response) == DONE

    assert world.settle(response) == RETRY  # its sender may be sending it still
    world.pass_time(LONGEST_SENDING)
    assert world.settle(response) == DONE
    assert world.mails() == []
    claim = Claims(world.tables.directory).get(Claim(f"{response.id}/thank").digest)
    assert claim is not None
    assert claim["state"] == "claimed"


def test_an_address_that_ses_refuses_is_noted_and_not_tried_again(world: World) -> None:
    response = world.answer(10, world.customer("Ravi"))
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(ses_error("MessageRejected", 400)))
        assert world.settle(response) == DONE

    claim = Claims(world.tables.directory).get(Claim(f"{response.id}/thank").digest)
    assert claim is not None
    assert (claim["state"], claim["note"]) == ("refused", "MessageRejected")


def test_a_worker_that_died_with_a_task_is_succeeded_after_its_time(world: World) -> None:
    response = world.answer(2, world.customer("Ravi"))
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.sqs(), "send_message", raising(RuntimeError("killed")))
        assert world.settle(response) == RETRY
    assert world.settle(response) == RETRY  # somebody may still be at it

    world.pass_time(timedelta(seconds=61))
    assert world.settle(response) == DONE

    assert len(world.queued_tasks()) == 1
    assert world.recipients().count("Asha Rao <asha@shop.example>") == 1


def test_an_invitation_is_mailed_once_with_a_link_for_each_score(world: World) -> None:
    ravi = world.customer("Ravi")
    fact = FactId.mint(world.survey.id, 4, world.now)
    world.tables.responses.create(Invitation(fact, ravi.key, world.survey.day(world.now), locale="en"))

    world.settle(fact, "invitation")
    world.settle(fact, "invitation")

    (mail,) = world.mails()
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert all(f"?score={score}" in html for score in range(11))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/u/" in mail["List-Unsubscribe"]


@pytest.mark.parametrize(
    ("asked_in", "spoken", "carried"), [("en", "hi", "en"), ("", "hi", "hi"), ("", "fr", ""), ("", "", "")]
)
def test_an_invitations_links_carry_a_language_only_if_one_is_known(
    world: World, asked_in: str, spoken: str, carried: str
) -> None:
    ravi = world.customer("Ravi", locale=spoken)
    fact = FactId.mint(world.survey.id, 4, world.now)
    world.tables.responses.create(Invitation(fact, ravi.key, world.survey.day(world.now), locale=asked_in))

    world.settle(fact, "invitation")

    (mail,) = world.mails()
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"/a/([^?\"]+)\?score=9", html)
    assert link
    assert verify(link[1], wiring.token_keys().at(world.now), "answer", world.now).locale == carried
    assert unsubscribing(world, mail).locale == carried
    assert f'<html lang="{carried or "en"}"' in html


def test_whoever_is_answered_in_their_language_is_asked_in_it_what_shall_stop(world: World) -> None:
    ravi = world.customer("Ravi", locale="en")

    world.settle(world.answer(7, ravi, locale="hi"))

    (mail,) = world.mails()
    token = unsubscribing(world, mail)
    assert (token.locale, token.survey) == ("hi", "shop")


def test_an_invitation_of_a_suppressed_person_is_skipped_and_not_counted(world: World) -> None:
    ravi = world.customer("Ravi")
    world.tables.people.suppress(Suppression(ravi.key, "complaint", world.now))
    fact = FactId.mint(world.survey.id, 4, world.now)
    world.tables.responses.create(Invitation(fact, ravi.key, world.survey.day(world.now)))

    world.settle(fact, "invitation")

    stored = world.tables.responses.invitation(fact)
    assert stored is not None
    assert stored.skipped
    assert stored.contribution().counters == ()
    assert world.mails() == []


def test_an_answer_to_an_invitation_is_counted_on_the_invitation(world: World) -> None:
    ravi = world.customer("Ravi")
    response = world.answer(9, ravi, channel="mail")
    world.tables.responses.create(Invitation(response.id, ravi.key, world.survey.day(world.now)))

    world.settle(response)
    world.settle(response)

    stored = world.tables.responses.invitation(response.id)
    assert stored is not None
    assert (stored.answered, stored.version) == (True, 2)


def test_a_foreign_message_comes_back_until_it_lands_in_the_failure_queue(world: World) -> None:
    assert world.settle(FactId("no-such-survey", 0, "01KJMMA2G060R30C1G60R30C1G")) == DONE  # the fact is gone
    assert world.settle(FactId("x", 0, "short")) == RETRY


def test_an_earlier_answer_that_cannot_be_read_keeps_nobody_from_being_followed_up(world: World) -> None:
    ravi = world.customer("Ravi")
    for spoiled in ({"score": "two"}, {"comment": {1, 2}}):
        world.tables.feedback.put({"Item": world.answer(2, ravi).to_item() | spoiled})
        world.pass_time(timedelta(hours=1))

    assert world.settle(world.answer(10, ravi)) == DONE

    assert len(world.mails()) == 1


def test_an_address_that_mail_cannot_reach_is_refused_once_and_takes_no_cap(world: World) -> None:
    ravi = world.customer("Ravi")
    world.tables.people.merge_contact(replace(ravi, email="रवि@example.com"))
    response = world.answer(10, ravi)

    assert world.settle(response) == DONE
    assert world.settle(response) == DONE

    assert world.mails() == []
    (refused,) = world.tables.people.due(REFUSED)
    assert (refused["effect"], refused["note"]) == (f"{response.id}/thank", "BadAddress")
    world.tables.people.merge_contact(ravi)
    world.settle(world.answer(9, ravi))
    assert len(world.mails()) == 1


def test_a_task_notice_whose_owner_cannot_be_reached_is_put_before_an_operator(world: World) -> None:
    ravi = world.customer("Ravi")
    world.tables.people.suppress(Suppression(ravi.key, "unsubscribe", world.now))  # so nobody else is mailed
    response = world.answer(2, ravi)
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", raising(ses_error("MessageRejected", 400)))
        assert world.settle(response) == DONE

    (refused,) = world.tables.people.due(REFUSED)
    assert refused["task"] == Task.id_for(str(response.id))


def test_an_apology_is_answered_to_the_person_who_will_call(world: World) -> None:
    world.settle(world.answer(1, world.customer("Ravi")))

    [apology] = [mail for mail in world.mails() if mail["To"] == "Ravi <ravi@example.com>"]
    assert apology["Reply-To"] == "asha@shop.example"


@pytest.mark.parametrize(
    ("covers", "thanked", "invited"), [("surveys", 1, 0), ("follow-ups", 0, 1), ("all", 0, 0), ("nothing", 1, 1)]
)
def test_what_a_customer_chose_to_stop_stops_and_nothing_else(
    world: World, covers: Covers, thanked: int, invited: int
) -> None:
    ravi = world.customer("Ravi")
    world.tables.people.suppress(Suppression(ravi.key, "unsubscribe", world.now, covers))
    fact = FactId.mint(world.survey.id, 4, world.now)
    world.tables.responses.create(Invitation(fact, ravi.key, world.survey.day(world.now)))

    world.settle(fact, "invitation")
    found = len(world.mails())
    world.settle(world.answer(10, ravi))

    assert (found, len(world.mails()) - found) == (invited, thanked)


def test_a_suppression_of_before_there_were_choices_stops_everything(world: World) -> None:
    ravi = world.customer("Ravi")
    item = Suppression(ravi.key, "unsubscribe", world.now).to_item()
    del item["covers"]
    world.tables.directory.put({"Item": item})

    world.settle(world.answer(10, ravi))

    assert world.mails() == []


def test_a_task_whose_owner_has_left_since_is_told_to_who_has_such_tasks_now(world: World) -> None:
    response = world.answer(2, world.customer("Ravi"))
    opened = Task(
        id=Task.id_for(str(response.id)),
        survey=response.id.survey,
        owner="somebody-who-left",
        created_at=world.now,
        due_at=world.now + timedelta(hours=24),
        responses=frozenset({str(response.id)}),
        contact=response.contact,
    )
    world.tables.tasks.open_or_join(opened, str(response.id))

    assert world.settle(response) == DONE

    assert world.recipients() == ["Asha Rao <asha@shop.example>", "Ravi <ravi@example.com>"]
