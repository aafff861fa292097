"""What befalls each answer: one person's, and what goes wrong while it is followed up. All of it from a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from hearback.nps import Category, category
from tests.faults.faults import MAIL_EVENTS, NEWS, WORKER, Mishap, News, fault_at, one_of
from tests.faults.steps import SEND

Reach = Literal["mail", "phone", "nobody", "suppressed", "bounces", "complains"]
"""How a person can be reached: by mail; known, but without an address; not at all, because the answer names nobody; by
mail, but wants none; by mail, but the address is gone; by mail, but calls it spam."""
_REACHES: Mapping[Reach, int] = {"mail": 76, "phone": 6, "nobody": 5, "suppressed": 5, "bounces": 4, "complains": 4}
"""How often each, of all."""
Kind = tuple[Category, bool]
"""What the steps of a handling depend on: the category, and whether mail can be sent."""
MOST_PLANNED = 3
"""Faults that are planned for one run in the worker: as many as may befall it."""


@dataclass(frozen=True)
class Run:
    number: int
    person: int
    reach: Reach
    score: int
    amended: int | None
    """The score of the amendment, if there is one."""
    late: bool
    """Whether the amendment comes after the first follow-up, not before it; and so what an operator does."""
    again: bool
    """Whether it is a further answer of somebody who has answered."""
    excluded: bool
    """Whether an operator excludes the answer for a while, from before its first follow-up or, if `late`, after it."""
    stale: bool
    """Whether the survey is changed at the moment this answer is first handled."""
    news: News
    mishaps: Sequence[Mishap]

    @property
    def kind(self) -> str:
        """As the table calls it."""
        return "answer"

    @property
    def final(self) -> int:
        """The score that stands in the end."""
        return self.score if self.amended is None else self.amended

    @property
    def mailable(self) -> bool:
        return self.reach in ("mail", "bounces", "complains")


def undisturbed(number: int, reach: Reach, score: int) -> Run:
    """Somebody answers, and nothing goes wrong."""
    return Run(
        number=number,
        person=number,
        reach=reach,
        score=score,
        amended=None,
        late=False,
        again=False,
        excluded=False,
        stale=False,
        news="at once",
        mishaps=(),
    )


def kind_of(run: Run) -> Kind:
    return category(run.score), run.mailable


def plan(
    runs: int, seed: int, steps: Mapping[Kind, Sequence[str]], event_steps: Mapping[Kind, Sequence[str]]
) -> list[Run]:
    """Runs to play; `steps` are the calls of an undisturbed handling of each kind of answer, in order; `event_steps`
    those of the handling of its mail's events."""
    random = Random(seed)
    planned: list[Run] = []
    for number in range(runs):
        known = [run for run in planned if run.reach != "nobody"]
        earlier = random.choice(known) if known and random.random() < 0.12 else None
        reach = earlier.reach if earlier else one_of(random, _REACHES)
        score, other = random.sample(range(11), 2)
        run = Run(
            number=number,
            person=earlier.person if earlier else number,
            reach=reach,
            score=score,
            amended=other if random.random() < 0.2 else None,
            late=random.random() < 0.5,
            again=earlier is not None,
            excluded=random.random() < 0.08,
            stale=random.random() < 0.1,
            news=one_of(random, NEWS),
            mishaps=(),
        )
        mishaps = _mishaps(random, steps[kind_of(run)]) + _event_mishaps(random, event_steps[kind_of(run)])
        planned.append(replace(run, mishaps=tuple(mishaps)))
    return planned


def _mishaps(random: Random, steps: Sequence[str]) -> list[Mishap]:
    """None, one, or one in each of two or three handlings of the message that follow each other."""
    [number] = random.choices(range(MOST_PLANNED + 1), [8, 70, 16, 6])
    return [_mishap(random, steps, handling) for handling in range(number)]


def _mishap(random: Random, steps: Sequence[str], handling: int) -> Mishap:
    sends = [place for place, step in enumerate(steps) if step == SEND]
    place = random.choice(sends) if sends and random.random() < 0.3 else random.randrange(len(steps))
    step = steps[place]
    return Mishap(WORKER, step, steps[:place].count(step), fault_at(random, step), handling)


def _event_mishaps(random: Random, steps: Sequence[str]) -> list[Mishap]:
    if not steps or random.random() < 0.75:
        return []
    place = random.randrange(len(steps))
    return [Mishap(MAIL_EVENTS, steps[place], steps[:place].count(steps[place]), fault_at(random, steps[place]))]
