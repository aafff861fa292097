"""What can go wrong at a call to AWS, and what a plan says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeVar

from local.aws_calls import EXIT, KILLED, UNANSWERED, Fate

T = TypeVar("T")
WORKER, TICK, MAIL_EVENTS = "FollowupWorkerFunction", "TickFunction", "MailEventFunction"
STRUCK: Mapping[str, str] = {WORKER: "worker", TICK: "tick", MAIL_EVENTS: "mail events"}
"""The functions that things go wrong in, as the table calls them; others are left in peace."""
News = Literal["at once", "later", "twice", "backwards", "after the doubt", "never"]
"""When SES tells what became of a mail."""
NEWS: Mapping[News, int] = {"at once": 4, "later": 2, "twice": 2, "backwards": 2, "after the doubt": 2, "never": 2}
"""How often each, of all."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, as the table calls it."""

    name: str
    fate: Fate | None
    done: bool
    """Whether it happens after the call or before it."""
    weight: int
    service: str = ""
    """The only service that does this; any if empty."""
    beside: bool = False
    """Whether the same event is first handled by another process, from beginning to end."""


MOST_FAULTS: Mapping[str, int] = {WORKER: 3, MAIL_EVENTS: 2, TICK: 9}
"""What may befall one run in each function: with so many its message or event still succeeds before SQS or Lambda gives
it up, also if it once finds a mail in the hands of a worker that died. A tick is never given up, because another one
follows."""
KILLS = (Fault("killed before", KILLED, False, 24), Fault("killed after", KILLED, True, 24))
FAULTS = (
    *KILLS,
    Fault("process ends before", EXIT, False, 1),
    Fault("process ends after", EXIT, True, 1),
    Fault("another one before", None, False, 5, beside=True),
    Fault("another one after", None, True, 5, beside=True),
    Fault("no answer, not done", UNANSWERED, False, 6),
    Fault("no answer, done", UNANSWERED, True, 6),
    Fault("internal error, not done", Fate.error("InternalServerError", 500), False, 4),
    Fault("internal error, done", Fate.error("InternalServerError", 500), True, 4),
    Fault("throttled", Fate.error("ThrottlingException"), False, 6, "dynamodb"),
    Fault("throttled", Fate.error("RequestThrottled", 403), False, 2, "sqs"),
    Fault("throttled", Fate.error("TooManyRequestsException", 429), False, 6, "sesv2"),
    Fault("another one, then throttled", Fate.error("ThrottlingException"), False, 2, "dynamodb", beside=True),
    Fault("another one, then throttled", Fate.error("TooManyRequestsException", 429), False, 12, "sesv2", beside=True),
    Fault("another one, then paused", Fate.error("SendingPausedException"), False, 6, "sesv2", beside=True),
    Fault("paused", Fate.error("SendingPausedException"), False, 2, "sesv2"),
    Fault("refused", Fate.error("MessageRejected"), False, 2, "sesv2"),
)


@dataclass(frozen=True)
class Mishap:
    """A fault at one step of a run, in one function."""

    function: str
    step: str
    nth: int
    """Which of the steps of this name, from 0."""
    fault: Fault
    handling: int | None = None
    """In which handling of the answer's message, from 0 in the order in which they begin; None if its steps are counted
    over all of them."""


def fault_named(name: str, step: str) -> Fault:
    """What the table calls so, at this step."""
    return next(fault for fault in FAULTS if fault.name == name and step.startswith(fault.service))


def fault_at(random: Random, step: str) -> Fault:
    """Something that can go wrong at this step."""
    possible = [fault for fault in FAULTS if step.startswith(fault.service)]
    [fault] = random.choices(possible, [fault.weight for fault in possible])
    return fault


def one_of(random: Random, weights: Mapping[T, int]) -> T:
    [chosen] = random.choices(list(weights), list(weights.values()))
    return chosen
