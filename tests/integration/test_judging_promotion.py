"""A presumed answer after the settle time: counted if nothing contradicts it, and answered only then."""

from dataclasses import replace
from datetime import timedelta

from followup import stream
from hearback.fact import FactId
from hearback.invitation import Invitation
from hearback.judging import Kind, Observation
from hearback.response import Response
from hearback.visit import Visit
from tests.integration.followup_world import World
from tests.integration.test_followup_stream import record


def presume(world: World, score: int, *more: Kind) -> Response:
    """Somebody opened a link of the mail and touched the page; perhaps more was observed."""
    fact = FactId.mint("shop", 4, world.now)
    page = int(world.now.timestamp() * 1000)
    visit = Visit(fact, expires_at=2**31)
    for kind in ("opened", "seen", "human", *more):
        world.tables.people.observe(visit, Observation(world.now, kind, score, page))
    contact = world.customer("Ravi")
    response = Response(
        fact, score, world.now, world.survey.day(world.now), channel="mail", contact=contact.key, expires_at=2**31
    )
    world.tables.responses.presume(response)
    return replace(response, provisional=True)


def stored(world: World, response: Response) -> Response:
    found = world.tables.responses.response(response.id)
    assert found
    return found


def test_it_waits_in_the_settle_queue_and_a_contradicted_one_does_not(world: World) -> None:
    response = presume(world, 9)

    assert stream.message_for(record(response.to_item())) == {"response": str(response.id)}
    assert stream.message_for(record(response.exclude("11 scores in 2 s").to_item())) is None


def test_it_is_counted_first_and_answered_when_that_comes_back_through_the_stream(world: World) -> None:
    response = presume(world, 9)

    world.settle(response)

    promoted = stored(world, response)
    assert (promoted.version, promoted.provisional, promoted.confirmed_by) == (2, False, "signs")
    assert promoted.contribution().counters == ("s9",)
    assert promoted.day == response.day
    assert world.recipients() == []
    world.settle(response)
    assert world.recipients() == ["Ravi <ravi@example.com>"]


def test_its_invitation_is_answered_only_when_it_counts(world: World) -> None:
    response = presume(world, 9)
    world.tables.responses.create(Invitation(response.id, response.contact, response.day, expires_at=2**31))

    world.settle(response)
    before = world.tables.responses.invitation(response.id)
    world.settle(response)
    after = world.tables.responses.invitation(response.id)

    assert (before and before.answered, after and after.answered) == (False, True)


def touch_again(world: World, response: Response, score: int) -> None:
    """The same person opens the link of another score, and touches its page."""
    page = int(world.now.timestamp() * 1000)
    world.tables.people.observe(Visit(response.id, expires_at=2**31), Observation(world.now, "human", score, page))
    world.tables.responses.presume(replace(response, provisional=False, score=score, answered_at=world.now))


def test_a_touch_on_another_score_after_it_counted_corrects_it_after_the_settle_time(world: World) -> None:
    response = presume(world, 6)
    world.settle(response)
    world.now += timedelta(minutes=5)

    touch_again(world, response, 9)
    between = stored(world, response)
    world.settle(response)

    corrected = stored(world, response)
    assert (between.score, between.counted, between.version) == (6, True, 3)
    assert (corrected.score, corrected.category, corrected.version) == (9, "promoter", 4)
    assert corrected.contribution().counters == ("s9",)
    assert corrected.day == response.day
    assert [said["score"] for said in corrected.history] == [6]
    world.settle(response)
    assert stored(world, response) == corrected


def test_a_machine_that_touches_every_page_after_it_counted_corrects_nothing(world: World) -> None:
    response = presume(world, 6)
    world.settle(response)
    world.now += timedelta(minutes=5)

    for score in (0, 1, 2):
        world.now += timedelta(seconds=2)
        touch_again(world, response, score)
    world.settle(response)

    kept = stored(world, response)
    assert (kept.score, kept.counted, kept.history) == (6, True, ())


def test_a_touch_corrects_nothing_that_a_hand_confirmed_or_after_a_day(world: World) -> None:
    firm, old = presume(world, 6), presume(world, 6)
    world.settle(firm)
    world.settle(old)
    world.tables.responses.submit(replace(firm, provisional=False, confirmed_by="form"), world.now)

    world.now += timedelta(minutes=5)
    touch_again(world, firm, 9)
    world.now += timedelta(hours=24)
    touch_again(world, old, 9)
    world.settle(firm)
    world.settle(old)

    assert [stored(world, each).score for each in (firm, old)] == [6, 6]


def test_it_is_labelled_if_a_machine_shows_itself_meanwhile(world: World) -> None:
    response = presume(world, 9, "trap")

    world.settle(response)

    labelled = stored(world, response)
    assert (labelled.excluded, labelled.version) == ("a program followed the link that no person sees", 2)
    assert labelled.contribution().counters == ()
    world.settle(response)
    assert world.recipients() == []


def test_a_message_delivered_twice_promotes_once(world: World) -> None:
    response = presume(world, 9)

    assert world.tables.responses.promote(response.id, 9)
    assert not world.tables.responses.promote(response.id, 9)
    assert stored(world, response).version == 2


def test_one_confirmed_meanwhile_is_left_as_it_is(world: World) -> None:
    response = presume(world, 9)
    given = replace(response, provisional=False, score=7)

    confirmed = world.tables.responses.submit(given, world.now + timedelta(seconds=9))

    assert not world.tables.responses.promote(response.id, 9)
    assert not world.tables.responses.doubt(response.id, "a machine")
    assert stored(world, response) == confirmed == replace(given, version=2)


def test_an_erased_person_is_not_counted_after_all(world: World) -> None:
    response = presume(world, 9)
    world.tables.responses.erase(stored(world, response))

    world.settle(response)

    erased = stored(world, response)
    assert (erased.erased, erased.contribution().counters) == (True, ())
