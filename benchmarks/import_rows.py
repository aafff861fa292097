"""Importing another tool's export into the running stack: from the command's first line to the last row counted.

The command is a process of its own, as an operator's is; the stack, which counts while rows come, is this one.
Fails if what is counted is not what the file says.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from local.stack import Stack

SURVEY = Path(__file__).parents[1] / "surveys/product.yaml"
GOAL_ROWS, GOAL_SECONDS = 10_000, 40.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=GOAL_ROWS)
    rows: int = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder, "data"), printed=lambda _line: None) as stack:
        history = Path(folder, "history.csv")
        scores = invent(history, rows)
        hearback(stack, "survey", "apply", str(SURVEY))
        began = time.perf_counter()
        columns = ("--id", "row", "--score", "score", "--comment", "comment", "--contact", "customer")
        hearback(stack, "import", str(history), "--survey", "product", *columns)
        stored = time.perf_counter() - began
        stack.wait_until_idle(timeout=600)
        counted = time.perf_counter() - began
        report = json.loads(hearback(stack, "report", "--survey", "product", "--json"))
    print(f"{rows:,} rows: stored in {stored:.1f} s, all counted after {counted:.1f} s: {rows / counted:,.0f} rows/s")
    if rows == GOAL_ROWS:
        print(f"goal: at most {GOAL_SECONDS:g} s: {'kept' if counted <= GOAL_SECONDS else 'MISSED'}")
    if report["scores"] != scores:
        sys.exit(f"counted are {report['scores']}, the file says {scores}")


def invent(history: Path, rows: int) -> list[int]:
    """Write an export; how many rows gave each score."""
    numbers = random.Random(10_000)
    found: Counter[int] = Counter()
    with history.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "customer", "score", "comment"])
        for row in range(rows):
            score = numbers.choice([2, 5, 7, 8, 8, 9, 9, 9, 10, 10])
            found[score] += 1
            writer.writerow([row, f"customer {numbers.randrange(rows)}", score, "So it is. " * numbers.randrange(20)])
    return [found[score] for score in range(11)]


def hearback(stack: Stack, *arguments: str) -> Any:
    """What the command prints. Raises CalledProcessError if it fails."""
    command = [str(Path(sys.executable).with_name("hearback")), "--local", stack.url, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
