"""Two processes have the same mail in hand, whichever it is: it goes out once however the first of them ends.

While SES keeps the first one waiting, the second does all that it can. SQS deletes a message that two workers have
as soon as one of them has done its work; a tick comes again in any case.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest

from followup import tick, worker
from followup.settle_queue import (
    about_announcement,
    about_invitation,
    about_response,
    about_reward,
    about_task,
)
from hearback.announcement import Announcement
from hearback.announcement_message import Message
from hearback.aws import clients
from hearback.aws.announcements import Announcements
from hearback.aws.referrals import Referrals
from hearback.claim import DOUBTFUL
from hearback.conversion import Conversion
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.mentions import parse_terms
from hearback.subscription import Subscription
from hearback.survey import Survey
from hearback.task import Callback, Task
from tests.aws_faults import Death
from tests.conftest import Tables
from tests.integration.followup_world import CONTEXT, World, make_world, ses_error, sqs_event
from tests.integration.test_followup_plays import ASHA, CALL, CARE, MARA, PEOPLE, RAVI, SORRY, TELL, THANK
from tests.integration.test_followup_rewards import PROMISED, REFERENCE

A_TICK = timedelta(minutes=15)
HIDDEN = timedelta(minutes=6)
"""For so long the settle queue keeps a message from others that a worker has."""
End = Literal["SES takes it", "SES throttles it", "sending is paused", "dies before", "dies after"]
Sent = tuple[str, Mapping[str, str]]
"""Whom a mail is for, and the message that the worker sends it by; no message if the tick does."""
Prepare = Callable[[World], Sent]


@pytest.fixture
def shop(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> World:
    alert = {**TELL, "when": {"category": "passive"}}
    changed = {"plays": [THANK, SORRY, CALL, alert], "people": PEOPLE, "care": CARE, **PROMISED}
    world = make_world(tables, Survey.model_validate(survey.model_dump(exclude_defaults=True) | changed), monkeypatch)
    queue = clients.sqs().get_queue_url(QueueName="SettleQueue")["QueueUrl"]
    clients.sqs().set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "0"})
    return world


def play(world: World) -> Sent:
    return RAVI, about_response(world.answer(10, world.customer()).id)


def alert(world: World) -> Sent:
    return MARA, about_response(world.answer(8, world.customer()).id)


def notice(world: World) -> Sent:
    return ASHA, about_response(world.answer(2, world.customer()).id)


def queued_notice(world: World) -> Sent:
    """The tick has queued it and forgotten it."""
    task = opened(world)
    world.tables.tasks.assign(task, "mara", world.now)
    world.tables.tasks.noticed(task)
    return MARA, about_task(task.id)


def joined(world: World) -> Sent:
    task = opened(world)
    found = world.tables.people.contact(task.contact)
    return ASHA, about_response(world.answer(1, found).id)


def changed(world: World) -> Sent:
    """What is new of a task, by the tick's message."""
    _, message = joined(world)
    task = world.tables.tasks.get(Task.id_for(message["response"]))
    assert task is None  # it joins the open one
    [open_one] = world.tables.tasks.open()
    world.tables.tasks.open_or_join(replace(open_one, id=Task.id_for(message["response"])), message["response"])
    return ASHA, about_task(open_one.id)


def call(world: World) -> Sent:
    task = opened(world)
    world.tables.tasks.call_back(task.id, Callback("+91 1", "", world.now))
    return ASHA, about_task(task.id)


def invitation(world: World) -> Sent:
    ravi = world.customer()
    fact = FactId.mint("shop", 4, world.now, bytes(10))
    world.tables.responses.create(Invitation(fact, ravi.key, world.survey.day(world.now)))
    return RAVI, about_invitation(fact)


