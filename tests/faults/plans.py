"""What befalls each run: one person's answer, and what goes wrong while it is followed up. All of it from a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeVar

from hearback.nps import Category, category
from local.aws_calls import EXIT, KILLED, UNANSWERED, Fate
from tests.faults.steps import SEND

T = TypeVar("T")
Reach = Literal["mail", "phone", "nobody", "suppressed", "bounces"]
"""How a person can be reached: by mail; known, but without an address; not at all, because the answer names nobody; by
mail, but wants none; by mail, but the address is gone."""
News = Literal["at once", "later", "twice", "backwards", "after the doubt", "never"]
"""When SES tells what became of the mail."""
_REACHES: Mapping[Reach, int] = {"mail": 80, "phone": 6, "nobody": 5, "suppressed": 5, "bounces": 4}
_NEWS: Mapping[News, int] = {"at once": 4, "later": 2, "twice": 2, "backwards": 2, "after the doubt": 2, "never": 2}
"""How often each, of all."""
Kind = tuple[Category, bool]
"""What the steps of a handling depend on: the category, and whether mail can be sent."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, as the table calls it."""

    name: str
    fate: Fate
    done: bool
    """Whether it happens after the call or before it."""
    weight: int
    service: str = ""
    """The only service that does this; any if empty."""


MOST_PLANNED = 3
"""Faults that are planned for one run: with one more, its message still succeeds before SQS gives it up."""
KILLS = (Fault("killed before", KILLED, False, 24), Fault("killed after", KILLED, True, 24))
FAULTS = (
    *KILLS,
    Fault("process ends before", EXIT, False, 1),
    Fault("process ends after", EXIT, True, 1),
    Fault("no answer, not done", UNANSWERED, False, 6),
    Fault("no answer, done", UNANSWERED, True, 6),
    Fault("internal error, not done", Fate.error("InternalServerError", 500), False, 4),
    Fault("internal error, done", Fate.error("InternalServerError", 500), True, 4),
    Fault("throttled", Fate.error("ThrottlingException"), False, 6, "dynamodb"),
    Fault("throttled", Fate.error("RequestThrottled", 403), False, 2, "sqs"),
    Fault("throttled", Fate.error("TooManyRequestsException", 429), False, 6, "sesv2"),
    Fault("refused", Fate.error("MessageRejected"), False, 2, "sesv2"),
)


@dataclass(frozen=True)
class Mishap:
    """A fault at one step of one handling of the answer's message."""

    handling: int
    """From 0, in the order in which they begin."""
    step: str
    nth: int
    """Which of the handling's steps of this name, from 0."""
    fault: Fault


@dataclass(frozen=True)
class Run:
    number: int
    person: int
    reach: Reach
    score: int
    amended: int | None
    """The score of the amendment, if there is one."""
    late: bool
    """Whether the amendment comes after the first follow-up, not before it."""
    again: bool
    """Whether it is a further answer of somebody who has answered."""
    stale: bool
    """Whether the survey is changed at the moment this answer is first handled."""
    news: News
    mishaps: Sequence[Mishap]

    @property
    def final(self) -> int:
        """The score that stands in the end."""
        return self.score if self.amended is None else self.amended

    @property
    def mailable(self) -> bool:
        return self.reach in ("mail", "bounces")


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
        stale=False,
        news="at once",
        mishaps=(),
    )


def kind_of(score: int, reach: Reach) -> Kind:
    return category(score), reach in ("mail", "bounces")


def plan(runs: int, seed: int, steps: Mapping[Kind, Sequence[str]]) -> list[Run]:
    """Runs to play; `steps` are the calls of an undisturbed handling of each kind of answer, in order."""
    random = Random(seed)
    planned: list[Run] = []
    for number in range(runs):
        known = [run for run in planned if run.reach != "nobody"]
        earlier = random.choice(known) if known and random.random() < 0.12 else None
        reach = earlier.reach if earlier else _one_of(random, _REACHES)
        score, other = random.sample(range(11), 2)
        planned.append(
            Run(
                number=number,
                person=earlier.person if earlier else number,
                reach=reach,
                score=score,
                amended=other if random.random() < 0.2 else None,
                late=random.random() < 0.5,
                again=earlier is not None,
                stale=random.random() < 0.1,
                news=_one_of(random, _NEWS),
                mishaps=_mishaps(random, steps[kind_of(score, reach)]),
            )
        )
    return planned


def _one_of(random: Random, weights: Mapping[T, int]) -> T:
    [chosen] = random.choices(list(weights), list(weights.values()))
    return chosen


def _mishaps(random: Random, steps: Sequence[str]) -> list[Mishap]:
    """None, one, or one in each of two or three handlings of the message that follow each other."""
    [number] = random.choices(range(MOST_PLANNED + 1), [8, 70, 16, 6])
    return [Mishap(handling, *_fault(random, steps)) for handling in range(number)]


def _fault(random: Random, steps: Sequence[str]) -> tuple[str, int, Fault]:
    sends = [place for place, step in enumerate(steps) if step == SEND]
    place = random.choice(sends) if sends and random.random() < 0.3 else random.randrange(len(steps))
    step = steps[place]
    possible = [fault for fault in FAULTS if step.startswith(fault.service)]
    [fault] = random.choices(possible, [fault.weight for fault in possible])
    return step, steps[:place].count(step), fault
