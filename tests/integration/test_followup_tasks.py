"""What follows a task: reminders once for each due time, the bus told of its closing, its person asked again."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from followup import tick
from hearback.aws import clients
from hearback.aws.dynamodb import TemporarilyUnavailable, from_wire
from hearback.aws.tasks import Tasks
from hearback.care import Scope
from hearback.contact import Contact, Slot, Suppression
from hearback.invitation import Invitation
from hearback.survey import Person, Survey
from hearback.task import Task
from hearback.task_closing import CLOSING_KIND
from tests.conftest import NOW
from tests.integration.followup_world import CONTEXT, THROTTLED, World

OWNER, MANAGER = "Asha Rao <asha@shop.example>", "Dev Shah <dev@shop.example>"
OFFICE = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")


@pytest.fixture
def office(survey: Survey, world: World) -> World:
    """The shop's owner works on weekdays from nine to five, and is led by Dev, who hears after four hours."""
    care = Scope.model_validate({"owner": "asha", "manager": "dev", "hours": OFFICE, "escalate_hours": 4})
    people = {**survey.people, "dev": Person(name="Dev Shah", email="dev@shop.example")}
    world.survey = survey.model_copy(update={"care": [care], "people": people})
    world.tables.people.put_survey(world.survey, NOW)
    return world


@pytest.fixture
def task(office: World) -> Task:
    """Of a customer who gave a 2 on Wednesday at 16:00 in Kolkata, an hour before closing time."""
    return opened(office, office.customer("Ravi"))


def opened(world: World, contact: Contact | None) -> Task:
    response = world.answer(2, contact, comment="The queue was long.", dimensions={"store": "pune"})
    world.settle(response)
    found = world.tables.tasks.get(Task.id_for(str(response.id)))
    assert found is not None
    return found


def run(world: World, at: datetime) -> dict[str, int]:
    world.now = at
    return tick.handler({}, CONTEXT)


def reminded(world: World) -> Iterator[tuple[str, str]]:
    """(to, subject) of each reminder."""
    for mail in world.mails():
        subject = str(mail["Subject"])
        if subject.startswith("Overdue") or "has not reached" in subject:
            yield str(mail["To"]), subject


