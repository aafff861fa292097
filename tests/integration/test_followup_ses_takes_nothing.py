"""While SES takes nothing, what stays due has no more than one message each tick; an operator is told of a refusal."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from followup import tick, worker
from hearback.aws import clients
from hearback.aws.referrals import Referrals
from hearback.conversion import Conversion
from hearback.survey import Survey
from hearback.task import Callback
from tests.conftest import Tables
from tests.integration.followup_world import CONTEXT, THROTTLED, World, make_world, raising, ses_error, sqs_event
from tests.integration.test_followup_rewards import PROMISED, REFERENCE

PAUSED = raising(ses_error("SendingPausedException", 400))
A_TICK = timedelta(minutes=15)
HOURS = 2
Due = Callable[[World], str]


@pytest.fixture
def shop(tables: Tables, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> World:
    world = make_world(
        tables, Survey.model_validate({**survey.model_dump(exclude_defaults=True), **PROMISED}), monkeypatch
    )
    queue = clients.sqs().get_queue_url(QueueName="SettleQueue")["QueueUrl"]
    clients.sqs().set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "0"})
    return world


def reward(world: World) -> str:
    asha, ravi, referral = world.customer("Asha"), world.customer("Ravi"), world.survey.referral
    assert referral
    code = Referrals(world.tables.directory).link_of(asha.key, "shop", world.now).code
    sale: dict[str, Any] = {"reference": REFERENCE, "promoter": asha.key, "customer": ravi.key, "value": Decimal(9)}
    made = Conversion.of(referral, "shop", code, coupons=world.survey.coupons, now=world.now, **sale)
    Referrals(world.tables.directory).record(made)
    world.pass_time(timedelta(days=14))
    return "Asha <asha@example.com>"


def news(world: World) -> str:
    response = world.answer(2, world.customer("Ravi"))
    world.settle(response)
    task = world.tables.tasks.open_of(response.contact)
    assert task
    world.tables.tasks.call_back(task.id, Callback("+91 1", "", world.now))
    return "Asha Rao <asha@shop.example>"


def handle_all(world: World) -> tuple[int, int]:
    """How many messages of the settle queue the worker handles until it is empty, and how many of those fail."""
    handled = failed = 0
    while messages := world.settling():
        for message in messages:
            handled += 1
            failed += len(worker.handler(sqs_event(message), CONTEXT)["batchItemFailures"])
            assert handled < 100, "messages go round"
    return handled, failed


@pytest.mark.parametrize("takes_nothing", [THROTTLED, PAUSED], ids=["throttled", "paused"])
@pytest.mark.parametrize("due", [reward, news])
def test_what_stays_due_has_one_message_a_tick_and_goes_out_once(
    shop: World, due: Due, takes_nothing: Callable[..., None]
) -> None:
    to = due(shop)
    before = shop.recipients().count(to)
    with shop.monkeypatch.context() as patch:
        patch.setattr(clients.ses(), "send_email", takes_nothing)
        for _ in range(HOURS * 4):
            shop.pass_time(A_TICK)
            tick.handler({}, CONTEXT)
            assert handle_all(shop) == (1, 0)

    shop.pass_time(A_TICK)
    tick.handler({}, CONTEXT)
    handle_all(shop)

    assert shop.recipients().count(to) - before == 1
    shop.pass_time(A_TICK)
    tick.handler({}, CONTEXT)
    assert handle_all(shop) == (0, 0)


def test_that_ses_refuses_all_mails_is_counted_for_an_alarm_and_that_it_throttles_is_not(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    reward(shop)
    for takes_nothing, counted in ((THROTTLED, 0), (PAUSED, 1)):
        with shop.monkeypatch.context() as patch:
            patch.setattr(clients.ses(), "send_email", takes_nothing)
            shop.settle(REFERENCE, "reward")  # type: ignore[arg-type]
        assert capsys.readouterr().out.count('"MailsNotTaken": 1') == counted
