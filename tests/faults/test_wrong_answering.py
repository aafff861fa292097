"""A follow-up that is not exact does not get through: each of these mistakes is found by the matrix.

A mistake is a few lines behind a module's own, in a copy of the code that a stack of its own runs.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from local.stack import TEMPLATE
from tests.faults.audit import Audit
from tests.faults.matrix import Matrix, playing
from tests.faults.plans import Run, plan
from tests.faults.steps import SEND

SEED = 20261122
RUNS = 10
MANY = 5000
"""Planned runs, of which those are played that a mistake shows in."""


class Mistake(NamedTuple):
    module: str
    lines: str
    found: Literal["doubled", "lost"]
    fault: str
    """What goes wrong in every run as it is first handled."""
    step: str
    """At which step; any if empty."""


MISTAKES = {
    "sending again what SES did not answer": Mistake(
        "functions/followup/post.py",
        """
def _give_back(self, claim, reason):
    self.claims.release(claim)
    raise NotSent(reason)


Post._doubt = _give_back
""",
        "doubled",
        "no answer, done",
        SEND,
    ),
    "sending without a claim": Mistake(
        "layers/common/hearback/aws/claims.py",
        """
Claims.taken = lambda self, claim: False
Claims.take = lambda self, claim, now, caps=(): None
""",
        "doubled",
        "killed after",
        SEND,
    ),
    "taking over a mail whose sender died": Mistake(
        "layers/common/hearback/aws/claims.py",
        """
from dataclasses import replace

_take = Claims.take
Claims.taken = lambda self, claim: False
Claims.take = lambda self, claim, now, caps=(): _take(self, replace(claim, repeatable=True), now, caps)
""",
        "doubled",
        "killed after",
        SEND,
    ),
    "marking a mail before it is sent": Mistake(
        "functions/followup/post.py",
        """
_send = Post._send


def _mark_first(self, claim, raw, now, caps):
    self.claims.settle(claim.digest, "done", now)
    return _send(self, claim, raw, now, caps)


Post._send = _mark_first
""",
        "lost",
        "killed before",
        SEND,
    ),
    "taking a message that failed for done": Mistake(
        "functions/followup/worker.py",
        """
_follow_up = follow_up


def follow_up(record, lambda_context):
    try:
        _follow_up(record, lambda_context)
    except Exception:
        logger.exception("never mind")
""",
        "lost",
        "internal error, not done",
        "",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_the_matrix_finds_what_is_wrong(mistake: Mistake, tmp_path: Path) -> None:
    template = copy_of_the_code(tmp_path)
    with (tmp_path / mistake.module).open("a") as module:
        module.write(mistake.lines)

    with playing(tmp_path / "data", template) as matrix:
        matrix.play(runs(matrix, mistake))
        outcomes = Audit(matrix).outcomes()

    assert any(getattr(outcome, mistake.found) for outcome in outcomes)


def copy_of_the_code(folder: Path) -> Path:
    """Everything that the template names, beside a template of its own."""
    for code in ("functions", "layers"):
        shutil.copytree(TEMPLATE.parent / code, folder / code, ignore=shutil.ignore_patterns("__pycache__"))
    return Path(shutil.copy(TEMPLATE, folder))


def runs(matrix: Matrix, mistake: Mistake) -> Sequence[Run]:
    """Some runs in which what the mistake is about goes wrong."""

    def hurts(run: Run) -> bool:
        return not run.again and any(
            (mishap.handling, mishap.fault.name) == (0, mistake.fault) and mistake.step in ("", mishap.step)
            for mishap in run.mishaps
        )

    return [run for run in plan(MANY, SEED, matrix.steps) if hurts(run)][:RUNS]
