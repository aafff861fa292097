"""Random sessions of people and machines on the running stack: who is counted after the settle time.

Fails if a machine alone was counted, or more than 2% of the people who gave any sign were not.
"""

import argparse
import io
import json
import sys
import tempfile
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

from local.stack import Stack
from ops.cli import main as hearback
from tests.e2e.judged_sessions import invent_all, live, lost, tabulate

SURVEY = Path(__file__).parents[1] / "surveys/product.yaml"
MOST_LOST = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20260304)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stack(data=Path(folder), printed=lambda _line: None) as stack:
        run(stack, "survey", "apply", str(SURVEY))
        sessions = invent_all(stack, asked.seed, asked.sessions)
        live(stack, sessions)
        listed = json.loads(run(stack, "responses", "list", "--survey", "product", "--json"))
        report = json.loads(run(stack, "report", "--survey", "product", "--json"))
    standings = {each["response"]: each for each in listed}
    people = [session for session in sessions if session.touched or session.confirmed]
    missing = lost(sessions, standings)
    machines = report["responses"] - (len(people) - len(missing))
    print(*tabulate(sessions, standings), sep="\n")
    print(f"people with a sign, not counted: {len(missing)} of {len(people)} ({len(missing) / len(people):.1%})")
    print(f"counted without a sign of a person: {machines} of {len(sessions) - len(people)}")
    sys.exit(machines != 0 or len(missing) > MOST_LOST * len(people))


def run(stack: Stack, *arguments: str) -> Any:
    """What `hearback …` prints."""
    printed = io.StringIO()
    with redirect_stdout(printed), suppress(SystemExit):
        hearback(["--local", stack.url, *arguments])
    return printed.getvalue()


if __name__ == "__main__":
    main()
