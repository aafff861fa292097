"""Plays histories of counting from a seed."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.histories import CountingHistory


def play(histories: int, first: int, *, steps: int = 8, shrink: bool = True) -> Counter[str]:
    """Play histories of some steps from a seed; what happened in them. A seed gives the same histories again.

    Raises what was found wrong, with the shortest history that shows it if that is asked for.
    """
    happened: Counter[str] = Counter()
    story = seed(first)(type("CountingHistory", (CountingHistory,), {"happened": happened}))
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    rules = settings(
        max_examples=histories,
        stateful_step_count=steps,
        phases=phases,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with _quiet():
        run_state_machine_as_test(story, settings=rules)
    return happened


@contextmanager
def _quiet() -> Iterator[None]:
    """What the aggregator logs is of no interest here, and takes its time."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
