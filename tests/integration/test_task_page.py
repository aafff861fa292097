"""The page of a task: what it tells its owner, what its forms do, and what it keeps to itself."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from collect.wiring import wiring
from hearback import token as signed
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.judging import READING
from hearback.response import Answer, Response
from hearback.survey import Person
from hearback.task import MOST_NOTES, Callback, Closing, Note, Task
from hearback.task_changes import erase_request
from hearback.task_link import KEPT, task_link
from hearback.token import Token
from tests.conftest import NOW, Answered, Collect
from tests.unit.letter_samples import HOSTILE

RAVI = Contact("r" * 32, "ravi@example.com", "Ravi Kumar", "+91 (20) 5555 0100", "hi")
FILLED: dict[str, Any] = {
    "seen": "",
    "text": "x",
    "day": "2026-03-06",
    "time": "10:00",
    "outcome": "resolved",
    "cause": "price",
}
"""What any form of the page takes."""


@dataclass(slots=True)
class Desk:
    """Where Asha opens the link of her task."""

    collect: Collect
    task: Task
    path: str

    def open(self) -> Answered:
        return self.collect.request("GET", self.path)

    def send(self, step: str, *, page: str = "", after: timedelta = READING, **said: str) -> Answered:
        """Send a form of the page, after reading it."""
        stamp = page or stamp_of(self.open())
        self.collect.now += after
        return self.collect.form(self.path, urlencode({"do": step, "page": stamp, **said}))

    @property
    def stands(self) -> Task:
        found = self.collect.tables.tasks.get(self.task.id)
        assert found is not None
        return found


def stamp_of(page: Answered) -> str:
    found = re.search(r'name="page" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def link(collect: Collect, task: Task, holder: str = "asha") -> str:
    return task_link("", task, holder, collect.now, wiring().token_keys.at(collect.now))


def said(number: int, score: int, days_ago: int, **more: Any) -> Response:
    at = NOW - timedelta(days=days_ago)
    fact = FactId.of_row("shop", str(number), at)
    return Response(fact, score, at, at.date().isoformat(), contact=RAVI.key, expires_at=2**31, **more)


@pytest.fixture
def desk(collect: Collect) -> Desk:
    """Ravi, once a promoter, gave a 2; Asha is to call him by tomorrow afternoon."""
    collect.survey = collect.survey.model_copy(
        update={"people": {**collect.survey.people, "dev": Person(name="Dev Shah", email="dev@shop.example")}}
    )
    collect.tables.people.put_survey(collect.survey, NOW)
    wiring.cache_clear()
    now = said(1, 2, 0, comment="The queue was <long>.", answers={"topic": "staff", "wish": "More tills"})
    for response in (now, said(2, 9, 100, comment="Lovely place"), said(3, 7, 50)):
        collect.tables.responses.create(response)
    collect.tables.people.merge_contact(RAVI)
    responses = frozenset({str(now.id)})
    task = Task(
        "0123456789abcdef", "shop", "asha", NOW, NOW + timedelta(days=1), responses, RAVI.key, {"store": "pune"}
    )
    collect.tables.tasks.open_or_join(task, str(now.id))
    return Desk(collect, task, link(collect, task))


class TestStory:
    def test_it_tells_who_said_what_now_and_before_and_how_to_reach_them(self, desk: Desk) -> None:
        page = desk.open()

        assert page.status == 200
        assert '<a class="button" href="tel:+912055550100">' in page.text
        assert 'href="mailto:ravi@example.com"' in page.text
        for known in (
            "<bdi>Ravi Kumar</bdi>",
            "To be reached by Thu 5 March, 16:00 IST",
            "Store: pune",
            "2 of 10",
            "The queue was &lt;long&gt;.",
            "What was it about?",
            "Staff",
            "More tills",
            "7 of 10",
            "9 of 10",
            "Lovely place",
            "This page is for Asha Rao.",
        ):
            assert known in page.text, known
        assert page.text.index("7 of 10") < page.text.index("9 of 10")

    def test_answers_and_places_come_in_the_survey_s_order(self, collect: Collect) -> None:
        given = said(1, 2, 0, answers={"wish": "More tills", "topic": "staff"})
        collect.tables.responses.create(given)
        born_of, places = frozenset({str(given.id)}), {"store": "pune", "touchpoint": "checkout"}
        task = Task("0123456789abcdef", "shop", "asha", NOW, NOW, born_of, RAVI.key, places)
        collect.tables.tasks.open_or_join(task, str(given.id))

        page = Desk(collect, task, link(collect, task)).open().text

        assert page.index("Touchpoint: checkout") < page.index("Store: pune")
        assert page.index("What was it about?") < page.index("What should we change first?")

    def test_how_the_customer_wants_to_be_called_comes_first(self, desk: Desk) -> None:
        desk.collect.tables.tasks.call_back(desk.task.id, Callback("020 5555 0199", "after six", NOW))
        page = desk.open().text

        assert "asked on Wed 4 March, 16:00 IST to be called on this number: after six" in page
        assert 'href="tel:02055550199"' in page
        assert "5555 0100" not in page

    def test_an_answer_that_was_changed_tells_what_it_said_before(self, desk: Desk) -> None:
        fact, responses = FactId.parse(desk.task.born_of), desk.collect.tables.responses
        responses.amend(fact, Answer(score=4), NOW + timedelta(minutes=1))
        responses.amend(fact, Answer(comment="They were <kind> after all."), NOW + timedelta(minutes=2))
        responses.amend(fact, Answer(answers={"topic": "price"}), NOW + timedelta(minutes=3))
        responses.amend(fact, Answer(score=9), NOW + timedelta(minutes=4))
        page = desk.open().text

        in_order = [
            "9 of 10",
            "They were &lt;kind&gt; after all.",
            "changed this answer on Wed 4 March, 16:04 IST. Before that: 4 of 10.",
            "changed this answer on Wed 4 March, 16:02 IST. Before that: 4 of 10.",
            "The queue was &lt;long&gt;.",
            "changed this answer on Wed 4 March, 16:01 IST. Before that: 2 of 10.",
        ]
        places = [page.index(told) for told in in_order]
        assert places == sorted(places)
        assert "16:03" not in page

    def test_an_answer_that_does_not_count_any_more_says_so_and_why(self, desk: Desk) -> None:
        desk.collect.tables.responses.revise(
            FactId.parse(desk.task.born_of), lambda stored: stored.exclude("the <cleaner> gave it")
        )

        assert "This answer does not count any more: the &lt;cleaner&gt; gave it" in desk.open().text

    def test_it_tells_whose_the_task_was(self, desk: Desk) -> None:
        tasks = desk.collect.tables.tasks
        tasks.assign(desk.stands, "dev", NOW + timedelta(minutes=5))
        page = desk.open().text

        assert "Given to Dev Shah on Wed 4 March, 16:05 IST; before that it was Asha Rao’s." in page

    def test_it_is_kept_by_nobody_and_found_by_no_search_engine(self, desk: Desk) -> None:
        headers = desk.open().headers

        assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "; script-src 'sha256-" in headers["content-security-policy"]

    def test_opening_it_changes_nothing(self, desk: Desk) -> None:
        before = desk.stands
        head = desk.collect.request("HEAD", desk.path)
        desk.open()

        assert (head.status, head.raw) == (200, b"")
        assert desk.stands == before

    def test_nothing_is_chosen_beforehand(self, desk: Desk) -> None:
        page = desk.open().text

        assert " checked" not in page
        assert '<input type="date" name="day" min="2026-03-04" max="2026-03-18" required value="">' in page

    def test_overdue_is_said(self, desk: Desk) -> None:
        desk.collect.now += timedelta(days=2)

        assert "Overdue: was to be reached by Thu 5 March, 16:00 IST" in desk.open().text

    @pytest.mark.parametrize("words", HOSTILE)
    def test_hostile_words_stay_words(self, desk: Desk, words: str) -> None:
        printable = words.encode(errors="ignore").decode()
        desk.collect.tables.people.merge_contact(replace(RAVI, name=printable, phone=printable))
        desk.collect.tables.tasks.note(desk.task.id, Note("n", NOW, "asha", printable))
        page = desk.open()

        assert page.status == 200
        assert page.text.count("<script") == 1  # ours
        assert "<img" not in page.text

    def test_an_erased_customer_is_nobody_to_call(self, desk: Desk) -> None:
        desk.collect.tables.directory.update(erase_request(desk.task.id, RAVI.key))
        desk.collect.tables.people.table.delete({"Key": Contact.key_item(RAVI.key)})
        page = desk.open()

        assert "asked to be erased" in page.text
        assert "Ravi" not in page.text
        assert desk.send("close", outcome="no-action", cause="other").status == 303

    def test_it_speaks_the_survey_s_language(self, desk: Desk) -> None:
        survey = desk.collect.survey.model_copy(update={"locales": ["ar", "en"]})
        desk.collect.tables.people.put_survey(survey, NOW)
        wiring.cache_clear()
        page = desk.open()

        assert '<html lang="ar" dir="rtl">' in page.text
        assert "سأتصل أنا" in page.text


class TestWhomNobodyCanCall:
    @pytest.fixture
    def stranger(self, desk: Desk) -> Desk:
        """Whose answer, from the code at the till, names nobody."""
        collect, told = desk.collect, replace(said(7, 2, 0, comment="Call me"), contact="")
        collect.tables.responses.create(told)
        task = Task(Task.id_for(str(told.id)), "shop", "asha", NOW, NOW + timedelta(days=1), frozenset({str(told.id)}))
        collect.tables.tasks.open_or_join(task, str(told.id))
        return Desk(collect, task, link(collect, task))

    def test_nobody_is_asked_to_reach_them(self, stranger: Desk) -> None:
        page = stranger.open().text

        assert "A customer whose name we do not know" in page
        assert "To be looked into by Thu 5 March, 16:00 IST" in page
        assert "The answer names nobody, and no number was left: nobody can be called." in page
        assert "I take it" in page
        for asking in ("I will call", "To be reached", "neither a phone number"):
            assert asking not in page
        stranger.collect.now += timedelta(days=2)
        assert "Overdue: was to be looked into by Thu 5 March, 16:00 IST" in stranger.open().text

    def test_a_number_that_they_leave_makes_it_a_call(self, stranger: Desk) -> None:
        stranger.collect.tables.tasks.call_back(stranger.task.id, Callback("020 5555 0101", "", NOW))
        page = stranger.open().text

        assert "To be reached by Thu 5 March, 16:00 IST" in page
        assert "I will call" in page
        assert 'href="tel:02055550101"' in page

    def test_of_whom_another_system_may_know_their_owner_hears_that(self, desk: Desk) -> None:
        told = replace(said(8, 2, 0), contact="", channel="api")
        desk.collect.tables.responses.create(told)
        task = replace(desk.task, id="t8", responses=frozenset({str(told.id)}), contact="")
        desk.collect.tables.tasks.open_or_join(task, str(told.id))
        page = Desk(desk.collect, task, link(desk.collect, task)).open().text

        assert "We have neither a phone number nor a mail address." in page
        assert "To be reached by" in page

    def test_whom_only_a_mail_reaches_nobody_says_to_call(self, desk: Desk) -> None:
        meera = Contact("m" * 32, "meera@example.com", "Meera Iyer")
        desk.collect.tables.people.merge_contact(meera)
        task = replace(desk.task, id="t9", contact=meera.key)
        desk.collect.tables.tasks.open_or_join(task, task.born_of)
        desk.collect.tables.tasks.take(task, "dev", NOW)
        page = Desk(desk.collect, task, link(desk.collect, task)).open().text

        assert "I take it over from Dev Shah" in page
        assert "I will call" not in page


class TestForms:
    def test_somebody_says_that_they_will_call(self, desk: Desk) -> None:
        done = desk.send("take", seen="")

        assert (done.status, done.headers["location"]) == (303, f"{desk.path}?done=take")
        assert (desk.stands.taken_by, desk.stands.taken_at) == ("asha", desk.collect.now.replace(microsecond=0))
        page = desk.collect.request("GET", desk.path, query="done=take").text
        assert "Saved: you have taken this on." in page
        assert "Asha Rao took this on: Wed 4 March, 16:00 IST" in page
        assert "I will call" not in page

    def test_who_was_quicker_is_not_overruled_unseen(self, desk: Desk) -> None:
        stamp = stamp_of(desk.open())
        desk.collect.tables.tasks.take(desk.task, "dev", NOW)

        late = desk.send("take", page=stamp, seen="")
        assert (late.status, desk.stands.taken_by) == (422, "dev")
        assert "Somebody else was quicker" in late.text
        assert "I will call instead of Dev Shah" in late.text

        assert desk.send("take", seen="dev").status == 303
        assert desk.stands.taken_by == "asha"

    def test_a_note_is_added_once_however_often_its_form_is_sent(self, desk: Desk) -> None:
        stamp = stamp_of(desk.open())
        for _ in range(3):
            assert desk.send("note", page=stamp, text="Nobody\r\nanswered. ").status == 303

        assert [(note.by, note.text) for note in desk.stands.notes] == [("asha", "Nobody\nanswered.")]
        assert "Nobody\nanswered." in desk.open().text

    def test_other_words_sent_from_the_same_page_are_another_note(self, desk: Desk) -> None:
        """Back shows the page as it was made, stamp and all."""
        stamp = stamp_of(desk.open())
        for text in ("Nobody answered.", "They want a refund.", "Nobody answered."):
            assert desk.send("note", page=stamp, text=text).status == 303

        assert [note.text for note in desk.stands.notes] == ["Nobody answered.", "They want a refund."]

    def test_a_task_is_rescheduled_to_a_local_time(self, desk: Desk) -> None:
        assert desk.send("reschedule", day="2026-03-06", time="11:00").status == 303

        assert desk.stands.due_at == datetime(2026, 3, 6, 5, 30, tzinfo=UTC)
        assert desk.stands.promised_at == desk.task.due_at
        assert "To be reached by Fri 6 March, 11:00 IST" in desk.open().text

    def test_a_task_is_closed_with_outcome_cause_and_a_note(self, desk: Desk) -> None:
        done = desk.send("close", outcome="resolved", cause="price", text="Happy again")

        assert done.status == 303
        assert desk.stands.closing == Closing(desk.collect.now.replace(microsecond=0), "asha", "resolved", "price")
        assert [note.text for note in desk.stands.notes] == ["Happy again"]

    @pytest.mark.parametrize(
        ("step", "form", "words"),
        [
            ("close", {"outcome": "resolved"}, "Please choose both"),
            ("close", {"cause": "price"}, "Please choose both"),
            ("close", {"outcome": "ignored", "cause": "price"}, "Please choose both"),
            ("close", {"outcome": "resolved", "cause": "moon"}, "Please choose both"),
            ("close", {"outcome": "resolved", "cause": "price", "text": "x" * 2001}, "That is too long."),
            ("note", {"text": " \r\n "}, "Please write the note first."),
            ("note", {"text": "x" * 2001}, "That is too long."),
            ("reschedule", {"day": "2026-02-30", "time": "10:00"}, "Please choose a day and a time."),
            ("reschedule", {"day": "2026-03-06"}, "Please choose a day and a time."),
            ("reschedule", {"day": "2026-03-06", "time": "10:00+01:00"}, "Please choose a day and a time."),
            ("reschedule", {"day": "2026-03-04", "time": "15:00"}, "That time is over."),
            ("reschedule", {"day": "0001-01-01", "time": "00:00"}, "That time is over."),
            ("reschedule", {"day": "2026-04-04", "time": "15:00"}, "more than two weeks away"),
        ],
    )
    def test_a_form_that_lacks_something_does_nothing_and_says_what(
        self, desk: Desk, step: str, form: dict[str, Any], words: str
    ) -> None:
        before = desk.stands
        page = desk.send(step, **form)

        assert (page.status, desk.stands) == (422, before)
        assert words in page.text
        for kept in ("outcome", "cause"):
            if form.get(kept) in ("resolved", "price"):
                assert f'name="{kept}" value="{form[kept]}" required checked>' in page.text

    def test_a_task_takes_only_so_many_notes(self, desk: Desk) -> None:
        tasks = desk.collect.tables.tasks
        for number in range(MOST_NOTES):
            tasks.note(desk.task.id, Note(str(number), NOW, "asha", "called"))
        page = desk.send("note", text="once more")

        assert (page.status, len(desk.stands.notes)) == (422, MOST_NOTES)
        assert "as many notes as it can have" in page.text
        assert "once more" in page.text


class TestMachines:
    def test_a_form_sent_sooner_than_a_person_reads_does_nothing_and_keeps_the_words(self, desk: Desk) -> None:
        before = desk.stands
        page = desk.send("close", after=timedelta(), outcome="resolved", cause="price", text="Happy again")

        assert (page.status, desk.stands) == (422, before)
        assert "That was quick." in page.text
        assert 'value="resolved" required checked>' in page.text
        assert "Happy again</textarea>" in page.text

    @pytest.mark.parametrize("step", ["take", "note", "reschedule", "close"])
    def test_the_field_that_no_person_sees_catches_every_form(self, desk: Desk, step: str) -> None:
        before = desk.stands

        assert desk.send(step, more="x", **FILLED).status == 422
        assert desk.stands == before

    @pytest.mark.parametrize("page", ["", "invented", "1772620200000--AAAAAAAAAAAAAAAA"])
    def test_a_form_without_its_page_does_nothing(self, desk: Desk, page: str) -> None:
        before = desk.stands
        answered = desk.collect.form(desk.path, urlencode({"do": "take", "seen": "", "page": page}))

        assert (answered.status, desk.stands) == (422, before)

    def test_following_the_hidden_link_changes_nothing(self, desk: Desk) -> None:
        before = desk.stands

        assert desk.collect.request("GET", desk.path, query="more=x").status == 200
        assert desk.stands == before


class TestDoors:
    def close(self, desk: Desk) -> None:
        closing = Closing(NOW, "dev", "no-action", "delivery")
        desk.collect.tables.tasks.close(desk.task, closing, None, timedelta(0))

    def test_a_closed_task_tells_how_it_ended_and_nothing_of_the_customer(self, desk: Desk) -> None:
        self.close(desk)
        page = desk.open()

        assert page.status == 200
        told = "Dev Shah closed it on Wed 4 March, 16:00 IST. Outcome: Nothing to be done. Cause: Delivery."
        assert told in page.text
        for secret in ("Ravi", "5555", "queue", "<form"):
            assert secret not in page.text

    def test_a_withdrawn_task_tells_that_nothing_is_left_to_do_and_nothing_of_the_customer(self, desk: Desk) -> None:
        desk.collect.tables.tasks.withdraw(desk.task, NOW)
        page = desk.open()

        assert page.status == 200
        told = "It was withdrawn on Wed 4 March, 16:00 IST: what it was about does not count any more."
        assert told in page.text
        for secret in ("Ravi", "5555", "queue", "<form"):
            assert secret not in page.text

    @pytest.mark.parametrize("step", ["take", "note", "reschedule", "close"])
    def test_a_closed_task_takes_nothing_more(self, desk: Desk, step: str) -> None:
        stamp = stamp_of(desk.open())
        self.close(desk)
        before = desk.stands
        page = desk.send(step, page=stamp, **FILLED)

        assert (page.status, desk.stands) == (409, before)
        assert "This task is closed" in page.text

    def test_a_link_ends_two_weeks_after_the_task_was_due(self, desk: Desk) -> None:
        desk.collect.now = desk.task.due_at + KEPT
        page = desk.open()

        assert page.status == 410
        assert "Links to tasks work until two weeks after the task is due." in page.text
        assert "Ravi" not in page.text

    def test_another_kind_of_link_opens_no_task(self, desk: Desk) -> None:
        keys = wiring().token_keys.at(NOW)
        for token in (
            desk.collect.token(),
            signed.sign(Token("task", "no-such-task", NOW + KEPT, holder="asha"), keys),
            signed.sign(Token("task", desk.task.id, NOW + KEPT), keys),
            signed.sign(Token("task", desk.task.id, NOW + KEPT, holder="asha"), {"k1": "another key"}),
            desk.path.removeprefix("/t/")[:-1] + "!",
        ):
            assert desk.collect.request("GET", f"/t/{token}").status == 400
            assert desk.collect.form(f"/t/{token}", "do=take").status == 400

    def test_whoever_has_left_the_company_opens_no_task(self, desk: Desk) -> None:
        path = link(desk.collect, desk.task, "dev")
        assert desk.collect.request("GET", path).status == 200
        survey = desk.collect.survey.model_copy(update={"people": {"asha": desk.collect.survey.people["asha"]}})
        desk.collect.tables.people.put_survey(survey, NOW)
        wiring.cache_clear()

        refused = desk.collect.request("GET", path)

        assert (refused.status, "no longer yours" in refused.text) == (400, True)
        assert desk.collect.form(path, "do=take").status == 400

    def test_a_link_to_a_task_answers_no_survey(self, desk: Desk) -> None:
        assert desk.collect.request("GET", desk.path.replace("/t/", "/a/")).status == 400
        assert desk.collect.request("GET", desk.path.replace("/t/", "/u/")).status == 400

    def test_the_log_names_the_task_and_nobody(self, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
        desk.open()
        desk.send("note", text="Ravi was out")
        logged = str([vars(record) for record in caplog.records])

        assert desk.task.id in logged
        for secret in ("Ravi", "ravi@", "5555", RAVI.key, desk.path.removeprefix("/t/")):
            assert secret not in logged
