"""Whatever goes wrong while answers are followed up, nothing is done twice and nothing is lost."""

from pathlib import Path

from tests.faults.audit import Audit, leftovers, problems
from tests.faults.matrix import playing
from tests.faults.plans import Kind, plan
from tests.faults.steps import SEND
from tests.faults.table import table

SEED = 20261122


def test_sixty_answers_are_followed_up_once_under_faults(tmp_path: Path) -> None:
    with playing(tmp_path / "data") as matrix:
        matrix.play(plan(60, SEED, matrix.steps))
        outcomes = Audit(matrix).outcomes()
        given_up = leftovers(matrix)

    assert problems(outcomes) == {}
    assert given_up == {}
    assert sum(outcome.sent for outcome in outcomes) > 30
    assert sum(bool(outcome.story.befell) for outcome in outcomes) > 30, "hardly anything went wrong"
    assert sum(outcome.delivered_again for outcome in outcomes) >= 60
    assert "killed before" in table(outcomes)


def test_a_seed_plans_the_same_runs_again() -> None:
    taken = ["dynamodb GetItem answer", SEND]
    steps: dict[Kind, list[str]] = {}
    for mailable in (True, False):
        steps |= {("promoter", mailable): taken, ("passive", mailable): taken, ("detractor", mailable): taken}

    assert plan(200, SEED, steps) == plan(200, SEED, steps)
    assert plan(200, SEED, steps) != plan(200, SEED + 1, steps)
