"""Cold start of each function: a fresh process, from its start to its first answered event.

Two ratios are what we keep an eye on, because milliseconds are one machine's: against a bare handler that
imports boto3 from the same compiled layer and makes a DynamoDB client, and against the same function from a
layer without bytecode, which is what a layer is unless somebody compiles it. All are run in turn, round after
round, so that a busy moment hits every one of them, and medians are compared.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Any, NamedTuple

from benchmarks.cold_start_account import Event, FirstEvents, account, succeeded
from benchmarks.cold_start_build import ROOT, Built, Interpreter, build, newest_interpreter
from local.functions import FunctionSettings

PROCESS = ROOT / "benchmarks" / "cold_start_process.py"
BUILDS = ROOT / ".aws-sam" / "cold-start"
BARE_GOAL, UNCOMPILED_GOAL = 1.8, 0.6
"""What CollectFunction, which a customer waits for, may take: times the bare handler, times itself uncompiled."""
Case = tuple[str, Path]
"""A function, by logical id, and the folder of the build it is started from."""
ISOLATED = ("-I", "-B")
"""Nothing of this environment is importable, and no bytecode is written: /opt and /var/task cannot be."""
SHOWN = 10
"""Packages in the breakdown of a function's imports."""


class Start(NamedTuple):
    """What a cold start took, in milliseconds."""

    elapsed: float
    """From starting the process to the answer."""
    cpu: float
    """Of the whole process; it hardly changes when the machine is busy with something else."""


class ColdStarts:
    """Starts functions in processes of their own."""

    def __init__(self, interpreter: Interpreter, functions: Mapping[str, FunctionSettings]) -> None:
        self._interpreter = interpreter
        self._functions = functions

    def answer(self, built: Built, function: str, event: Event) -> tuple[Start, Any]:
        """How long the answer took, and the answer. Raises RuntimeError for a failure."""
        before, started = getrusage(RUSAGE_CHILDREN), time.monotonic_ns()
        done = self._run(built, function, event)
        after = getrusage(RUSAGE_CHILDREN)
        cpu = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
        answered, text = done.stdout.splitlines()[-1].split(maxsplit=1)
        answer = json.loads(text)
        if not succeeded(answer):
            raise RuntimeError(f"{function} failed its first event: {done.stdout}")
        return Start((int(answered) - started) / 1e6, cpu * 1e3), answer

    def import_milliseconds(self, built: Built, function: str, event: Event) -> dict[str, float]:
        """Time spent in each top-level package's own modules, by `-X importtime`, which itself slows imports."""
        spent: dict[str, float] = defaultdict(float)
        for line in self._run(built, function, event, "-X", "importtime").stderr.splitlines():
            if line.startswith("import time:") and "self [us]" not in line:
                own, _, module = line.removeprefix("import time:").split("|")
                package = module.strip().split(".")[0].lstrip("_")
                standard = {name.lstrip("_") for name in sys.stdlib_module_names}
                spent["the standard library" if package in standard else package] += int(own) / 1000
        return spent

    def _run(self, built: Built, function: str, event: Event, *options: str) -> subprocess.CompletedProcess[str]:
        settings = self._functions.get(function)
        environment = dict((settings or next(iter(self._functions.values()))).environment)
        handler = settings.handler if settings else "bare.handler"
        return subprocess.run(
            [self._interpreter.path, *ISOLATED, *options, PROCESS, handler, *built.code_of(function)],
            input=json.dumps(event),
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11, help="interleaved runs of each (default 11)")
    runs = parser.parse_args().runs

    interpreter = newest_interpreter()
    print(f"Python {interpreter.version}, {os.cpu_count()} CPUs, {runs} interleaved runs of each, medians", flush=True)
    with account() as functions:
        compiled, uncompiled = (
            build(BUILDS / kind, list(functions), interpreter, compiled=kind == "compiled")
            for kind in ("compiled", "uncompiled")
        )
        starts = ColdStarts(interpreter, functions)
        events = FirstEvents(lambda function, event: starts.answer(compiled, function, event)[1])
        cases = [("bare", compiled), *((name, built) for name in functions for built in (compiled, uncompiled))]
        measured: dict[Case, list[Start]] = {(name, built.folder): [] for name, built in cases}
        for _ in range(runs):
            for name, built in cases:
                measured[name, built.folder].append(starts.answer(built, name, events.of(name))[0])
        medians = {case: Start(*map(median, zip(*times, strict=True))) for case, times in measured.items()}
        report(medians, list(functions), compiled, uncompiled)
        for name in ("bare", "CollectFunction"):
            show_imports(name, starts.import_milliseconds(compiled, name, events.of(name)))
    return 0  # a goal that was missed is told, not failed: elapsed times are no test on a machine that others use


def report(medians: Mapping[Case, Start], functions: list[str], compiled: Built, uncompiled: Built) -> None:
    """Print the comparison, and whether collect keeps to its goals."""
    bare = medians["bare", compiled.folder]
    print(
        f"\n{'to the first answer':<24}{'compiled':>10}{'x bare':>8}"
        f"{'not comp.':>11}{'ratio':>7}{'CPU':>10}{'x bare':>8}"
    )
    print(f"{'bare boto3 client':<24}{bare.elapsed:7.0f} ms{bare.cpu:33.0f} ms")
    for name in functions:
        ours, theirs = medians[name, compiled.folder], medians[name, uncompiled.folder]
        print(
            f"{name:<24}{ours.elapsed:7.0f} ms{ours.elapsed / bare.elapsed:8.2f}"
            f"{theirs.elapsed:8.0f} ms{ours.elapsed / theirs.elapsed:7.2f}{ours.cpu:7.0f} ms{ours.cpu / bare.cpu:8.2f}"
        )
    ours, theirs = medians["CollectFunction", compiled.folder], medians["CollectFunction", uncompiled.folder]
    kept = ours.elapsed / bare.elapsed <= BARE_GOAL and ours.elapsed / theirs.elapsed <= UNCOMPILED_GOAL
    verdict = "kept" if kept else "MISSED"
    print(f"goal for CollectFunction: at most {BARE_GOAL} x bare and {UNCOMPILED_GOAL} of not compiled: {verdict}")


def show_imports(function: str, spent: Mapping[str, float]) -> None:
    """Print where a function's import time goes."""
    print(f"\nimports of {function}, ms in each package's own modules (slowed by measuring):")
    for package, milliseconds in sorted(spent.items(), key=lambda entry: -entry[1])[:SHOWN]:
        print(f"  {package:<28}{milliseconds:7.1f}")


if __name__ == "__main__":
    sys.exit(main())
