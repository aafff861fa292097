"""Digests: once for a subscription and period whatever the clocks do, what they say of the scope, and their pause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from followup import tick
from hearback.fact import FactId
from hearback.movement import Movement
from hearback.period import Every
from hearback.response import Answer, Response
from hearback.subscription import Subscription
from hearback.survey import Survey
from hearback.tally import add_request, tally_key
from hearback.task import Task
from hearback.testimonial import Testimonial
from tests.integration.followup_world import CONTEXT, World

MONDAY = datetime(2026, 3, 9, 3, 30, tzinfo=UTC)
"""Nine in Kolkata, five days after tests begin."""
HOUR = timedelta(hours=1)
STORY = "The lady at the billing counter remembered my mother's name."


def subscribed(
    world: World, name: str = "asha", zone: str = "Asia/Kolkata", *, every: Every = "week", hour: int = 9, **scope: str
) -> Subscription:
    """Somebody who reads from now on: on Mondays, on the first of the month, or every day."""
    address = f"{name}@shop.example"
    made = Subscription("shop", name, name.title(), address, scope, 0, hour, zone, world.now, every=every)
    made = replace(made, due_at=made.next_due(world.now), since=world.now)
    world.tables.people.put_subscription(made)
    return made


def count(world: World, day: str, dimension: str = "all", **counters: int) -> None:
    """Count answers: `s10=3`, or of a dimension's value `pune_s10=3`."""
    attributes = {name.replace("_", "|") if "_" in name else f"|{name}": n for name, n in counters.items()}
    world.tables.tally.update(add_request(*tally_key("shop", dimension, day), attributes))


def run(world: World, at: datetime) -> int:
    """Let the tick run; how many digests it sent."""
    world.now = at
    return tick.handler({}, CONTEXT)["digests"]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def digests(world: World) -> list[str]:
    return [text_of(mail) for mail in world.mails()]


def live_through(world: World, begin: datetime, end: datetime, step: timedelta = HOUR / 2) -> None:
    """Run the tick at every step, twice each time, but for the first hour."""
    at = begin + HOUR
    while at <= end:
        run(world, at)
        run(world, at)
        at += step


@pytest.mark.parametrize(
    ("change", "due"),
    [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), {"asha": "03:30", "berta": "07:00", "carl": "13:00"}),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), {"asha": "03:30", "berta": "08:00", "carl": "13:00"}),
    ],
    ids=["spring", "autumn"],
)
def test_in_three_zones_and_over_a_change_of_clocks_each_digest_is_sent_once(
    world: World, change: datetime, due: dict[str, str]
) -> None:
    """Berlin changes its clock on a Sunday; New York did so weeks before, or will a week later."""
    count(world, f"{change.date()}", s10=3)
    world.now = change - timedelta(days=1)
    zones = {"asha": "Asia/Kolkata", "berta": "Europe/Berlin", "carl": "America/New_York"}
    for name, zone in zones.items():
        subscribed(world, name, zone)
    monday = change.replace(hour=0) + timedelta(days=1)

    live_through(world, monday + timedelta(hours=3), monday + timedelta(hours=13))

    sent = {str(mail["To"]).partition(" ")[0].lower(): str(mail["Date"]) for mail in world.mails()}
    caught_up = {"asha": "04:00"}  # the ticks of its hour were missed
    assert len(world.mails()) == 3
    assert {name: date.split()[4][:5] for name, date in sent.items()} == due | caught_up


@pytest.mark.parametrize("hour", [2, 3])
def test_over_a_change_of_clocks_each_day_is_told_once(world: World, hour: int) -> None:
    for day in range(24, 29):
        count(world, f"2026-10-{day}", s10=day)
    world.now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    subscribed(world, zone="Europe/Berlin", every="day", hour=hour)

    live_through(world, datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 27, 3, tzinfo=UTC), HOUR)

    assert [f"from {n} answers" in told for n, told in zip((24, 25, 26), digests(world), strict=True)] == [True] * 3


def test_a_monthly_digest_is_about_the_month(world: World) -> None:
    count(world, "2026-03-01", s10=2)
    count(world, "2026-03-31", s10=3)
    count(world, "2026-04-01", s10=9)
    monthly = subscribed(world, every="month")

    run(world, monthly.due_at)

    (told,) = digests(world)
    assert monthly.due_at == datetime(2026, 4, 1, 3, 30, tzinfo=UTC)
    assert "Sun 1 March to Tue 31 March 2026" in told
    assert "from 5 answers" in told