class TestReminders:
    def test_a_task_is_due_in_business_hours(self, task: Task) -> None:
        # an hour on Wednesday, eight on Thursday and on Friday, seven on Monday
        assert task.due_at == datetime(2026, 3, 9, 10, 30, tzinfo=UTC)

    def test_its_owner_hears_once_that_it_is_overdue(self, office: World, task: Task) -> None:
        assert run(office, task.due_at - timedelta(minutes=1))["reminders"] == 0
        assert [run(office, task.due_at + timedelta(minutes=15 * n))["reminders"] for n in (1, 2, 3)] == [1, 0, 0]

        (found,) = reminded(office)
        assert found == (OWNER, "Overdue: Ravi was to hear from you by Mon 9 March, 16:00 IST")

    def test_saying_that_one_will_call_puts_no_reminder_off(self, office: World, task: Task) -> None:
        office.tables.tasks.take(task, "asha", office.now)

        assert run(office, task.due_at + timedelta(minutes=15))["reminders"] == 1

    def test_after_the_scope_s_hours_the_manager_hears_once(self, office: World, task: Task) -> None:
        an_hour_of_monday_and_three_of_tuesday = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
        run(office, task.due_at + timedelta(minutes=15))
        run(office, an_hour_of_monday_and_three_of_tuesday - timedelta(minutes=1))
        assert [to for to, _ in reminded(office)] == [OWNER]

        for minutes in (0, 15, 30):
            run(office, an_hour_of_monday_and_three_of_tuesday + timedelta(minutes=minutes))
        assert [to for to, _ in reminded(office)] == [OWNER, MANAGER]

    def test_missed_ticks_are_caught_up(self, office: World, task: Task) -> None:
        assert run(office, task.due_at + timedelta(days=7))["reminders"] == 2
        assert [to for to, _ in reminded(office)] == [OWNER, MANAGER]

    def test_a_tick_that_died_before_it_remembered_reminds_nobody_twice(self, office: World, task: Task) -> None:
        def die(*_: object) -> None:
            raise TemporarilyUnavailable("throttled")

        with office.monkeypatch.context() as patch:
            patch.setattr(Tasks, "told", die)
            with pytest.raises(tick.TickIncomplete, match="reminders"):
                run(office, task.due_at + timedelta(minutes=15))
        run(office, task.due_at + timedelta(minutes=30))

        assert [to for to, _ in reminded(office)] == [OWNER]

    def test_a_reminder_that_was_throttled_goes_out_with_the_next_tick(self, office: World, task: Task) -> None:
        with office.monkeypatch.context() as patch:
            patch.setattr(clients.ses(), "send_email", THROTTLED)
            assert run(office, task.due_at + timedelta(minutes=15))["reminders"] == 0
        assert run(office, task.due_at + timedelta(minutes=30))["reminders"] == 1

    def test_a_rescheduled_task_becomes_overdue_again(self, office: World, task: Task) -> None:
        run(office, task.due_at + timedelta(minutes=15))
        later = task.due_at + timedelta(days=1)
        office.tables.tasks.reschedule(task.id, later)

        assert run(office, later - timedelta(minutes=1))["reminders"] == 0
        assert run(office, later + timedelta(minutes=1))["reminders"] == 1
        assert [to for to, _ in reminded(office)] == [OWNER, OWNER]

    def test_who_stands_in_for_an_owner_who_left_is_reminded_in_their_place(self, office: World, task: Task) -> None:
        mia = {"mia": Person(name="Mia Roy", email="mia@shop.example"), "dev": office.survey.people["dev"]}
        care = [office.survey.care[0].model_copy(update={"owner": "mia"})]
        self.apply(office, people=mia, care=care, plays=[], subscriptions=[])

        assert run(office, task.due_at + timedelta(days=7))["reminders"] == 2
        assert [to for to, _ in reminded(office)] == ["Mia Roy <mia@shop.example>", MANAGER]

    def test_without_a_scope_who_gets_the_survey_s_other_tasks_stands_in(self, office: World, task: Task) -> None:
        mia = {"mia": Person(name="Mia Roy", email="mia@shop.example")}
        call = office.survey.plays[-1].model_copy(update={"owner": "mia"})
        self.apply(office, people=mia, care=[], plays=[call], subscriptions=[])

        assert run(office, task.due_at + timedelta(minutes=15))["reminders"] == 1
        assert [to for to, _ in reminded(office)] == ["Mia Roy <mia@shop.example>"]

    def test_a_task_that_nobody_can_stand_in_for_is_reminded_of_as_soon_as_somebody_can(
        self, office: World, task: Task
    ) -> None:
        before = office.survey
        self.apply(office, people={}, care=[], plays=[], subscriptions=[])
        assert run(office, task.due_at + timedelta(minutes=15))["reminders"] == 0

        office.tables.people.put_survey(before, NOW)
        assert run(office, task.due_at + timedelta(minutes=30))["reminders"] == 1

    def apply(self, office: World, **changed: object) -> None:
        office.survey = office.survey.model_copy(update=changed)
        office.tables.people.put_survey(office.survey, NOW)

    def test_one_task_whose_reminder_cannot_be_made_keeps_nobody_else_waiting(self, office: World, task: Task) -> None:
        broken = replace(task, id="broken", contact="nobody", due_at=task.due_at - timedelta(days=1))
        office.tables.tasks.open_or_join(replace(broken, responses=frozenset({"not an id"})), "not an id")

        with pytest.raises(tick.TickIncomplete, match="reminders"):
            run(office, task.due_at + timedelta(minutes=15))

        assert [to for to, _ in reminded(office)] == [OWNER]

    def test_one_task_that_cannot_be_read_keeps_nobody_else_waiting(self, office: World, task: Task) -> None:
        unreadable = replace(task, id="unreadable", due_at=task.due_at - timedelta(days=1))
        office.tables.directory.put({"Item": unreadable.to_item() | {"created_at": "once upon a time"}})

        with pytest.raises(tick.TickIncomplete, match="reminders"):
            run(office, task.due_at + timedelta(minutes=15))

        assert [to for to, _ in reminded(office)] == [OWNER]

    def test_nobody_is_reminded_of_a_closed_task(self, office: World, task: Task) -> None:
        office.close(task)

        assert run(office, task.due_at + timedelta(days=7))["reminders"] == 0

    def test_the_link_of_a_reminder_is_its_reader_s_own(self, office: World, task: Task) -> None:
        run(office, task.due_at + timedelta(days=7))

        links = {mail.get_body(("plain",)).get_content().partition("/t/")[2].split()[0] for mail in office.mails()[-2:]}  # type: ignore[union-attr]
        assert len(links) == 2

    def test_one_survey_that_is_gone_keeps_nobody_else_waiting(self, office: World, task: Task) -> None:
        orphan = replace(task, id="orphan", survey="gone", contact="nobody", due_at=task.due_at - timedelta(days=1))
        office.tables.tasks.open_or_join(orphan, "gone.0")

        assert run(office, task.due_at + timedelta(minutes=15))["reminders"] == 1


