"""Counting answers exactly, beside two simpler ways: speed, price and exactness in one run.

One invented day of one survey with 5 regions, 40 stores and 6 touchpoints is counted on the embedded AWS
emulator, with 5% of the records delivered twice: by an ADD for each record and tally item (naive), by a
transaction with a marker for each record (marker), and by Hearback's transaction for a batch (ours), in
batches of 100 and in batches as template.yaml declares them. They take turns, batch by batch. The first two
count a sample of the same facts, evenly spread over the day, because they are slow.

Rates are one machine's and the emulator's. Write units carry over to AWS: they are checked against
DynamoDB's documented arithmetic. docs/scale.md works with them.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from benchmarks.aggregate_day import answers
from benchmarks.aggregate_lanes import Figures, Lane, run
from benchmarks.aggregate_units import Meter
from benchmarks.aggregate_ways import marker, naive, ours
from local.engine import EngineError, start_engine
from ops.terminal import advancing, complain, print_json, say

FACTS, SAMPLE, BATCH, SEED = 50_000, 5_000, 100, 1
MOST_UNITS, LEAST_RATIO = 2.3, 6.0


@dataclass(frozen=True, slots=True)
class Goal:
    """What we hold ourselves to, and whether this run kept it."""

    goal: str
    measured: float
    kept: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if every goal was kept, 1 if not, 2 if the emulator did not start."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", type=int, default=FACTS, help=f"answers of the day (default {FACTS})")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"of them for naive and marker (default {SAMPLE})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the invented day (default {SEED})")
    parser.add_argument("--json", action="store_true", help="print JSON alone on stdout")
    options = parser.parse_args(arguments)

    load = os.getloadavg()[0]
    try:
        with emulator() as client:
            figures = measure(client, options.facts, options.sample, options.seed)
    except EngineError as error:
        complain(str(error))
        return 2
    goals = judge(figures)
    if options.json:
        print_json({"ways": [_plain(each) for each in figures], "goals": [asdict(goal) for goal in goals]})
    else:
        show(figures, goals)
    say(f"{os.cpu_count()} CPUs; load {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end")
    return 0 if all(goal.kept for goal in goals) else 1


@contextmanager
def emulator() -> Iterator[Any]:
    """A DynamoDB client of an engine of its own, gone with its data afterwards. Raises EngineError."""
    with TemporaryDirectory() as folder:
        engine = start_engine(Path(folder))
        try:
            yield engine.client("dynamodb")
        finally:
            engine.stop()


def measure(client: Any, facts: int, sample: int, seed: int) -> list[Figures]:
    """Count a day in every way: naive, marker, ours, ours as deployed (last)."""
    day = answers(facts, seed)
    spread = day[:: max(1, facts // sample)][:sample]
    lanes = [
        Lane(client, "naive", naive, BATCH, spread),
        Lane(client, "marker", marker, BATCH, spread),
        *(Lane(client, "ours", ours, batch, day) for batch in dict.fromkeys((BATCH, deployed_batch()))),
    ]
    with advancing("counting", sum(lane.figures.facts for lane in lanes)) as advance:
        return run(lanes, Meter(client), advance)


def deployed_batch() -> int:
    """Records a batch that aggregate gets, by template.yaml."""
    template = yaml_parse((Path(__file__).parents[1] / "template.yaml").read_text(encoding="utf-8"))
    stream = template["Resources"]["AggregateFunction"]["Properties"]["Events"]["Stream"]["Properties"]
    return int(stream["BatchSize"])


def judge(figures: Sequence[Figures]) -> list[Goal]:
    """The goals. Write units are held to what is deployed: docs/decisions.md says why a batch is not 100."""
    slow, mine = figures[:2], figures[2:]
    deployed = mine[-1]
    differing = sum(abs(each.units - each.documented_units) for each in figures)
    goals = [Goal("every unit is as documented: units that differ", differing, not differing)]
    for each in mine:
        wrong = each.wrong_counters
        goals.append(Goal(f"{_title(each)}: counters that are wrong", wrong, not wrong))
    goals.append(
        Goal(
            f"{_title(deployed)}: at most {MOST_UNITS} write units a response",
            deployed.units_each,
            deployed.units_each <= MOST_UNITS,
        )
    )
    for each in mine:
        for other in slow:
            ratio = each.rate / other.rate
            goals.append(
                Goal(f"{_title(each)}: at least {LEAST_RATIO:g} x as fast as {other.name}", ratio, ratio >= LEAST_RATIO)
            )
    return goals


def show(figures: Sequence[Figures], goals: Sequence[Goal]) -> None:
    """Print what was measured, and how it compares with the goals."""
    head = (
        f"{'records':>16}{'records/s':>11}{'calls each':>12}{'units each':>12}{'documented':>12}{'wrong counters':>16}"
    )
    print(f"{'':<22}{head}")
    for each in figures:
        records = f"{each.facts:,} + {each.replayed:,}"
        wrong = f"{each.wrong_counters} of {each.counters}"
        print(
            f"{_title(each):<22}{records:>16}{each.rate:11,.0f}{each.calls / each.facts:12.2f}"
            f"{each.units_each:12.3f}{each.documented_units / each.facts:12.3f}{wrong:>16}"
        )
    print("(records + those delivered again; units are write request units)\n")
    for goal in goals:
        print(f"{'kept  ' if goal.kept else 'MISSED'}  {goal.goal}: {goal.measured:.4g}")


def _title(figures: Figures) -> str:
    return f"{figures.name}, batches of {figures.batch}"


def _plain(figures: Figures) -> dict[str, Any]:
    return asdict(figures) | {"records_per_second": figures.rate, "units_each": figures.units_each}


if __name__ == "__main__":
    sys.exit(main())