def test_a_digest_is_about_its_scope_alone(world: World) -> None:
    count(world, "2026-03-04", s10=70, s0=30, invited=500, answered=100)
    count(world, "2026-03-04", "store", pune_s10=30, pune_s0=10, delhi_s10=40, pune_invited=80, pune_answered=40)
    world.answer(3, comment="The Delhi door sticks.", dimensions={"store": "delhi"})
    world.answer(3, comment="The Pune door sticks.", dimensions={"store": "pune"})
    task_of(world, "delhi", "delhi")
    task_of(world, "pune", "pune")
    subscribed(world, store="pune")

    run(world, MONDAY)

    (told,) = digests(world)
    assert "Net Promoter Score: 50.0" in told
    assert "Of 80 people invited, 40 have answered so far (50%)." in told
    assert "The Pune door sticks." in told
    assert "One task is open." in told
    assert "elhi" not in told


def task_of(world: World, name: str, store: str = "pune", *, due: timedelta = timedelta(days=9)) -> Task:
    """A task of today, which is Wednesday."""
    task = Task(
        Task.id_for(name), "shop", "asha", world.now, world.now + due, frozenset({"shop.0x"}), name, {"store": store}
    )
    return world.tables.tasks.open_or_join(task, "shop.0x")


def test_open_tasks_lead_to_their_pages_in_the_readers_name(world: World) -> None:
    task_of(world, "a")
    subscribed(world)

    run(world, MONDAY)

    (told,) = digests(world)
    assert "https://api.example.com/t/" in told
    assert "One customer is waiting to hear from you, by Fri 13 March, 16:00 IST." in told


def test_tasks_of_the_period_are_told_with_recovery(world: World) -> None:
    ravi = world.customer("Ravi")
    for name in "ab":
        task_of(world, name)
    task = Task("c", "shop", "asha", world.now, world.now + timedelta(hours=9), frozenset({"shop.0x"}), ravi.key, {})
    for each in (task_of(world, "d"), world.tables.tasks.open_or_join(task, "shop.0x")):
        world.close(each)
    world.tables.tasks.came_back(replace(world.answer(9, ravi), answered_at=world.now + timedelta(hours=1)))
    subscribed(world)

    run(world, MONDAY)

    (told,) = digests(world)
    assert "4 tasks were given. 2 were closed, 2 of them in time." in told
    assert "Of 2 customers whose tasks were closed in the last 90 days, 1 have answered again, and 1 came back" in told


