"""Lets happen what was planned: finds the runs that a call is about, counts their steps, and strikes where a plan says.

Whatever steps the plans miss, because few runs lead there, are killed before and after as they come up.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from local.aws_calls import AwsCall, Fate
from tests.faults.faults import KILLS, MAIL_EVENTS, MOST_FAULTS, STRUCK, TICK, WORKER, Fault, Mishap, News
from tests.faults.steps import SEND, names_in, names_made, step_of


class Planned(Protocol):
    """A run as it was planned."""

    @property
    def number(self) -> int:
        """Below zero while the steps are learned."""

    @property
    def kind(self) -> str: ...

    @property
    def news(self) -> News: ...

    @property
    def mishaps(self) -> Sequence[Mishap]: ...


class Step(NamedTuple):
    """Before a call of a function, or after it."""

    function: str
    where: str
    done: bool


class Strike(NamedTuple):
    """A fault that happened, and at which call of which function."""

    function: str
    fault: Fault
    where: str


@dataclass
class Story:
    """What happened to one run."""

    run: Planned
    handlings: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """The steps that each handling has begun: by function, then by invocation, in the order in which they came."""
    begun: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """The invocations that have begun a step, by function and step, in the order in which they did."""
    own: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """Of all these steps, those that were about this run alone, and not about all that falls due with it."""
    befell: list[Strike] = field(default_factory=list)
    at_first: Callable[[], None] | None = None
    """What happens at the moment at which the worker begins with it."""

    def begins(self, call: AwsCall, where: str) -> None:
        happens = self.at_first if call.function == WORKER else None
        if happens:
            self.at_first = None
            happens()
        self.handlings.setdefault(call.function, {}).setdefault(call.invocation, []).append(where)
        self.begun.setdefault((call.function, where), []).append(call.invocation)

    def steps(self, function: str) -> list[str]:
        """Over all handlings, in order."""
        return [step for steps in self.handlings.get(function, {}).values() for step in steps]

    def planned_at(self, call: AwsCall, where: str) -> Fault | None:
        """What is to go wrong now."""
        begun = self.begun.get((call.function, where), [])
        if call.invocation not in begun:
            return None
        handling = list(self.handlings[call.function]).index(call.invocation)
        here = begun.count(call.invocation) - 1
        overall = max(place for place, invocation in enumerate(begun) if invocation == call.invocation)
        for mishap in self.run.mishaps:
            place = (mishap.function, mishap.step, mishap.fault.done) == (call.function, where, call.done)
            at = (None, overall) if mishap.handling is None else (handling, here)
            if place and (mishap.handling, mishap.nth) == at:
                return mishap.fault
        return None

    def awaits(self, function: str) -> bool:
        """Whether something was planned that has not happened yet."""
        planned = sum(mishap.function == function for mishap in self.run.mishaps)
        return planned > self._suffered(function)

    def may_suffer_more(self, function: str) -> bool:
        """Whether all that was planned has happened, and it can still succeed after one more fault."""
        return self.run.number >= 0 and not self.awaits(function) and self._suffered(function) < MOST_FAULTS[function]

    def _suffered(self, function: str) -> int:
        return sum(strike.function == function for strike in self.befell)


class Strikes:
    """Watches every call of the stack's functions."""

    def __init__(self, beside: Callable[[AwsCall], None]) -> None:
        """`beside` lets another process handle the event of a call, from beginning to end."""
        self.seen: set[Step] = set()
        self.named: dict[str, Story] = {}
        """Whose anything is: answers, claims, tasks, contacts."""
        self.falling_due: Sequence[Story] = ()
        """Those of whom it is that a tick looks for what is due."""
        self.calm = False
        """Whether nothing goes wrong any more."""
        self.only_plans = False
        """Whether nothing is killed that no plan says."""
        self.common_kills = 0
        """How many ticks may still be killed, without a plan, at a step that concerns all that falls due. Not many: one
        that is killed early shows nothing of what would come after it."""
        self._killed: set[Step] = set()
        """Steps that have been killed without a plan."""
        self._beside = beside
        self._lock = threading.Lock()

    def name(self, story: Story, names: Iterable[str]) -> None:
        """Whatever has one of these names is this run's."""
        self.named |= dict.fromkeys(names, story)

    def fate(self, call: AwsCall) -> Fate | None:
        """What becomes of a call."""
        if call.function not in STRUCK:
            return None
        with self._lock:
            fault = self._fault(call)
        if fault and fault.beside:
            self._beside(call)
        return fault.fate if fault else None

    def never_killed(self, stories: Iterable[Story]) -> set[Step]:
        """The steps that were taken and never killed."""
        return self.seen - {
            Step(strike.function, strike.where, strike.fault.done)
            for story in stories
            for strike in story.befell
            if strike.fault in KILLS
        }

    def _fault(self, call: AwsCall) -> Fault | None:
        where, stories = step_of(call), self._stories(call)
        if not call.done:
            self._begin(call, where, stories)
        if self.calm or not stories:
            return None
        step = Step(call.function, where, call.done)
        self.seen.add(step)
        for story in stories:
            if fault := story.planned_at(call, where):
                story.befell.append(Strike(call.function, fault, where))
                return fault
        return None if self.only_plans else self._kill(call, step, stories)

    def _kill(self, call: AwsCall, step: Step, stories: Sequence[Story]) -> Fault | None:
        """Kill what no plan has killed."""
        able = [story for story in stories if story.may_suffer_more(call.function)]
        common = stories is self.falling_due
        if step in self._killed or not able or (common and not self.common_kills):
            return None
        self.common_kills -= common
        self._killed.add(step)
        able[0].befell.append(Strike(call.function, KILLS[call.done], step.where))
        return KILLS[call.done]

    def _begin(self, call: AwsCall, where: str, stories: Sequence[Story]) -> None:
        for story in stories:
            story.begins(call, where)
        own = self._own(call)
        for story in own:
            story.own.setdefault(call.function, {}).setdefault(call.invocation, set()).add(where)
        if len(own) == 1:
            made = [*names_made(call), *([call.parameters["EmailTags"][0]["Value"]] if where == SEND else [])]
            self.name(own[0], [name for name in made if name not in self.named])

    def _stories(self, call: AwsCall) -> Sequence[Story]:
        """Those that a call is about; of a tick's call that is about none, those that fall due."""
        own = self._own(call)
        return self.falling_due if call.function == TICK and not own else own

    def _own(self, call: AwsCall) -> Sequence[Story]:
        """Those that a call of the worker or of mail events was begun for, or that a tick's call names."""
        found = {id(story): story for name in _names(call) if (story := self.named.get(name))}
        return list(found.values())


def _names(call: AwsCall) -> Iterable[str]:
    if call.function == WORKER:
        return names_in(json.loads(call.event["Records"][0]["body"]))
    if call.function == MAIL_EVENTS:
        tags: Mapping[str, Sequence[str]] = call.event["detail"]["mail"]["tags"]
        return tags.get("claim", ())
    return names_in(call.parameters)


def learned(story: Story, function: str) -> Mapping[bool, list[tuple[str, int]]]:
    """Each step and its place among those of its name: those about this run alone (True), and the others."""
    steps = story.steps(function)
    places = [(step, steps[:at].count(step)) for at, step in enumerate(steps)]
    own = {step for steps in story.own.get(function, {}).values() for step in steps}
    return {alone: [place for place in places if (place[0] in own) is alone] for alone in (True, False)}
