"""An answer that an operator counts: it is followed up only if asked for, or once its person confirms it."""

from dataclasses import replace

from hearback.contact import Contact
from hearback.invitation import Invitation
from hearback.response import Response
from tests.integration.followup_world import World


def included(world: World, score: int, contact: Contact) -> Response:
    """Of a link that a scanner visited, as the operator's command stores it."""
    visited = world.answer(score, contact, channel="mail", provisional=True)
    world.tables.responses.revise(visited.id, lambda stored: stored.include(follow_up=False))
    found = world.tables.responses.response(visited.id)
    assert found is not None
    return found


def test_an_included_answer_is_one_to_its_invitation_though_nothing_follows_it(world: World) -> None:
    ravi = world.customer("Ravi")
    counted = included(world, 9, ravi)
    world.tables.responses.create(Invitation(counted.id, ravi.key, counted.day, expires_at=2**31))

    world.settle(counted)

    assert is_answered(world, counted)
    assert world.mails() == []


def is_answered(world: World, response: Response) -> bool:
    found = world.tables.responses.invitation(response.id)
    assert found is not None
    return found.answered


def test_an_answer_that_waits_for_the_settle_time_answers_no_invitation_yet(world: World) -> None:
    ravi = world.customer("Ravi")
    waiting = world.answer(9, ravi, channel="mail", provisional=True, excluded="11 scores in 2 s")
    world.tables.responses.create(Invitation(waiting.id, ravi.key, waiting.day, expires_at=2**31))

    world.settle(waiting)

    assert not is_answered(world, waiting)


def test_a_person_who_confirms_what_an_operator_counted_is_followed_up(world: World) -> None:
    ravi = world.customer("Ravi")
    counted = included(world, 9, ravi)
    world.settle(counted)

    by_hand = replace(counted, score=2, confirmed_by="form", version=1)
    stored = world.tables.responses.submit(by_hand, world.now)
    world.settle(stored)

    assert (stored.score, stored.confirmed_by, stored.follow_up) == (2, "form", True)
    assert world.recipients().count("Ravi <ravi@example.com>") == 1
    assert len(world.queued_tasks()) == 1


def test_a_person_who_says_the_same_by_hand_is_followed_up_too(world: World) -> None:
    ravi = world.customer("Ravi")
    counted = included(world, 2, ravi)
    world.settle(counted)

    stored = world.tables.responses.submit(replace(counted, confirmed_by="form"), world.now)
    world.settle(stored)

    assert (stored.version, stored.follow_up, stored.history) == (counted.version + 1, True, ())
    assert world.recipients().count("Ravi <ravi@example.com>") == 1