class TestWhatCustomersSaid:
    @pytest.fixture
    def said(self, world: World) -> list[Response]:
        """Promoters of the staff, detractors of the parcel; one story."""
        praise = ["The staff are kind", "Ask the staff", "Staff who know us", "the staff!", "What a staff"]
        blame = ["The parcel was late", "parcel open", "Where is my parcel?", "a torn parcel", "No parcel"]
        said = [world.answer(10, world.customer("Ravi"), comment=STORY)]
        said += [world.answer(9, comment=words) for words in praise]
        said += [world.answer(2, comment=words, answers={"topic": "price"}) for words in blame]
        count(world, "2026-03-04", s10=1, s9=5, s2=5)
        subscribed(world)
        return said

    def test_is_named_with_a_sentence_of_each(self, world: World, said: Sequence[Response]) -> None:
        run(world, MONDAY)

        (told,) = digests(world)
        assert "What promoters praise: - “staff”, in 5 comments" in told
        assert "What was it about? - Price: 5 of 5 - “parcel”, in 5 comments" in told
        first = "Look into “Price”: chosen by 5 of the 5 detractors who answered that question."
        assert f"Worth doing first: - {first} - Look into “parcel”: 5 detractors wrote of it." in told

    def test_has_a_story_to_share_without_its_person_s_name(self, world: World, said: Sequence[Response]) -> None:
        run(world, MONDAY)

        (told,) = digests(world)
        assert f"> {STORY} Nobody has agreed to be quoted by name" in told
        assert "Ravi" not in told

    def test_names_who_consented_to_it_and_only_while_the_words_are_theirs(
        self, world: World, said: Sequence[Response]
    ) -> None:
        story = said[0]
        given = Testimonial.of(story, story.comment, "Ravi K., Pune", world.now, 0)
        world.tables.directory.put({"Item": given.to_item()})
        run(world, MONDAY)
        world.tables.directory.put({"Item": replace(given, of_comment="other words").to_item()})
        world.tables.people.put_subscription(replace(subscribed(world, "berta"), due_at=MONDAY))
        run(world, MONDAY)
        world.tables.directory.put({"Item": replace(given, words="The lady remembered.").to_item()})
        world.tables.people.put_subscription(replace(subscribed(world, "chitra"), due_at=MONDAY))
        run(world, MONDAY)

        named, lapsed, of_a_part = digests(world)
        assert "From Ravi K., Pune, who agreed to be quoted by this name." in named
        assert "Ravi" not in lapsed
        assert "Ravi" not in of_a_part

    def test_is_left_out_where_it_does_not_count(self, world: World, said: Sequence[Response]) -> None:
        world.answer(1, comment="I am a machine, parcel.", excluded="a machine gave it")
        world.answer(1, comment="Last month's parcel.", day="2026-02-28")
        world.answer(1, comment="Perhaps a parcel.", provisional=True)

        run(world, MONDAY)

        (told,) = digests(world)
        assert "“parcel”, in 5 comments" in told
        assert "machine" not in told

    def test_is_left_out_where_it_was_written_with_another_score(self, world: World, said: Sequence[Response]) -> None:
        praising, blaming = said[0], said[-1]
        world.tables.responses.amend(praising.id, Answer(3), world.now)
        world.tables.responses.amend(blaming.id, Answer(10), world.now)
        world.tables.people.put_movement(Movement(praising.id, praising.day, 9, 0))

        run(world, MONDAY)

        (told,) = digests(world)
        assert "“staff”, in 5 comments" in told
        assert "“parcel”, in 4 comments" in told
        assert praising.comment not in told
        assert blaming.comment not in told
        assert "One customer slipped. - from 9 to 3, Ravi, Wed 4 March No comment." in told

    def test_tells_who_slipped(self, world: World, said: Sequence[Response]) -> None:
        slipped = said[-1]
        world.tables.people.put_movement(Movement(slipped.id, slipped.day, 9, 0))

        run(world, MONDAY)

        assert "One customer slipped. - from 9 to 2, Wed 4 March" in digests(world)[0]


class TestWhenNobodyAnswers:
    @pytest.fixture
    def weeks(self, world: World) -> list[datetime]:
        """The Mondays that its reader waits for a digest."""
        first = subscribed(world).due_at
        return [first + timedelta(weeks=n) for n in range(7)]

    def test_the_third_digest_says_that_it_pauses_and_no_other_comes(self, world: World, weeks: list[datetime]) -> None:
        assert [run(world, at) for at in weeks] == [1, 1, 1, 0, 0, 0, 0]

        told = digests(world)
        assert ["this one pauses" in each for each in told] == [False, False, True]
        assert all("Nobody answered." in each for each in told)

    def test_it_comes_again_with_the_first_answer_and_says_so(self, world: World, weeks: list[datetime]) -> None:
        count(world, f"{weeks[4].date()}", s9=1)

        assert [run(world, at) for at in weeks] == [1, 1, 1, 0, 0, 1, 1]

        *_, back, empty = digests(world)
        assert "your digest is back" in back
        assert "Nobody answered. There was one answer the week before." in empty

    def test_an_answer_in_between_begins_the_count_anew(self, world: World, weeks: list[datetime]) -> None:
        count(world, f"{weeks[1].date()}", s9=1)

        assert [run(world, at) for at in weeks] == [1, 1, 1, 1, 1, 1, 0]

        assert ["this one pauses" in each for each in digests(world)] == [False] * 5 + [True]

    def test_a_task_that_is_open_is_told_all_the_same(self, world: World, weeks: list[datetime]) -> None:
        task_of(world, "a", due=timedelta(days=90))

        assert [run(world, at) for at in weeks] == [1] * 7

    def test_the_weeks_before_somebody_subscribed_do_not_count(self, world: World, weeks: list[datetime]) -> None:
        for at in weeks[:5]:
            run(world, at)
        world.pass_time(timedelta(hours=1))
        later = subscribed(world, "berta")

        assert [run(world, later.due_at + timedelta(weeks=n)) for n in range(4)] == [1, 1, 1, 0]

    def test_one_that_was_stored_without_a_beginning_begins_with_its_next(
        self, world: World, weeks: list[datetime]
    ) -> None:
        old = subscribed(world).to_item()
        del old["since"]
        world.tables.directory.put({"Item": old})

        assert [run(world, at) for at in weeks[:5]] == [1, 1, 1, 0, 0]

    def test_only_the_scope_s_answers_matter(self, world: World, weeks: list[datetime], survey: Survey) -> None:
        world.tables.people.delete_subscription(world.tables.people.subscriptions("shop")[0])
        subscribed(world, store="pune")
        for at in weeks:
            count(world, f"{at.date()}", s9=1)
            count(world, f"{at.date()}", "store", delhi_s9=1)

        assert [run(world, at) for at in weeks] == [1, 1, 1, 0, 0, 0, 0]


