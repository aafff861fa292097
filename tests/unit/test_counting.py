"""What becomes of a fact's counts as it changes, however its records arrive."""

import pytest

from hearback.invitation import Invitation
from hearback.response import Answer
from tests.counting_world import DAY, NOON, CountingWorld, response


@pytest.fixture
def world() -> CountingWorld:
    return CountingWorld()


def test_an_answer_counts_for_the_survey_and_for_each_of_its_dimension_values(world: CountingWorld) -> None:
    world.put(response(1, 9, comment="Kind staff.", dimensions={"store": "pune", "plan": "gold"}))

    assert world.deliver() is None

    assert world.counted() == {"s9": 1, "comments": 1}
    assert world.counted("store", "pune") == {"s9": 1, "comments": 1}
    assert world.counted("plan", "gold") == {"s9": 1, "comments": 1}


def test_answers_of_one_batch_are_counted_in_one_transaction(world: CountingWorld) -> None:
    world.put(*(response(number, number % 11, dimensions={"store": "pune"}) for number in range(95)))

    world.deliver()

    assert world.transactions == 1
    assert sum(world.counted("store", "pune").values()) == 95


def test_a_record_that_comes_again_counts_nothing(world: CountingWorld) -> None:
    world.put(response())

    world.deliver(world.records, world.records, world.records * 3)

    assert world.counted() == {"s9": 1}
    assert world.transactions == 1


def test_an_amendment_moves_the_count(world: CountingWorld) -> None:
    first = response(1, 3, dimensions={"store": "pune"})
    world.put(first)
    world.deliver()
    world.put(first.amended(Answer(score=10, comment="All is well now."), NOON))
    world.deliver(world.records[1:])

    assert world.counted() == world.counted("store", "pune") == {"s10": 1, "comments": 1}


def test_only_the_newest_version_in_a_batch_is_counted(world: CountingWorld) -> None:
    first = response(1, 3)
    world.put(first, first.amended(Answer(score=10), NOON))

    world.deliver(world.records[::-1])

    assert world.counted() == {"s10": 1}
    assert world.transactions == 1


def test_an_old_version_after_a_new_one_changes_nothing(world: CountingWorld) -> None:
    first = response(1, 3)
    world.put(first, first.amended(Answer(score=10), NOON))

    world.deliver(world.records[1:], world.records[:1])

    assert world.counted() == {"s10": 1}


def test_an_excluded_answer_is_not_counted_and_an_included_one_is_again(world: CountingWorld) -> None:
    excluded = response().exclude("a machine gave it")
    world.put(response(), excluded)
    world.deliver()
    assert world.counted() == {}

    world.put(excluded.include(follow_up=False))
    world.deliver()
    assert world.counted() == {"s9": 1}


def test_an_amendment_of_an_excluded_answer_is_not_counted(world: CountingWorld) -> None:
    excluded = response().exclude("a machine gave it")
    world.put(response(), excluded, excluded.amended(Answer(score=2), NOON))

    world.deliver()

    assert world.counted() == {}


def test_an_erased_person_keeps_the_score_and_that_there_was_a_comment(world: CountingWorld) -> None:
    said = response(1, 2, comment="Call me.", contact="c0ffee", dimensions={"store": "pune"})
    world.put(said, said.erase())

    world.deliver(world.records[:1], world.records[1:])

    assert world.counted() == world.counted("store", "pune") == {"s2": 1, "comments": 1}


def test_an_expired_answer_stays_counted(world: CountingWorld) -> None:
    world.put(response())
    world.deliver()

    world.database.expire("feedback", {name: {"S": value} for name, value in response().key.items()})

    assert world.records[-1]["eventName"] == "REMOVE"
    assert world.deliver() is None
    assert world.counted() == {"s9": 1}
    assert len(world.ledgers) == 1


def test_an_invitation_counts_on_its_own_day_beside_its_answer(world: CountingWorld) -> None:
    answer = response(1, 9, day="2026-03-05")
    world.feedback.create(Invitation(answer.id, "c0ffee", DAY))
    world.feedback.mark_invitation(answer.id, "delivered")
    world.feedback.create(answer)
    world.feedback.mark_invitation(answer.id, "answered")

    world.deliver()

    assert world.counted(day=DAY) == {"invited": 1, "delivered": 1, "answered": 1}
    assert world.counted(day="2026-03-05") == {"s9": 1}


def test_an_invitation_that_was_never_sent_is_not_counted(world: CountingWorld) -> None:
    fact = response().id
    world.feedback.create(Invitation(fact, "c0ffee", DAY))
    world.feedback.mark_invitation(fact, "skipped")

    world.deliver(world.records[:1], world.records[1:])

    assert world.counted() == {}


def test_values_of_a_large_dimension_are_summed_over_its_pages(world: CountingWorld) -> None:
    there, then = {"dimensions": {"store": "pune"}}, {"dimensions": {"store": "pune"}, "pages": {"store": 3}}
    world.put(response(1, 9, **there), response(2, 9, **then))

    world.deliver()

    assert world.counted("store", "pune") == {"s9": 2}


def test_a_renamed_dimension_keeps_its_old_counts(world: CountingWorld) -> None:
    before = response(1, 9, dimensions={"shop": "pune"})
    world.put(before)
    world.deliver()

    world.put(before.amended(Answer(score=1), NOON), response(2, 5, dimensions={"store": "pune"}))
    world.deliver()

    assert world.counted("shop", "pune") == {"s1": 1}
    assert world.counted("store", "pune") == {"s5": 1}
