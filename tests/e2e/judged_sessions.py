"""Random sessions of people and machines on links like those of a mail, and what became of each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from local.stack import Stack
from tests.e2e.link_traffic import Links

Standings = Mapping[str, Mapping[str, Any]]
"""What `hearback responses list` says of each response."""
STEP = timedelta(seconds=15)
"""Time that passes between two things that somebody does."""
STEPS = 10
REST = timedelta(seconds=2)
"""How long a patient scanner lets a page rest."""
PATIENT = {"sends in its time": "", "runs scripts, sends in its time": "none"}
"""Scanners that open a link, let its page rest, send its form and go on to the next; what the form says of a hand."""
SCANS = ["opens four links", "runs scripts", "asks for heads", "sends the form", "is trapped", *PATIENT]


@dataclass(slots=True)
class Session:
    """What happens to one token, and which signs of a person there are in it."""

    links: Links
    does: dict[int, list[Callable[[], object]]]
    """What is done at each step."""
    machine: str = ""
    touched: bool = False
    confirmed: bool = False

    def plan(self, step: int, *actions: Callable[[], object]) -> None:
        self.does.setdefault(min(step, STEPS - 1), []).extend(actions)

    @property
    def kind(self) -> str:
        person = "confirms" if self.confirmed else "touches the page" if self.touched else "gives no sign"
        return f"{person}, {self.machine or 'no machine'}"


def invent(stack: Stack, random: Random) -> Session:
    """A person who opens a link, mostly with a scanner before, beside or after them."""
    session = Session(Links.invited(stack), {})
    begin = random.randrange(1, 5)
    _scan(session, random, begin)
    scripts = random.random() < 0.9
    first, second = random.sample(range(11), 2)
    _visit(session, random, begin, first, scripts=scripts)
    if random.random() < 0.15:
        _visit(session, random, begin + 1, second, scripts=scripts)
    if random.random() < 0.4:
        _confirm(session, random, begin + 3, second, scripts=scripts)
    return session


def _visit(session: Session, random: Random, step: int, score: int, *, scripts: bool) -> None:
    """Open a link; most people touch what they look at, and a script that runs tells of it."""
    session.plan(step, partial(session.links.get, score))
    if scripts:
        session.plan(step, partial(session.links.signal, "seen"))
        if random.random() < 0.85:
            session.touched = True
            session.plan(step, partial(session.links.signal, "human"))


def _confirm(session: Session, random: Random, step: int, score: int, *, scripts: bool) -> None:
    """Send the form by hand; the quick send it sooner than we believe, and once more when they are asked to."""
    session.confirmed = True
    send = partial(session.links.send, hand="moved" if scripts else "")
    session.plan(step, partial(session.links.get, score))
    if random.random() < 0.3:
        session.plan(step, send)
    session.plan(step + random.randrange(1, 3), send)


def _scan(session: Session, random: Random, step: int) -> None:
    machine = random.choice(["", *SCANS])
    session.machine = machine
    when = max(0, step + random.choice([-3, -1, 0, 2]))
    links = replace(session.links, fields={})  # a browser of its own
    for score in random.sample(range(11), 4) if machine else ():
        if machine == "asks for heads":
            session.plan(when, partial(links.head, score))
            continue
        session.plan(when, partial(links.get, score))
        if machine in ("runs scripts", "runs scripts, sends in its time"):
            session.plan(when, partial(links.signal, "seen"))
        if machine == "is trapped":
            session.plan(when, links.trap)
        if machine == "sends the form":
            session.plan(when, links.send)
        if machine in PATIENT:
            session.plan(when, partial(links.stack.advance, REST), partial(links.send, hand=PATIENT[machine]))


def invent_all(stack: Stack, seed: int, count: int) -> list[Session]:
    random = Random(seed)
    return [invent(stack, random) for _ in range(count)]


def lost(sessions: Sequence[Session], standings: Standings) -> list[Session]:
    """Those with a sign of a person that were not counted."""
    people = [session for session in sessions if session.touched or session.confirmed]
    return [session for session in people if standings[session.links.response]["standing"] != "counted"]


def live(stack: Stack, sessions: Sequence[Session]) -> None:
    """Let all of it happen, then let the settle time pass."""
    for step in range(STEPS):
        for session in sessions:
            for act in session.does.get(step, ()):
                act()
        stack.advance(STEP)
    stack.wait_until_idle(60)
    stack.advance(timedelta(minutes=3))
    stack.wait_until_idle(60)


def tabulate(sessions: Sequence[Session], standings: Standings) -> list[str]:
    """Lines: how many sessions of each kind there were, and how many were counted."""
    total, counted = Counter[str](), Counter[str]()
    for session in sessions:
        total[session.kind] += 1
        counted[session.kind] += standings[session.links.response]["standing"] == "counted"
    return [f"{kind:50} {total[kind]:5} sessions {counted[kind]:5} counted" for kind in sorted(total)]
