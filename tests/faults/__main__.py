"""Plays the fault matrix over the local stack: `python -m tests.faults --runs 2000 [--seed 7]`.

Prints a line for each fault and call, and one for each kind of run. Fails if anything was done twice or lost, if a
message or an event was given up, or if some step of a function was never killed, before it and after it.
"""

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.answers import Answers
from tests.faults.audit import Audit, Outcome, leftovers, problems
from tests.faults.faults import STRUCK
from tests.faults.matrix import Matrix, playing
from tests.faults.table import table, table_of_kinds
from tests.faults.timed import Timed

ENOUGH = 1000
"""With so many runs every step must have been killed."""
TIMED = 5
"""One of so many runs is of something that falls due; the others are answers."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--runs", type=int, default=2000, help="how much is followed up (2000)")
    asked.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="what befalls it (anything)")
    given = asked.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, playing(Path(folder)) as matrix:
        outcomes, wrong = play(matrix, given.runs, given.seed)
        unhurt = _never_killed(matrix, outcomes)
    print(table(outcomes), table_of_kinds(outcomes), sep="\n\n")
    print(f"\n{given.runs} runs, seed {given.seed}, {time.monotonic() - began:.0f} s")
    if unhurt:
        print("Never killed: " + ", ".join(unhurt))
    for line in wrong:
        print(line)
    return 1 if wrong or (unhurt and given.runs >= ENOUGH) else 0


def play(matrix: Matrix, runs: int, seed: int) -> tuple[list[Outcome], list[str]]:
    """What came of so many runs, answers and what falls due; and everything that is wrong."""
    answers, timed = Answers(matrix), Timed(matrix)
    answers.learn()
    timed.learn()
    answers.play(answers.plan(runs - runs // TIMED, seed))
    timed.play(timed.plan(runs // TIMED, seed))
    matrix.finish()
    audit = Audit(matrix, [*answers.stories, *timed.stories])
    outcomes = audit.outcomes()
    return outcomes, [*audit.strays(), *_wrong(matrix, outcomes)]


def _wrong(matrix: Matrix, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for run, what in problems(outcomes).items():
        yield f"{run}: {what}"
    for queue, messages in leftovers(matrix).items():
        yield f"{queue} holds what was given up, for example {messages[0]}"


def _never_killed(matrix: Matrix, outcomes: Sequence[Outcome]) -> list[str]:
    steps = matrix.strikes.never_killed(outcome.story for outcome in outcomes)
    return sorted(f"{STRUCK[step.function]} {'after' if step.done else 'before'} {step.where}" for step in steps)


if __name__ == "__main__":
    sys.exit(main())
