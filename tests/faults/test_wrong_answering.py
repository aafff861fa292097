"""A follow-up that is not exact does not get through: each of these mistakes is found by the matrix.

A mistake is a few lines behind a module's own, in a copy of the code that a stack of its own runs.
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from tests.faults.answers import Answers
from tests.faults.audit import Audit
from tests.faults.code_copy import copy_of_the_code
from tests.faults.faults import WORKER, Mishap, fault_named
from tests.faults.matrix import playing
from tests.faults.plans import Run, undisturbed
from tests.faults.steps import SEND

RUNS = 4


class Mistake(NamedTuple):
    module: str
    lines: str
    found: Literal["doubled", "lost"]
    fault: str
    """What goes wrong in every run."""
    step: str
    """At which step."""
    times: int = 1
    """How often it is taken in vain, in whichever of the deliveries that run side by side."""
    score: int = 10
    amended: int | None = None
    """What the score is changed to once the answer was followed up."""


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
Claims.taken = lambda self, claim, now: None
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
Claims.taken = lambda self, claim, now: None
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
        "dynamodb GetItem answer",
        times=2,
    ),
    "keeping from whose task it is that an answer was changed": Mistake(
        "functions/followup/tasking.py",
        """
Tasking.tell_change = lambda self, response: None
""",
        "lost",
        "internal error, not done",
        "dynamodb GetItem answer",
        score=2,
        amended=4,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_the_matrix_finds_what_is_wrong(mistake: Mistake, tmp_path: Path) -> None:
    template = copy_of_the_code(tmp_path, {mistake.module: mistake.lines})

    with playing(tmp_path / "data", template) as matrix:
        matrix.strikes.only_plans = True
        answers = Answers(matrix)
        answers.play([run(number, mistake) for number in range(RUNS)])
        matrix.finish()
        outcomes = Audit(matrix, answers.stories).outcomes()

    assert any(outcome.story.befell for outcome in outcomes), "nothing went wrong that could show it"
    assert any(getattr(outcome, mistake.found) for outcome in outcomes)


def run(number: int, mistake: Mistake) -> Run:
    """One in which what the mistake is about goes wrong."""
    fault = fault_named(mistake.fault, mistake.step)
    mishaps = [Mishap(WORKER, mistake.step, nth, fault) for nth in range(mistake.times)]
    plain = undisturbed(number, "mail", mistake.score)
    return replace(plain, amended=mistake.amended, late=True, news="never", mishaps=mishaps)