def announcement(world: World) -> Sent:
    message = Message.parse(b"Subject: You asked, we did\n\nYou wrote: {their_words}\n\nThere are two tills.\n")
    made = Announcement.of(world.survey, parse_terms("queue"), {"en": message}, world.now)
    Announcements(world.tables.directory).keep(made)
    return RAVI, about_announcement(made.id, world.answer(3, world.customer(), comment="The queue!").id)


def reward(world: World) -> Sent:
    asha, friend, referral = world.customer("Ravi"), world.customer("Meera"), world.survey.referral
    assert referral
    code = Referrals(world.tables.directory).link_of(asha.key, "shop", world.now).code
    sale: dict[str, Any] = {"reference": REFERENCE, "promoter": asha.key, "customer": friend.key, "value": Decimal(9)}
    made = Conversion.of(referral, "shop", code, coupons=world.survey.coupons, now=world.now, **sale)
    Referrals(world.tables.directory).record(made)
    world.pass_time(timedelta(days=14))
    return RAVI, about_reward(REFERENCE)


def digest(world: World) -> Sent:
    due = world.now.replace(minute=0, second=0, microsecond=0)
    made = Subscription("shop", "weekly", "Mara Lal", "mara@shop.example", {}, due.weekday(), due.hour, "UTC", due)
    world.tables.people.put_subscription(made)
    return MARA, {}


def reminder(world: World) -> Sent:
    opened(world)
    world.pass_time(timedelta(hours=24))
    return ASHA, {}


def escalation(world: World) -> Sent:
    reminder(world)
    tick.handler({}, CONTEXT)
    world.pass_time(timedelta(days=3))
    return MARA, {}


def opened(world: World) -> Task:
    """A task whose owner has been told."""
    world.settle(world.answer(2, world.customer()))
    [task] = world.tables.tasks.open()
    return task


MAILS: list[Prepare] = [
    *(play, alert, notice, queued_notice, joined, changed, call, invitation, announcement, reward, digest),
    *(reminder, escalation),
]


@pytest.mark.parametrize("end", ["SES takes it", "SES throttles it", "sending is paused", "dies before", "dies after"])
@pytest.mark.parametrize("prepare", MAILS, ids=[each.__name__ for each in MAILS])
def test_what_two_processes_have_in_hand_is_mailed_once_or_in_doubt(shop: World, prepare: Prepare, end: End) -> None:
    to, message = prepare(shop)
    before = shop.recipients().count(to)

    side_by_side(shop, message, end)
    go_on(shop)

    mails, doubts = shop.recipients().count(to) - before, sum(1 for _ in shop.tables.people.due(DOUBTFUL))
    assert (mails, doubts) == {"dies before": (0, 1), "dies after": (1, 1)}.get(end, (1, 0))


def side_by_side(world: World, message: Mapping[str, str], end: End) -> None:
    """Let two processes handle one event, and SQS bring it again unless one of them has done its work."""
    real, mails = clients.ses().send_email, 0
    ended_well: list[bool] = []

    def handle() -> None:
        if message:
            ended_well.append(not worker.handler(sqs_event(message), CONTEXT)["batchItemFailures"])
        else:
            tick.handler({}, CONTEXT)

    def send(**mail: Any) -> Any:
        nonlocal mails
        mails += 1
        if mails > 1:
            return real(**mail)
        handle()
        match end:
            case "SES throttles it":
                raise ses_error("TooManyRequestsException", 429)
            case "sending is paused":
                raise ses_error("SendingPausedException", 400)
            case "dies before":
                raise Death
        answer = real(**mail)
        if end == "dies after":
            raise Death
        return answer

    with world.monkeypatch.context() as patch, suppress(Death):
        patch.setattr(clients.ses(), "send_email", send)
        handle()
    world.pass_time(HIDDEN)
    while message and not any(ended_well):
        handle()
        world.pass_time(HIDDEN)


def go_on(world: World) -> None:
    """Whatever is queued or due is done, for an hour."""
    world.deliver()
    for _ in range(4):
        world.pass_time(A_TICK)
        tick.handler({}, CONTEXT)
        world.deliver()
