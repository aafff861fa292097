"""A play that waits follows its answer as that stands when it falls due; a later version is looked at anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from followup import tick
from hearback.aws.directory import Directory
from hearback.response import Answer, Response
from tests.integration.followup_world import CONTEXT, World

LATER = {"id": "later", "when": {"category": "promoter"}, "what": "mail", "template": "thanks", "delay_hours": 12}
RAVI = "Ravi <ravi@example.com>"


def run_tick(world: World) -> int:
    """How many plays fell due; what the queue took is worked through."""
    queued = tick.handler({}, CONTEXT)["plays"]
    world.deliver()
    return queued


def half_a_day_on(world: World) -> int:
    world.pass_time(timedelta(hours=12))
    return run_tick(world)


def exclude(world: World, response: Response) -> None:
    world.tables.responses.revise(response.id, lambda stored: stored.exclude("a colleague"))
    world.settle(response)


def include(world: World, response: Response) -> None:
    world.tables.responses.revise(response.id, lambda stored: stored.include(follow_up=True))
    world.settle(response)


def lower(world: World, response: Response) -> None:
    world.tables.responses.amend(response.id, Answer(score=3), world.now)
    world.settle(response)


def lift(world: World, response: Response) -> None:
    world.tables.responses.amend(response.id, Answer(score=10), world.now)
    world.settle(response)


Change = Callable[[World, Response], None]
THERE_AND_BACK = pytest.mark.parametrize(("there", "back"), [(exclude, include), (lower, lift)])


@pytest.fixture
def promoter(world: World) -> Response:
    """Gave a 10; the thanks waits for half a day."""
    world.apply(LATER)
    response = world.answer(10, world.customer("Ravi"))
    world.settle(response)
    return response


@THERE_AND_BACK
def test_what_did_not_follow_when_it_fell_due_waits_again_once_it_may(
    world: World, promoter: Response, there: Change, back: Change
) -> None:
    there(world, promoter)
    assert half_a_day_on(world) == 1
    assert world.mails() == []

    back(world, promoter)

    assert [half_a_day_on(world), half_a_day_on(world)] == [1, 0]
    assert world.recipients() == [RAVI]


@THERE_AND_BACK
def test_what_follows_again_before_it_falls_due_is_due_when_it_was(
    world: World, promoter: Response, there: Change, back: Change
) -> None:
    world.pass_time(timedelta(hours=11))
    there(world, promoter)
    back(world, promoter)

    world.pass_time(timedelta(hours=1))
    assert [run_tick(world), half_a_day_on(world)] == [1, 0]
    assert world.recipients() == [RAVI]


@THERE_AND_BACK
def test_what_follows_again_while_a_tick_takes_it_from_what_is_due_stays_due(
    world: World, promoter: Response, there: Change, back: Change
) -> None:
    there(world, promoter)
    world.pass_time(timedelta(hours=12))
    end = Directory.end_wait

    def meanwhile(directory: Directory, *waiting: object) -> None:
        world.deliver()  # it does not follow now, so it is dropped
        back(world, promoter)
        end(directory, *waiting)  # type: ignore[arg-type]

    with world.monkeypatch.context() as patch:
        patch.setattr(Directory, "end_wait", meanwhile)
        run_tick(world)
    assert world.mails() == []

    world.pass_time(timedelta(minutes=15))
    assert [run_tick(world), half_a_day_on(world)] == [1, 0]
    assert world.recipients() == [RAVI]


def test_what_has_run_is_not_run_again_for_a_later_version(world: World, promoter: Response) -> None:
    half_a_day_on(world)
    world.tables.responses.amend(promoter.id, Answer(comment="Lovely people."), world.now)
    world.settle(promoter)

    half_a_day_on(world)

    assert world.recipients() == [RAVI]


def test_what_waits_since_before_versions_were_kept_falls_due_once(world: World, promoter: Response) -> None:
    [waiting] = world.tables.people.due("play")
    del waiting["version"]
    world.tables.directory.put({"Item": waiting})

    assert [half_a_day_on(world), half_a_day_on(world)] == [1, 0]
    assert world.recipients() == [RAVI]
