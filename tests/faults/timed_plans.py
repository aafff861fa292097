"""What falls due for each run, and what goes wrong while the tick, the worker and the mail events see to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Literal

from tests.faults.faults import MAIL_EVENTS, NEWS, TICK, WORKER, Mishap, News, fault_at, one_of
from tests.faults.matrix import QUARTER
from tests.faults.steps import SEND

Due = Literal["digest", "reminders", "play", "wavering", "rewards", "closing"]
"""A manager's digest; a task that nobody sees to, of which the owner hears and then the manager; a play that waits an
hour; one whose answer has changed when it is due, so that it does not follow, and changes back; the two rewards of a
conversion; a closed task, of which other systems hear and whose person is asked again."""
DUE: Sequence[Due] = ("digest", "reminders", "play", "wavering", "rewards", "closing")
Reach = Literal["mail", "bounces", "complains"]
_REACHES: Mapping[Reach, int] = {"mail": 8, "bounces": 1, "complains": 1}
_FUNCTIONS: Mapping[str, int] = {TICK: 5, WORKER: 3, MAIL_EVENTS: 2}
"""Where something goes wrong, how often of all."""
LEAST_TICKS = 9
"""Quarters of an hour until the last of a run has fallen due: its task is overdue after one hour and a manager hears of
it after two."""
Place = tuple[str, int]
"""A step, and which of its name."""


@dataclass(frozen=True)
class Steps:
    """The steps of an undisturbed run in one function."""

    own: Sequence[Place] = ()
    """About this run alone."""
    shared: Sequence[Place] = ()
    """About all that falls due with it."""


@dataclass(frozen=True)
class TimedRun:
    number: int
    kind: Due
    reach: Reach
    news: News
    mishaps: Sequence[Mishap] = ()


@dataclass(frozen=True)
class Group:
    """Runs that fall due together."""

    runs: Sequence[TimedRun]
    ticks: Sequence[timedelta] = field(default=(QUARTER,) * LEAST_TICKS)
    """How long after each other ticks come: longer than a quarter where some are missed."""
    again: frozenset[int] = frozenset()
    """Which of the ticks come twice."""


def plan_timed(runs: int, seed: int, steps: Mapping[Due, Mapping[str, Steps]]) -> list[Group]:
    """Runs to play, as many of each kind; `steps` are those of an undisturbed run, by kind and function."""
    random = Random(f"timed {seed}")
    planned = [
        TimedRun(
            number=number,
            kind=kind,
            reach=one_of(random, _REACHES),
            news=one_of(random, NEWS),
            mishaps=tuple(_mishaps(random, steps[kind])),
        )
        for number, kind in ((number, DUE[number % len(DUE)]) for number in range(runs))
    ]
    size = 3 * len(DUE)
    return [_group(random, planned[start : start + size]) for start in range(0, runs, size)]


def _group(random: Random, runs: Sequence[TimedRun]) -> Group:
    ticks: list[timedelta] = []
    while sum(ticks, timedelta()) < LEAST_TICKS * QUARTER:
        ticks.append(random.choice((1, 1, 1, 2, 3)) * QUARTER)
    return Group(runs, ticks, frozenset(place for place in range(len(ticks)) if random.random() < 0.3))


def _mishaps(random: Random, steps: Mapping[str, Steps]) -> list[Mishap]:
    """None, or up to three, of which no more than one befalls mail events."""
    [number] = random.choices(range(4), [8, 62, 22, 8])
    functions = {name: weight for name, weight in _FUNCTIONS.items() if steps[name].own}
    found: list[Mishap] = []
    for _ in range(number):
        function = one_of(random, functions)
        if function != TICK:
            functions = {name: weight for name, weight in functions.items() if name != function}
        found.append(_mishap(random, function, steps[function]))
    return found


def _mishap(random: Random, function: str, steps: Steps) -> Mishap:
    """Most often where only this run is concerned, and of those where its mail is sent."""
    sends = [place for place in steps.own if place[0] == SEND]
    chance = random.random()
    places = sends if sends and chance < 0.3 else steps.shared if steps.shared and chance > 0.8 else steps.own
    step, nth = random.choice(places)
    return Mishap(function, step, nth, fault_at(random, step))
