"""Whatever goes wrong while answers are followed up and things fall due, nothing is done twice and nothing is lost."""

from pathlib import Path

from tests.faults.answers import Answers
from tests.faults.audit import Audit, leftovers, problems
from tests.faults.faults import MAIL_EVENTS, TICK, WORKER
from tests.faults.matrix import playing
from tests.faults.plans import Kind, plan
from tests.faults.steps import SEND
from tests.faults.table import table, table_of_kinds
from tests.faults.timed import Timed
from tests.faults.timed_plans import DUE, Due, Steps, plan_timed

SEED = 20261122


def test_sixty_answers_are_followed_up_once_under_faults(tmp_path: Path) -> None:
    with playing(tmp_path / "data") as matrix:
        answers = Answers(matrix)
        answers.learn()
        answers.play(answers.plan(60, SEED))
        matrix.finish()
        outcomes = Audit(matrix, answers.stories).outcomes()
        given_up = leftovers(matrix)

    assert problems(outcomes) == {}
    assert given_up == {}
    assert sum(outcome.sent for outcome in outcomes) > 30
    assert sum(bool(outcome.story.befell) for outcome in outcomes) > 30, "hardly anything went wrong"
    assert sum(outcome.handled_again for outcome in outcomes) >= 60
    assert "killed before" in table(outcomes)


def test_fifteen_things_that_fall_due_are_done_once_under_faults(tmp_path: Path) -> None:
    with playing(tmp_path / "data") as matrix:
        timed = Timed(matrix)
        timed.learn()
        timed.play(timed.plan(15, SEED))
        matrix.finish()
        audit = Audit(matrix, timed.stories)
        outcomes = audit.outcomes()
        given_up = leftovers(matrix)

    assert problems(outcomes) == {}
    assert audit.strays() == []
    assert given_up == {}
    assert matrix.strays, "SES has told of nothing that was never sent"
    assert sum(outcome.sent for outcome in outcomes) > 15
    struck = {strike.function for outcome in outcomes for strike in outcome.story.befell}
    assert struck == {TICK, WORKER, MAIL_EVENTS}
    assert all(kind in table_of_kinds(outcomes) for kind in DUE)


def test_a_seed_plans_the_same_runs_again() -> None:
    taken = ["dynamodb GetItem answer", SEND]
    steps: dict[Kind, list[str]] = {}
    for mailable in (True, False):
        steps |= {("promoter", mailable): taken, ("passive", mailable): taken, ("detractor", mailable): taken}
    places = Steps(own=[(SEND, 0)], shared=[("dynamodb Query by_due digest", 3)])
    due: dict[Due, dict[str, Steps]] = {kind: dict.fromkeys((TICK, WORKER, MAIL_EVENTS), places) for kind in DUE}

    assert plan(200, SEED, steps, steps) == plan(200, SEED, steps, steps)
    assert plan(200, SEED, steps, steps) != plan(200, SEED + 1, steps, steps)
    assert plan_timed(200, SEED, due) == plan_timed(200, SEED, due)
    assert plan_timed(200, SEED, due) != plan_timed(200, SEED + 1, due)
