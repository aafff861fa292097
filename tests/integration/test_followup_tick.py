"""The tick: digests once a period, whatever the scheduler does, and mails in doubt before an operator."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from followup import tick
from hearback.aws import clients
from hearback.aws.claims import Claims
from hearback.aws.dynamodb import TemporarilyUnavailable
from hearback.aws.tasks import Tasks
from hearback.claim import DUE_KIND as CLAIM_KIND
from hearback.claim import Claim
from hearback.conversion import DUE_KIND as CONVERSION_KIND
from hearback.movement import Movement
from hearback.subscription import DUE_KIND as DIGEST_KIND
from hearback.subscription import Subscription
from hearback.tally import add_request, tally_key
from hearback.task import DUE_KIND as TASK_KIND
from hearback.task import Task
from hearback.task_assignment import NOTICE_KIND
from hearback.task_closing import ASK_AGAIN_KIND, CLOSING_KIND
from hearback.task_news import NEWS_KIND
from hearback.testimonial import Testimonial
from hearback.waiting import DUE_KIND as PLAY_KIND
from tests.integration.followup_world import CONTEXT, THROTTLED, World, raising

TIMED = [
    CLAIM_KIND,
    CONVERSION_KIND,
    DIGEST_KIND,
    PLAY_KIND,
    TASK_KIND,
    NOTICE_KIND,
    NEWS_KIND,
    ASK_AGAIN_KIND,
    CLOSING_KIND,
]
"""All that can be due."""
MONDAY_NINE_IN_KOLKATA = datetime(2026, 3, 9, 3, 30, tzinfo=UTC)


def run(world: World, at: datetime) -> dict[str, int]:
    world.now = at
    return tick.handler({}, CONTEXT)


@pytest.fixture
def weekly(world: World) -> Subscription:
    """Asha reads on Mondays at nine; 40 tens and 10 threes came on 4 March."""
    subscription = Subscription(
        "shop", "asha", "Asha Rao", "asha@shop.example", {}, 0, 9, "Asia/Kolkata", MONDAY_NINE_IN_KOLKATA
    )
    world.tables.people.put_subscription(subscription)
    pk, sk = tally_key("shop", "all", "2026-03-04")
    world.tables.tally.update(add_request(pk, sk, {"|s10": 40, "|s3": 10}))
    return subscription


def text_of(world: World) -> str:
    (mail,) = world.mails()
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_a_digest_is_sent_when_it_is_due_and_not_before(world: World, weekly: Subscription) -> None:
    assert run(world, weekly.due_at - timedelta(minutes=1))["digests"] == 0
    assert run(world, weekly.due_at)["digests"] == 1

    assert world.recipients() == ["Asha Rao <asha@shop.example>"]
    assert "60" in text_of(world)  # 80% promoters less 20% detractors


def test_a_digest_that_cannot_be_made_silences_nothing_else(
    world: World, weekly: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tick, "_digesting", raising(KeyError("no such thing")))
    silent = Claim("silent", {"response": "shop.1"})
    Claims(world.tables.directory).take(silent, weekly.due_at - timedelta(hours=1))

    with pytest.raises(tick.TickIncomplete, match="digests"):
        run(world, weekly.due_at)

    stands = Claims(world.tables.directory).get(silent.digest)
    assert stands
    assert stands["state"] == "doubtful"


def test_a_digest_is_sent_once_however_often_the_tick_runs(world: World, weekly: Subscription) -> None:
    for minutes in (0, 0, 15, 30):
        run(world, weekly.due_at + timedelta(minutes=minutes))

    assert len(world.mails()) == 1


def test_a_digest_is_sent_once_even_if_moving_on_failed(world: World, weekly: Subscription) -> None:
    run(world, weekly.due_at)
    world.tables.people.put_subscription(weekly)  # as if the tick had died before it moved on

    assert run(world, weekly.due_at + timedelta(minutes=15))["digests"] == 0
    assert len(world.mails()) == 1


def test_a_missed_tick_is_caught_up(world: World, weekly: Subscription) -> None:
    assert run(world, weekly.due_at + timedelta(days=2))["digests"] == 1

    (stored,) = world.tables.people.subscriptions("shop")
    assert stored.due_at == weekly.due_at + timedelta(days=7)


def test_after_a_long_outage_only_the_last_week_is_mailed(world: World, weekly: Subscription) -> None:
    assert run(world, weekly.due_at + timedelta(days=29))["digests"] == 1

    assert "30 Mar" in text_of(world) or "Mar 30" in text_of(world) or "5 Apr" in text_of(world)


def test_a_digest_that_was_throttled_goes_out_with_the_next_tick(world: World, weekly: Subscription) -> None:
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", THROTTLED)
        assert run(world, weekly.due_at)["digests"] == 0

    assert run(world, weekly.due_at + timedelta(minutes=15))["digests"] == 1


def test_the_subscription_of_a_survey_that_is_gone_stops_nobody(world: World, weekly: Subscription) -> None:
    orphan = Subscription("gone", "a", "A", "a@shop.example", {}, 0, 9, "UTC", weekly.due_at - timedelta(hours=1))
    world.tables.people.put_subscription(orphan)

    assert run(world, weekly.due_at)["digests"] == 1


@pytest.mark.parametrize("spoiled", [{"time_zone": "Atlantis/Poseidonis"}, {"hour": "nine"}], ids=["zone", "hour"])
def test_a_subscription_that_cannot_be_served_delays_no_other_and_is_told_until_it_is_mended(
    world: World, weekly: Subscription, spoiled: dict[str, str]
) -> None:
    first = replace(weekly, id="first", email="first@shop.example", due_at=weekly.due_at - timedelta(hours=1))
    world.tables.directory.put({"Item": first.to_item() | spoiled})

    for minutes in (0, 15):
        with pytest.raises(tick.TickIncomplete, match="digests"):
            run(world, weekly.due_at + timedelta(minutes=minutes))
        assert world.recipients() == ["Asha Rao <asha@shop.example>"]
    world.tables.people.put_subscription(first)

    assert run(world, weekly.due_at + timedelta(minutes=30))["digests"] == 1
    assert len(world.mails()) == 2


def test_tasks_that_could_not_all_be_read_are_not_told_as_if_there_were_no_more(
    world: World, weekly: Subscription
) -> None:
    for name in "ab":
        due_at = weekly.due_at + timedelta(days=9)
        task = Task(Task.id_for(name), "shop", "asha", world.now, due_at, frozenset({"shop.0x"}), "", {})
        world.tables.tasks.open_or_join(task, "shop.0x")
    world.tables.people.put_subscription(replace(weekly, id="berta", email="berta@shop.example"))
    broken = once_broken(Tasks.open)

    with world.monkeypatch.context() as patch:
        patch.setattr(Tasks, "open", broken)
        with pytest.raises(tick.TickIncomplete, match="digests"):
            run(world, weekly.due_at)

    assert "2 tasks are open." in text_of(world)


def test_a_task_that_cannot_be_read_is_missing_in_digests_and_told_to_operators(
    world: World, weekly: Subscription
) -> None:
    for name in "ab":
        due_at = weekly.due_at + timedelta(days=9)
        task = Task(Task.id_for(name), "shop", "asha", world.now, due_at, frozenset({"shop.0x"}), "", {})
        world.tables.tasks.open_or_join(task, "shop.0x")
    world.tables.directory.put({"Item": task.to_item() | {"created_at": "once upon a time"}})

    with pytest.raises(tick.TickIncomplete, match="digests"):
        run(world, weekly.due_at)

    assert "One task is open." in text_of(world)


def test_an_answer_that_cannot_be_read_keeps_no_digest_from_anybody_and_is_told_without_its_words(
    world: World, weekly: Subscription, caplog: pytest.LogCaptureFixture
) -> None:
    """Aggregate has parked it, so the tick does not fail for it each time."""
    world.answer(10, comment="Everybody at the counter was friendly, and the tea came at once, still hot.")
    for name, foreign in {"comment": 7, "expires_at": "asha@example.com", "day": {1}}.items():
        world.tables.feedback.put(
            {"Item": world.answer(2, comment="Call asha@example.com").to_item() | {name: foreign}}
        )

    assert run(world, weekly.due_at)["digests"] == 1

    assert "still hot" in text_of(world)
    [told] = [vars(record) for record in caplog.records if "cannot be read" in record.message]
    assert (told["levelname"], told["answers"]) == ("WARNING", 3)
    assert "asha@example.com" not in caplog.text


def test_what_a_digest_adds_is_missing_if_it_cannot_be_read_and_told_to_operators(
    world: World, weekly: Subscription, caplog: pytest.LogCaptureFixture
) -> None:
    said = world.answer(10, comment="Everybody at the counter was friendly, and the tea came at once, still hot.")
    for moved in (world.answer(2), said):
        world.tables.people.put_movement(Movement(moved.id, moved.day, 5, 2**31))
    world.tables.directory.put({"Item": Movement(said.id, said.day, 5, 2**31).to_item() | {"before": "asha"}})
    world.tables.directory.put({"Item": Testimonial.key_item(said.id) | {"contact": {1, 2}, "words": "asha"}})

    with pytest.raises(tick.TickIncomplete, match="digests"):
        run(world, weekly.due_at)

    assert world.recipients() == ["Asha Rao <asha@shop.example>"]
    assert "still hot" in text_of(world)
    assert "'asha'" not in caplog.text


@pytest.mark.parametrize("due_kind", TIMED)
def test_an_item_of_any_kind_of_timed_work_that_somebody_spoiled_stops_none_of_the_others(
    world: World, weekly: Subscription, due_kind: str
) -> None:
    """It is due, and every other attribute it has is of a foreign kind."""
    spoiled = {"pk": "TASK#spoiled", "sk": "spoiled", "due_kind": due_kind, "due_at": "2026-03-01T00:00:00+00:00"}
    names = ("survey", "owner", "hour", "effect", "play", "reference", "rewards", "response", "responses", "created_at")
    foreign = cycle([{1, 2}, b"\0", 10**100, {b"\0"}, Decimal("0.1")])
    world.tables.directory.put({"Item": spoiled | dict(zip(names, foreign, strict=False))})
    silent = Claim("silent", {"response": "shop.1"})
    Claims(world.tables.directory).take(silent, weekly.due_at - timedelta(hours=1))

    with suppress(tick.TickIncomplete):
        run(world, weekly.due_at)

    assert world.recipients() == ["Asha Rao <asha@shop.example>"]
    assert (Claims(world.tables.directory).get(silent.digest) or {})["state"] == "doubtful"


def test_a_task_is_reminded_of_though_one_of_its_answers_cannot_be_read(world: World) -> None:
    spoiled, said = world.answer(2, comment="Nobody came."), world.answer(1, comment="Nobody at all.")
    world.tables.feedback.put({"Item": spoiled.to_item() | {"comment": 7}})
    responses = frozenset({str(spoiled.id), str(said.id)})
    task = Task(Task.id_for("a"), "shop", "asha", world.now, world.now, responses, "", {})
    world.tables.tasks.open_or_join(task, str(said.id))

    assert run(world, world.now + timedelta(hours=1))["reminders"] == 1

    assert "Nobody at all." in text_of(world)


def test_a_mail_without_mark_and_event_is_put_before_an_operator(world: World) -> None:
    response = world.answer(10, world.customer("Ravi"))
    with world.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", timed_out)
        world.settle(response)

    assert run(world, world.now + timedelta(minutes=14))["doubtful"] == 0
    assert run(world, world.now + timedelta(minutes=2))["doubtful"] == 1
    assert run(world, world.now + timedelta(minutes=15))["doubtful"] == 0

    claim = Claims(world.tables.directory).get(Claim(f"{response.id}/thank").digest)
    assert claim is not None
    assert claim["state"] == "doubtful"


def test_a_mail_in_doubt_that_cannot_be_marked_hides_no_other(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    claims, settle = Claims(world.tables.directory), Claims.settle
    stuck, shown = Claim("stuck", {"response": "shop.1"}), Claim("shown", {"response": "shop.2"})
    for seconds, claim in enumerate((stuck, shown)):
        claims.take(claim, world.now + timedelta(seconds=seconds))

    def settle_but_one(claims: Claims, digest: str, *more: Any) -> Any:
        if digest == stuck.digest:
            raise TemporarilyUnavailable("TransactionConflictException")
        return settle(claims, digest, *more)

    world.monkeypatch.setattr(Claims, "settle", settle_but_one)

    with pytest.raises(tick.TickIncomplete, match="doubtful"):
        run(world, world.now + timedelta(hours=1))

    states = [(claims.get(each.digest) or {})["state"] for each in (stuck, shown)]
    assert states == ["claimed", "doubtful"]
    assert '"MailsToDecide": 1' in capsys.readouterr().out


def test_mails_to_decide_are_measured_until_somebody_has(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    def measured(at: timedelta) -> int:
        run(world, world.now + at)
        (line,) = [line for line in capsys.readouterr().out.splitlines() if "MailsToDecide" in line]
        return int(json.loads(line)["MailsToDecide"])

    claims = Claims(world.tables.directory)
    dead, refused = Claim("invitation/x", {"invitation": "x"}), Claim("task-notice/t", {"task": "t"})
    claims.take(dead, world.now)
    claims.take(refused, world.now)
    claims.reject(refused.digest, world.now, "MessageRejected")

    counts = [measured(timedelta(minutes=minutes)) for minutes in (1, 15, 15)]
    claims.resolve(dead.digest, "done", world.now, "by an operator")
    claims.resolve(refused.digest, "done", world.now, "by an operator")

    assert counts == [1, 2, 2]
    assert measured(timedelta(minutes=15)) == 0


def once_broken(read: Callable[..., Iterator[Task]]) -> Callable[..., Iterator[Task]]:
    """The first time, reading breaks off after the first task."""
    ends = iter([1])

    def broken(tasks: Tasks, **how: Any) -> Iterator[Task]:
        yield from islice(read(tasks, **how), end := next(ends, None))
        if end:
            raise TemporarilyUnavailable("ProvisionedThroughputExceededException")

    return broken


def timed_out(**_: object) -> None:
    raise ReadTimeoutError(endpoint_url="https://email")
