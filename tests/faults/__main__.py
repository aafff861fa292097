"""Plays the fault matrix over the local stack: `python -m tests.faults --runs 2000 [--seed 7]`.

Prints a line for each fault and call. Fails if anything was done twice or lost, if a message was given up, or if some
step of the worker was never killed, before it and after it.
"""

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.audit import Audit, Outcome, leftovers, problems
from tests.faults.matrix import Matrix, playing
from tests.faults.plans import plan
from tests.faults.table import table

ENOUGH = 400
"""With so many runs every step must have been killed."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--runs", type=int, default=2000, help="how many answers are followed up (2000)")
    asked.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="what befalls them (anything)")
    given = asked.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, playing(Path(folder)) as matrix:
        matrix.play(plan(given.runs, given.seed, matrix.steps))
        outcomes = Audit(matrix).outcomes()
        wrong = [*_wrong(matrix, outcomes)]
        unhurt = _never_killed(matrix, outcomes)
    print(table(outcomes))
    print(f"\n{given.runs} runs, seed {given.seed}, {time.monotonic() - began:.0f} s")
    if unhurt:
        print("Never killed: " + ", ".join(unhurt))
    for line in wrong:
        print(line)
    return 1 if wrong or (unhurt and given.runs >= ENOUGH) else 0


def _wrong(matrix: Matrix, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for run, what in problems(outcomes).items():
        yield f"{run}: {what}"
    for queue, messages in leftovers(matrix).items():
        yield f"{queue} holds what was given up, for example {messages[0]}"


def _never_killed(matrix: Matrix, outcomes: Sequence[Outcome]) -> list[str]:
    killed = {
        (where, fault.done)
        for outcome in outcomes
        for fault, where in outcome.story.befell
        if fault.name.startswith("killed")
    }
    return sorted(f"{'after' if done else 'before'} {where}" for where, done in matrix.seen - killed)


if __name__ == "__main__":
    sys.exit(main())
