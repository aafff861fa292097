"""Every kind of play runs when it should, once, and for whom it should."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from followup import tick
from hearback.aws.claims import Claims
from hearback.claim import LEASE, Claim, play_effect
from hearback.contact import Contact
from hearback.response import Answer, Response
from hearback.subscription import Subscription
from hearback.survey import Survey
from hearback.task import Task
from tests.conftest import NOW, Tables
from tests.integration.followup_world import CONTEXT, World, make_world
from tests.integration.test_followup_tick import MONDAY_NINE_IN_KOLKATA

RETRY = {"batchItemFailures": [{"itemIdentifier": "0"}]}
DONE: dict[str, list[object]] = {"batchItemFailures": []}
THANK = {"id": "thank", "when": {"category": "promoter"}, "what": "mail", "template": "thanks"}
SORRY = {"id": "sorry", "when": {"category": "detractor"}, "what": "mail", "template": "apology"}
CALL = {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha"}
TELL = {"id": "tell", "when": {"score_to": 8}, "what": "mail", "template": "alert", "who": "manager"}
UPGRADE = {"id": "upgrade", "when": {"category": "promoter"}, "what": "event", "event": "grant-upgrade"}
PEOPLE = {
    "asha": {"name": "Asha Rao", "email": "asha@shop.example"},
    "mara": {"name": "Mara Lal", "email": "mara@shop.example"},
}
CARE = [{"owner": "asha", "manager": "mara"}]
ASHA, MARA, RAVI = "Asha Rao <asha@shop.example>", "Mara Lal <mara@shop.example>", "Ravi <ravi@example.com>"

Apply = Callable[..., World]


@pytest.fixture
def apply(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> Apply:
    """A world whose survey has these plays."""

    def made(*plays: dict[str, Any], **more: Any) -> World:
        changed = {"plays": list(plays), "people": PEOPLE, "care": CARE, **more}
        return make_world(
            tables, Survey.model_validate(survey.model_dump(exclude_defaults=True) | changed), monkeypatch
        )

    return made


def mail_text(world: World, recipient: str) -> str:
    [mail] = [mail for mail in world.mails() if mail["To"] == recipient]
    return text_of(mail)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def claim_state(world: World, response: Response, play: str) -> str:
    found = Claims(world.tables.directory).get(Claim(play_effect(str(response.id), play)).digest)
    assert found is not None
    return str(found["state"])


def answered_before(world: World, contact: Contact, score: int, *, days: int = 10, **more: Any) -> Response:
    """An answer of some days ago, which was followed up then, if at all."""
    at = world.now - timedelta(days=days)
    return world.answer(score, contact, answered_at=at, day=world.survey.day(at), **more)


def run_tick(world: World) -> dict[str, int]:
    return tick.handler({}, CONTEXT)


class TestAlerts:
    def test_a_manager_is_told_with_the_history_and_how_to_reach_the_person(self, apply: Apply) -> None:
        world = apply(TELL, watch={"slips": False})
        ravi = world.customer("Ravi", phone="+91 98 7654 3210")
        answered_before(world, ravi, 9, comment="Lovely people.")

        world.settle(world.answer(7, ravi, comment="The queue was long.", dimensions={"store": "pune"}))

        assert world.recipients() == [MARA]
        text = mail_text(world, MARA)
        assert world.mails()[0]["Subject"] == "Ravi went from 9 to 7"
        for told in (
            "last answer was 9; now it is 7",
            "The queue was long.",
            "Lovely people.",
            "+91 98 7654 3210",
            "Pune",
        ):
            assert told.lower() in text.lower()

    @pytest.mark.parametrize(("owner", "opens"), [("mara", True), ("asha", False)])
    def test_an_alert_opens_the_task_of_whoever_owns_it_and_no_others(
        self, apply: Apply, owner: str, opens: bool
    ) -> None:
        give = {"id": "call", "when": {"score_to": 3}, "what": "task", "owner": owner}
        world = apply(give, TELL)
        ravi = world.customer("Ravi")
        world.settle(world.answer(3, ravi))
        world.pass_time(timedelta(hours=1))

        world.settle(world.answer(6, ravi))

        alert = world.mails()[-1]
        body = alert.get_body(("plain",))
        assert body is not None
        assert (alert["To"], alert["Subject"]) == (MARA, "Ravi gave 6 out of 10")
        assert ("/t/" in body.get_content()) == opens

    def test_an_alert_says_who_has_the_person_s_open_task(self, apply: Apply) -> None:
        world = apply(CALL, TELL)
        response = world.answer(2, world.customer("Ravi"))

        world.settle(response)

        assert world.recipients() == [ASHA, MARA]
        assert Task.id_for(str(response.id)) in mail_text(world, MARA)

    def test_it_is_sent_once(self, apply: Apply) -> None:
        world = apply(TELL)
        response = world.answer(7)
        for _ in range(3):
            assert world.settle(response) == DONE
        assert world.recipients() == [MARA]

    def test_it_needs_no_permission_of_the_customer_s(self, apply: Apply) -> None:
        world = apply(TELL, watch={"slips": False})
        ravi = world.customer("Ravi")
        world.settle(world.answer(7, ravi))
        world.settle(world.answer(8, ravi))
        assert world.recipients() == [MARA, MARA]  # the cap on mails to a customer is not theirs


class TestSlips:
    def test_a_slip_gives_a_task_whose_notice_tells_the_history(self, apply: Apply) -> None:
        world = apply(THANK)
        ravi = world.customer("Ravi")
        answered_before(world, ravi, 10, comment="Best shop in town.")
        response = world.answer(7, ravi, comment="Not what it was.")

        for _ in range(2):
            world.settle(response)

        assert world.recipients() == [ASHA]
        text = mail_text(world, ASHA)
        assert "This customer's last answer was 10; now it is 7." in text
        assert "Best shop in town." in text
        assert world.tables.tasks.get(Task.id_for(str(response.id))) is not None

    def test_a_slip_into_a_detractor_s_task_is_one_task_and_one_mail(self, apply: Apply) -> None:
        world = apply(CALL, TELL | {"who": "owner"})
        ravi = world.customer("Ravi")
        answered_before(world, ravi, 8)

        world.settle(world.answer(2, ravi))

        assert world.recipients() == [ASHA]
        assert "last answer was 8; now it is 2" in mail_text(world, ASHA)
        assert len(world.queued_tasks()) == 1

    @pytest.mark.parametrize("gone", [{"excluded": "11 scores in 2 s"}, {"provisional": True}])
    def test_only_answers_that_count_are_slipped_from(self, apply: Apply, gone: dict[str, Any]) -> None:
        world = apply(THANK)
        ravi = world.customer("Ravi")
        answered_before(world, ravi, 10, **gone)
        world.settle(world.answer(7, ravi))
        assert world.mails() == []

    def test_the_answer_before_is_the_last_one_of_this_survey_and_this_person(self, apply: Apply) -> None:
        world = apply(THANK)
        ravi, leela = world.customer("Ravi"), world.customer("Leela")
        answered_before(world, leela, 10, days=1)
        answered_before(world, ravi, 10, days=9)
        answered_before(world, ravi, 8, days=5)
        other = answered_before(world, ravi, 10, days=2)
        elsewhere = replace(other, id=replace(other.id, survey="other"))
        world.tables.feedback.delete({"Key": other.key})
        world.tables.responses.create(elsewhere)

        world.settle(world.answer(7, ravi))

        assert world.mails() == []

    def test_rows_of_one_moment_are_not_before_each_other(self, apply: Apply) -> None:
        world = apply(THANK, watch={"slips": True})
        ravi = world.customer("Ravi")
        world.answer(10, ravi)
        world.settle(world.answer(7, ravi))
        assert world.mails() == []

    def test_a_survey_may_look_away(self, apply: Apply) -> None:
        world = apply(THANK, watch={"slips": False})
        ravi = world.customer("Ravi")
        answered_before(world, ravi, 10)
        world.settle(world.answer(7, ravi))
        assert world.mails() == []

    def test_slips_and_climbs_are_told_on_the_bus_with_ids_alone(self, apply: Apply) -> None:
        world = apply(THANK)
        ravi, leela = world.customer("Ravi"), world.customer("Leela")
        answered_before(world, ravi, 10)
        answered_before(world, leela, 3)
        slip, climb = world.answer(7, ravi, comment="Not what it was."), world.answer(9, leela)

        for response in (slip, climb, slip):
            world.settle(response)

        [told] = world.events.details("Slip")
        assert (told["response"], told["before"], told["score"]) == (str(slip.id), 10, 7)
        assert [each["response"] for each in world.events.details("Climb")] == [str(climb.id)]
        assert "Not what it was" not in str(world.events.taken)
        assert "ravi@example.com" not in str(world.events.taken)


class TestEvents:
    def test_an_event_is_put_once_with_what_a_system_needs_to_act(self, apply: Apply) -> None:
        world = apply(UPGRADE)
        response = world.answer(9, world.customer("Ravi"), dimensions={"store": "pune"})

        for _ in range(2):
            world.settle(response)

        [told] = world.events.details("Play")
        assert told == {
            "id": Claim(f"{response.id}/upgrade").digest,
            "version": 1,
            "survey": "shop",
            "response": str(response.id),
            "contact": response.contact,
            "score": 9,
            "category": "promoter",
            "dimensions": {"store": "pune"},
            "play": "upgrade",
            "event": "grant-upgrade",
        }
        [entry] = world.events.taken
        assert (entry["Source"], entry["EventBusName"]) == ("hearback", "EventBus")

    def test_an_event_that_the_bus_refuses_comes_later_with_the_same_id(self, apply: Apply) -> None:
        world = apply(UPGRADE)
        response = world.answer(9, world.customer("Ravi"))
        world.events.refuses = 1
        assert world.settle(response) == RETRY

        world.pass_time(LEASE + timedelta(seconds=1))
        assert world.settle(response) == DONE

        assert len(world.events.details("Play")) == 1

    def test_a_new_task_is_told_to_the_queue_and_on_the_bus(self, apply: Apply) -> None:
        world = apply(CALL)
        world.settle(world.answer(2, world.customer("Ravi")))

        [queued], [told] = world.queued_tasks(), world.events.details("Task Opened")
        assert {name: told[name] for name in queued} == queued

    def test_a_mail_goes_out_although_the_bus_is_down(self, apply: Apply) -> None:
        world = apply(THANK)
        ravi = world.customer("Ravi")
        answered_before(world, ravi, 8)
        world.events.refuses = 10
        world.settle(world.answer(10, ravi))
        assert world.recipients() == [RAVI]


class TestCaps:
    def test_a_play_reaches_a_person_once_within_its_cap(self, apply: Apply) -> None:
        world = apply(UPGRADE | {"cap_days": 30})
        ravi = world.customer("Ravi")
        first, second = world.answer(9, ravi), world.answer(10, ravi)

        world.settle(first)
        world.settle(second)
        world.pass_time(timedelta(days=31))
        third = world.answer(10, ravi)
        world.settle(third)

        told = [each["response"] for each in world.events.details("Play")]
        assert told == [str(first.id), str(third.id)]
        assert claim_state(world, second, "upgrade") == "capped"

    def test_what_a_cap_forbade_is_not_done_when_the_message_comes_again_after_the_cap(self, apply: Apply) -> None:
        world = apply(THANK | {"cap_days": 30}, UPGRADE | {"cap_days": 30}, CALL | {"when": {}, "cap_days": 30})
        ravi = world.customer("Ravi")
        first, second = world.answer(9, ravi), world.answer(10, ravi)
        world.settle(first)
        world.settle(second)
        before = len(world.mails()), len(world.events.taken), len(world.queued_tasks())

        world.pass_time(timedelta(days=31))
        world.settle(first)
        world.settle(second)

        assert (len(world.mails()), len(world.events.taken)) == before[:2]
        assert (before[2], world.queued_tasks()) == (1, [])

    def test_a_mail_needs_both_its_own_cap_and_the_survey_s(self, apply: Apply) -> None:
        world = apply(THANK | {"cap_days": 90}, mail_cap_days=7)
        ravi = world.customer("Ravi")
        for days in (0, 8, 91):
            world.now = NOW + timedelta(days=days)
            world.settle(world.answer(9, ravi))
        assert world.recipients() == [RAVI, RAVI]

    def test_an_apology_goes_after_another_mail_once_and_keeps_the_next_one_back(self, apply: Apply) -> None:
        world = apply(THANK, SORRY, mail_cap_days=7)
        ravi = world.customer("Ravi")
        for score, reached in ((10, 1), (0, 2), (1, 2), (9, 2)):
            world.pass_time(timedelta(days=1))
            world.settle(world.answer(score, ravi))
            assert world.recipients().count(RAVI) == reached

        world.pass_time(timedelta(days=7))
        world.settle(world.answer(0, ravi))
        assert world.recipients().count(RAVI) == 3

    @pytest.mark.parametrize("later", ["the task waits", "a cap forbids the task", "no task follows"])
    def test_an_apology_promises_nothing_in_the_name_of_somebody_without_a_task(self, apply: Apply, later: str) -> None:
        call = {"the task waits": [CALL | {"delay_hours": 48}], "no task follows": []}.get(
            later, [CALL | {"cap_days": 9}]
        )
        world = apply(SORRY, *call, watch={"slips": False}, mail_cap_days=0)
        ravi = world.customer("Ravi", phone="+91 98 7654 3210")
        if later == "a cap forbids the task":
            first = world.answer(1, ravi)
            world.settle(first)
            task = world.tables.tasks.get(Task.id_for(str(first.id)))
            assert task is not None
            world.close(task)

        world.settle(world.answer(2, ravi))

        mail = [mail for mail in world.mails() if mail["To"] == RAVI][-1]
        text = text_of(mail)
        assert "We are sorry" in text
        assert (mail["Reply-To"] == "asha@shop.example", "call you" in text, "/c/" in text) == (False, False, False)

    def test_a_capped_task_is_not_opened(self, apply: Apply) -> None:
        world = apply(CALL | {"cap_days": 30}, watch={"slips": False})
        ravi = world.customer("Ravi")
        first, second = world.answer(2, ravi), world.answer(1, ravi)
        world.settle(first)
        world.settle(second)
        task = world.tables.tasks.get(Task.id_for(str(first.id)))
        assert task is not None
        assert task.responses == {str(first.id)}

    def test_answers_that_name_nobody_have_no_cap(self, apply: Apply) -> None:
        world = apply(UPGRADE | {"cap_days": 30})
        for score in (9, 10):
            world.settle(world.answer(score))
        assert len(world.events.details("Play")) == 2


class TestDaysSincePlay:
    def test_a_play_that_keeps_its_distance_waits_for_the_days_it_says(self, apply: Apply) -> None:
        apart = {"category": "promoter", "days_since_play": 30}
        world = apply(THANK | {"when": apart}, mail_cap_days=0)
        ravi = world.customer("Ravi")
        for days in (0, 20, 40):
            world.now = NOW + timedelta(days=days)
            world.settle(world.answer(10, ravi))
        assert len(world.mails()) == 2

    def test_a_message_that_comes_again_sees_what_the_first_one_saw(self, apply: Apply) -> None:
        apart = {"days_since_play": 30}
        world = apply(THANK | {"when": apart}, UPGRADE | {"when": apart}, mail_cap_days=0)
        response = world.answer(10, world.customer("Ravi"))
        world.events.refuses = 1
        assert world.settle(response) == RETRY  # the mail went out, the event did not

        world.pass_time(timedelta(minutes=10))
        assert world.settle(response) == DONE

        assert (len(world.mails()), len(world.events.details("Play"))) == (1, 1)

    def test_only_what_reached_the_person_counts(self, apply: Apply) -> None:
        world = apply(UPGRADE, TELL, THANK | {"when": {"score_from": 10, "days_since_play": 30}})
        ravi = world.customer("Ravi")
        for score in (9, 8):
            world.settle(world.answer(score, ravi))  # an event, and a mail to a manager
        world.pass_time(timedelta(days=1))
        world.settle(world.answer(10, ravi))
        assert world.recipients().count(RAVI) == 1


class TestDelays:
    def test_a_delayed_play_runs_when_its_delay_has_passed(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 48})
        response = world.answer(10, world.customer("Ravi"))
        world.settle(response)
        assert (world.mails(), run_tick(world)["plays"]) == ([], 0)

        world.pass_time(timedelta(hours=48))
        assert run_tick(world)["plays"] == 1
        assert run_tick(world)["plays"] == 0
        world.deliver()

        assert world.recipients() == [RAVI]

    @pytest.mark.parametrize(("letter", "score"), [("why", 8), ("apology", 2)])
    @pytest.mark.parametrize("hours", [22, 23, 48])
    def test_a_mail_leads_to_the_answer_only_while_that_can_be_changed(
        self, apply: Apply, letter: str, score: int, hours: int
    ) -> None:
        world = apply({"id": "late", "when": {}, "what": "mail", "template": letter, "delay_hours": hours})
        world.settle(world.answer(score, world.customer("Ravi")))
        world.pass_time(timedelta(hours=hours))
        run_tick(world)
        world.deliver()

        text = mail_text(world, RAVI)
        assert ("/a/" in text, "reply to this mail" in text) == (hours < 23, True)

    def test_only_the_play_that_waited_runs(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 1}, UPGRADE | {"cap_days": 1}, mail_cap_days=0)
        world.settle(world.answer(10, world.customer("Ravi")))
        world.pass_time(timedelta(days=3))
        run_tick(world)
        world.deliver()
        assert (len(world.mails()), len(world.events.details("Play"))) == (1, 1)

    @pytest.mark.parametrize("spoiled", [{"play": {1, 2}}, {"play": 7}, {"response": b"\0"}], ids=str)
    def test_a_delayed_play_that_somebody_spoiled_holds_up_no_other(
        self, apply: Apply, spoiled: dict[str, Any]
    ) -> None:
        world = apply(THANK | {"delay_hours": 3})
        world.settle(world.answer(10, world.customer("Leela")))
        [waiting] = world.tables.people.due("play")
        world.tables.directory.put({"Item": waiting | spoiled})
        world.settle(world.answer(10, world.customer("Ravi")))

        world.pass_time(timedelta(hours=3))
        with pytest.raises(tick.TickIncomplete, match="plays"):
            run_tick(world)
        world.deliver()

        assert world.recipients() == [RAVI]

    def test_a_delayed_play_that_no_longer_follows_does_not_run(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 3})
        response = world.answer(10, world.customer("Ravi"))
        world.settle(response)
        world.tables.responses.amend(response.id, Answer(score=7), world.now)

        world.pass_time(timedelta(hours=3))
        run_tick(world)
        world.deliver()

        assert world.mails() == []

    def test_an_erased_person_s_play_comes_to_nothing_and_names_nobody_while_it_waits(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 3})
        ravi = world.customer("Ravi")
        response = world.answer(10, ravi)
        world.settle(response)
        [waiting] = world.tables.people.due("play")
        assert ravi.key not in str(waiting)
        world.tables.responses.erase(response)

        world.pass_time(timedelta(hours=3))
        run_tick(world)
        world.deliver()

        assert world.mails() == []

    def test_a_message_that_comes_again_moves_nothing(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 48})
        response = world.answer(10, world.customer("Ravi"))
        world.settle(response)
        world.pass_time(timedelta(hours=47))
        world.settle(response)
        world.pass_time(timedelta(hours=1))
        run_tick(world)
        world.deliver()
        world.settle(response)

        assert list(world.tables.people.due("play")) == []
        assert len(world.mails()) == 1

    def test_what_the_queue_did_not_take_is_due_still(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 1})
        world.settle(world.answer(10, world.customer("Ravi")))
        world.pass_time(timedelta(hours=1))
        with world.monkeypatch.context() as patch:
            patch.setattr(
                "followup.due_plays.send", lambda _, messages: [key for keys in messages.values() for key in keys]
            )
            assert run_tick(world)["plays"] == 0
        assert run_tick(world)["plays"] == 1

    def test_one_that_cannot_be_read_delays_no_other(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 1})
        world.tables.directory.put({"Item": {"pk": "WAITING#x", "sk": "WAITING", "due_kind": "play", "due_at": "2026"}})
        world.settle(world.answer(10, world.customer("Ravi")))
        world.pass_time(timedelta(hours=1))

        with pytest.raises(tick.TickIncomplete, match="plays"):
            run_tick(world)
        world.deliver()

        assert world.recipients() == [RAVI]

    def test_a_play_that_was_taken_out_of_the_survey_does_not_run(self, apply: Apply) -> None:
        world = apply(THANK | {"delay_hours": 1})
        world.settle(world.answer(10, world.customer("Ravi")))
        world.tables.people.put_survey(world.survey.model_copy(update={"plays": []}), world.now)
        world.pass_time(timedelta(hours=1))
        run_tick(world)
        world.deliver()
        assert world.mails() == []


def test_a_thanks_offers_the_next_step(world: World) -> None:
    world.settle(world.answer(10, world.customer("Ravi")))
    text = mail_text(world, RAVI)
    assert "Would you tell others? Write a review: https://reviews.example/shop?a=1&b=2" in text


def test_the_digest_of_a_region_tells_who_slipped_and_who_climbed_there(apply: Apply) -> None:
    world = apply(THANK)
    scope, due = {"store": "pune"}, MONDAY_NINE_IN_KOLKATA
    weekly = Subscription("shop", "pune", "Nia", "nia@shop.example", scope, 0, 9, "Asia/Kolkata", due)
    world.tables.people.put_subscription(weekly)
    for name, before, score, store in (
        ("Ravi", 10, 7, "pune"),
        ("Leela", 3, 9, "pune"),
        ("Tara", 9, 10, "pune"),
        ("Uma", 10, 0, "delhi"),
        ("Vik", 9, 6, "pune"),
    ):
        customer = world.customer(name)
        answered_before(world, customer, before)
        given = world.answer(score, customer, dimensions={"store": store})
        world.settle(given)
    world.tables.responses.revise(given.id, lambda response: response.exclude("a machine"))

    world.now = MONDAY_NINE_IN_KOLKATA
    assert run_tick(world)["digests"] == 1

    text = mail_text(world, "Nia <nia@shop.example>")
    assert "One customer slipped. - from 10 to 7, Ravi" in text
    assert "One customer climbed. Share it with your team. - from 3 to 9, Leela" in text
    assert "Uma" not in text
    assert "Tara" not in text