class TestClosings:
    def test_the_bus_is_told_once_that_a_task_was_closed(self, office: World, task: Task) -> None:
        office.close(task)
        assert [run(office, office.now + timedelta(minutes=15))["closings"] for _ in range(2)] == [1, 0]

        (told,) = office.events.details("Task Closed")
        assert (told["task"], told["outcome"], told["root_cause"]) == (task.id, "resolved", "price")
        assert told["in_time"] is True
        assert "Ravi" not in str(told)

    def test_what_the_bus_does_not_take_is_told_by_the_next_tick(self, office: World, task: Task) -> None:
        office.close(task)
        office.events.refuses = 1
        assert run(office, office.now + timedelta(minutes=15))["closings"] == 0
        assert run(office, office.now + timedelta(minutes=15))["closings"] == 1

    def test_a_closing_that_cannot_be_read_keeps_no_other_from_being_told(self, office: World, task: Task) -> None:
        office.close(task)
        unreadable = task.to_item() | {"pk": "TASK#unreadable", "created_at": "once upon a time"}
        due = {"pk": "TASK#unreadable", "sk": "CLOSING", "due_kind": CLOSING_KIND, "due_at": NOW.isoformat()}
        for item in (unreadable, due):
            office.tables.directory.put({"Item": item})

        with pytest.raises(tick.TickIncomplete, match="closings"):
            run(office, office.now + timedelta(minutes=15))

        assert [told["task"] for told in office.events.details("Task Closed")] == [task.id]


class TestAskingAgain:
    def invitations(self, world: World) -> list[Invitation]:
        items = map(from_wire, world.tables.feedback.scan_page({})[0])
        return [Invitation.from_item(item) for item in items if item["pk"].startswith("I#")]

    def test_a_month_after_closing_the_person_is_asked_again_once(self, office: World, task: Task) -> None:
        office.close(task)
        then = office.now + timedelta(days=30)

        assert run(office, then - timedelta(minutes=1))["asked_again"] == 0
        assert [run(office, then + timedelta(minutes=15 * n))["asked_again"] for n in (0, 1)] == [1, 0]

        (invitation,) = self.invitations(office)
        assert (invitation.contact, invitation.dimensions) == (task.contact, {"store": "pune"})
        assert invitation.day == "2026-04-03"

    def test_a_tick_that_died_after_asking_asks_nobody_twice(self, office: World, task: Task) -> None:
        office.close(task)
        with office.monkeypatch.context() as patch:
            patch.setattr(Tasks, "asked_again", lambda *_: None)
            run(office, office.now + timedelta(days=30))
        run(office, office.now + timedelta(days=100))

        assert len(self.invitations(office)) == 1

    def test_who_was_just_asked_by_another_survey_is_asked_when_that_is_long_enough_ago(
        self, office: World, task: Task
    ) -> None:
        office.close(task)
        then = office.now + timedelta(days=30)
        office.tables.people.take(Slot.asked_by_any(task.contact), "cafe", then - timedelta(days=1), timedelta(0))

        assert run(office, then)["asked_again"] == 0
        assert run(office, then + office.survey.apart)["asked_again"] == 1
        assert run(office, then + office.survey.apart + timedelta(minutes=15))["asked_again"] == 0

    @pytest.mark.parametrize(
        "why", ["suppressed", "asked lately", "answered since", "erased", "survey closed", "never"]
    )
    def test_whoever_may_not_be_asked_is_not_and_the_log_tells_a_pause_from_what_is_settled(
        self, office: World, task: Task, why: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        office.close(task)
        then = office.now + timedelta(days=30)
        people = office.tables.people
        match why:
            case "suppressed":
                people.suppress(Suppression(task.contact, "complaint", NOW))
            case "asked lately":
                people.take(Slot.asked(task.contact, "shop"), "another", then - timedelta(days=1), timedelta(0))
            case "answered since":
                office.now += timedelta(days=20)
                contact = people.contact(task.contact)
                office.settle(office.answer(9, contact))
            case "erased":
                people.table.delete({"Key": Contact.key_item(task.contact)})
            case "survey closed":
                people.put_survey(office.survey.model_copy(update={"status": "closed"}), NOW)
            case "never":
                people.put_survey(office.survey.model_copy(update={"ask_again_days": 0}), NOW)

        assert run(office, then)["asked_again"] == 0
        assert self.invitations(office) == []
        assert list(office.tables.tasks.to_ask_again(then + timedelta(days=400))) == []
        [told] = [vars(record) for record in caplog.records if record.message == "not asked again"]
        assert (told["task"], told["why"]) == (task.id, "lately" if why == "asked lately" else "settled")

    def test_a_quiet_time_longer_than_the_wait_keeps_nobody_from_being_asked_again(
        self, office: World, task: Task
    ) -> None:
        office.tables.people.take(Slot.asked(task.contact, "shop"), "the first ask", NOW, timedelta(0))
        office.close(task)
        assert office.survey.quiet > office.survey.ask_again

        assert run(office, office.now + timedelta(days=30))["asked_again"] == 1