def test_answers_of_a_value_that_was_counted_on_two_pages_are_all_told(world: World) -> None:
    for page, n in ((0, 3), (1, 4)):
        key = tally_key("shop", "store", "2026-03-04", page)
        world.tables.tally.update(add_request(*key, {"pune|s9": n}))
    subscribed(world, store="pune")

    run(world, MONDAY)

    assert "from 7 answers" in digests(world)[0]


def test_many_answers_of_other_scopes_do_not_hide_a_small_one(world: World) -> None:
    world.answer(10, comment=STORY, dimensions={"store": "pune"})
    for _ in range(300):
        world.answer(9, dimensions={"store": "delhi"})
    count(world, "2026-03-04", "store", pune_s10=1)
    subscribed(world, store="pune")

    run(world, MONDAY)

    assert STORY in digests(world)[0]


def test_the_story_of_an_erased_person_is_not_told(world: World) -> None:
    story = world.answer(10, world.customer("Ravi"), comment=STORY)
    count(world, "2026-03-04", s10=1)
    world.tables.responses.erase(story)
    subscribed(world)

    run(world, MONDAY)

    (told,) = digests(world)
    assert "from one answer" in told
    assert "story" not in told


def test_answers_after_the_period_do_not_hide_those_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("followup.digest.LOOKED_AT", 5)
    world.answer(10, comment=STORY)
    count(world, "2026-03-04", s10=1)
    subscribed(world)
    world.now = MONDAY - timedelta(hours=2)
    for _ in range(9):
        world.answer(10, comment=STORY.replace("lady", "man"))

    run(world, MONDAY)

    assert STORY in digests(world)[0]


@pytest.mark.parametrize(
    ("invited", "told"), [(timedelta(days=89), True), (timedelta(days=130), False)], ids=["in time", "no link lives on"]
)
def test_what_is_said_long_after_the_invitation_is_told_with_its_number(
    world: World, invited: timedelta, told: bool
) -> None:
    answered_at, world.now = world.now, world.now - invited
    late = world.answer(10, comment=STORY, answered_at=answered_at, day=world.survey.day(answered_at))
    world.now = answered_at
    count(world, late.day, s10=1)
    subscribed(world)

    run(world, MONDAY)

    assert (STORY in digests(world)[0]) == told


def test_what_was_imported_without_a_time_is_told_with_the_day_of_its_import(world: World) -> None:
    row = FactId.of_row("shop", "row 1", None)
    world.tables.responses.create(Response(row, 10, world.now, world.survey.day(world.now), comment=STORY))
    count(world, world.survey.day(world.now), s10=1)
    subscribed(world)

    run(world, MONDAY)

    assert STORY in digests(world)[0]


def test_the_last_hours_of_a_month_are_told_where_the_day_ends_late(world: World) -> None:
    world.survey = world.survey.model_copy(update={"time_zone": "America/New_York"})
    world.tables.people.put_survey(world.survey, world.now)
    world.now = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 31 March in New York
    world.answer(10, comment=STORY)
    count(world, "2026-03-31", s10=1)
    subscribed(world, zone="America/New_York", every="month")

    run(world, datetime(2026, 4, 1, 13, tzinfo=UTC))

    assert STORY in digests(world)[0]
