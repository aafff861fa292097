"""Plays planned runs on a local stack: many people at once, each with what is to befall them.

Handlings of one answer are told apart by their invocation, and their steps are counted, so that a plan can say: the
third call of the second handling. Whatever steps the plans miss, because few answers lead there, are killed before and
after as they come up.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Item, Table, from_wire
from hearback.aws.feedback import Feedback
from hearback.claim import DOUBT_AFTER
from hearback.contact import Contact, Suppression
from hearback.fact import FactId
from hearback.response import Answer, Response
from local.aws_calls import KILLED, AwsCall, Fate
from local.stack import TEMPLATE, Stack
from tests.faults.plans import KILLS, MOST_PLANNED, Fault, Kind, Run, kind_of, undisturbed
from tests.faults.shop import OWNERS, survey
from tests.faults.steps import SEND, step_of

WORKER = "FollowupWorkerFunction"
DOUBT = ("claimed", "doubtful")
"""States of a claim of which nobody knows how it ended."""
PATIENCE = 900.0
"""Seconds of real time until everything must have been done."""
Event = Mapping[str, Any]


@dataclass
class Story:
    """What happened to one run."""

    run: Run
    response: FactId
    contact: str
    handlings: dict[str, list[str]] = field(default_factory=dict)
    """The steps that each has begun, by invocation, in the order in which they came."""
    befell: list[tuple[Fault, str]] = field(default_factory=list)
    """Each fault that happened, and at which call."""

    @property
    def address(self) -> str:
        domain = "simulator.amazonses.com" if self.run.reach == "bounces" else "example.com"
        return f"{'bounce+' if self.run.reach == 'bounces' else ''}p{self.run.person}@{domain}"


class Matrix:
    stack: Stack
    """Set once it runs: it wants to know its watcher before."""

    def __init__(self) -> None:
        self.stories: dict[str, Story] = {}
        """By response id."""
        self.seen: set[tuple[str, bool]] = set()
        """Every step that was about to be taken (False) or had been taken (True)."""
        self.steps: dict[Kind, list[str]] = {}
        """The calls of an undisturbed handling, by kind of answer."""
        self.doubted: set[str] = set()
        """Claims, by digest, of which nobody knew how they ended before the late news came."""
        self.mailed_for: dict[str, str] = {}
        """The response that a mail was to follow, by the claim that the mail names."""
        self._killed: set[tuple[str, bool]] = set()
        """Steps that have been killed without a plan."""
        self._fact_of: dict[int, FactId] = {}
        self._news: list[tuple[Run, Event]] = []
        self._lock = threading.Lock()
        self._owners = OWNERS

    # --- what the stack asks -------------------------------------------------------------------------

    def fate(self, call: AwsCall) -> Fate | None:
        """What becomes of a call of the worker; other functions are left in peace."""
        if call.function != WORKER:
            return None
        story = self.stories.get(json.loads(call.event["Records"][0]["body"]).get("response", ""))
        if story is None:
            return None
        with self._lock:
            return self._fate(call, story)

    def _fate(self, call: AwsCall, story: Story) -> Fate | None:
        where = step_of(call)
        self.seen.add((where, call.done))
        if not call.done:
            self._begin(call, story, where)
        handling, nth = list(story.handlings).index(call.invocation), story.handlings[call.invocation].count(where) - 1
        for mishap in story.run.mishaps:
            planned = (mishap.handling, mishap.step, mishap.nth, mishap.fault.done)
            if planned == (handling, where, nth, call.done):
                story.befell.append((mishap.fault, where))
                return mishap.fault.fate
        suffered = story.run.number >= 0 and len(story.run.mishaps) <= len(story.befell) <= MOST_PLANNED
        if suffered and (where, call.done) not in self._killed:
            self._killed.add((where, call.done))
            story.befell.append((KILLS[call.done], where))
            return KILLED
        return None

    def _begin(self, call: AwsCall, story: Story, where: str) -> None:
        if not story.handlings and story.run.stale:
            self._owners = self._owners[::-1]
            self._apply(self._owners[0])
        story.handlings.setdefault(call.invocation, []).append(where)
        if where == SEND:
            self.mailed_for[call.parameters["EmailTags"][0]["Value"]] = str(story.response)

    def told(self, event: Event) -> None:
        """SES tells of a mail: passed on or kept for later, as planned."""
        response = self.mailed_for.get(event["detail"]["mail"]["tags"]["claim"][0], "")
        story = self.stories.get(response)  # none of a reminder, which the tick sends
        if story is None or story.run.news == "at once":
            self.stack.put_event(event)
        else:
            self._news.append((story.run, event))

    # --- what a test does ----------------------------------------------------------------------------

    def learn(self) -> None:
        """See which steps an undisturbed handling takes, for each kind of answer."""
        self._apply(OWNERS[0])
        for number, (score, mail) in enumerate((score, mail) for score in (10, 8, 3) for mail in (True, False)):
            run = undisturbed(-1 - number, "mail" if mail else "phone", score)
            story = self._answer(run)
            self._settle()
            [self.steps[kind_of(run.score, run.reach)]] = story.handlings.values()
        self.stories.clear()
        self.seen.clear()
        self.announced()

    def play(self, runs: Sequence[Run]) -> None:
        """Play some runs until nothing more happens by itself, and every mail in doubt is resolved or shown.

        Every message is delivered twice: half of the people's to two workers side by side, of which one that succeeds
        deletes it whatever became of the other; half of them once more after all is done.
        """
        for beside in (True, False):
            self.stack.faults(duplicate_messages=beside, lone_messages=True, clocked_retries=True)
            some = [run for run in runs if (run.person % 2 == 0) is beside]
            self._answers_come(run for run in some if not run.again)
            self._answers_come(run for run in some if run.again)
            for run in some:
                if run.amended is not None and run.late:
                    self._amend(run)
            self._settle()
            if not beside:
                self._deliver_again(some)
        self.doubted |= {item["pk"].removeprefix("CLAIM#") for item in self._claims() if item["state"] in DOUBT}
        self._tell("later", "twice", "backwards")
        self.stack.advance(DOUBT_AFTER + timedelta(minutes=16))  # and the next tick
        self.stack.wait_until_idle(PATIENCE)
        self._tell("after the doubt")

    def _claims(self) -> list[dict[str, Any]]:
        return [item for item in self.items("DirectoryTable") if item["pk"].startswith("CLAIM#")]

    def announced(self) -> list[dict[str, Any]]:
        """Take what the task queue holds."""
        sqs, url, found = self.stack.client("sqs"), self.stack.outputs["TaskQueueUrl"], []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"]))
        return found

    def items(self, table: str) -> list[dict[str, Any]]:
        found: list[Item] = []
        start: Item | None = None
        reader = Table(self.stack.client("dynamodb"), self.stack.outputs[table])
        while True:
            page, _, start = reader.scan_page({"ExclusiveStartKey": start} if start else {})
            found += [from_wire(item) for item in page]
            if start is None:
                return found

    @property
    def directory(self) -> Directory:
        return Directory(Table(self.stack.client("dynamodb"), self.stack.outputs["DirectoryTable"]))

    @property
    def feedback(self) -> Feedback:
        return Feedback(Table(self.stack.client("dynamodb"), self.stack.outputs["FeedbackTable"]))

    def _apply(self, owner: str) -> None:
        self.directory.put_survey(survey(owner), self.stack.now())

    def _answers_come(self, runs: Iterable[Run]) -> None:
        for run in runs:
            self._answer(run)
            if run.amended is not None and not run.late:
                self._amend(run)
        self._settle()

    def _deliver_again(self, runs: Iterable[Run]) -> None:
        sqs, queue = self.stack.client("sqs"), self.stack.outputs["SettleQueueUrl"]
        for run in runs:
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"response": str(self._fact_of[run.number])}))
        self._settle()

    def _answer(self, run: Run) -> Story:
        contact = "" if run.reach == "nobody" else f"{run.person % 10**6:032x}"
        now = self.stack.now()
        fact = FactId.mint("shop", 4, now, run.number.to_bytes(10, "big", signed=True))
        self._fact_of[run.number] = fact
        story = self.stories[str(fact)] = Story(run, fact, contact)
        if contact:
            email = "" if run.reach == "phone" else story.address
            self.directory.merge_contact(Contact(contact, email, f"Person {run.person}", phone="+353 1 555"))
        if run.reach == "suppressed":
            self.directory.suppress(Suppression(contact, "unsubscribe", now))
        self.feedback.create(Response(fact, run.score, now, f"{now:%Y-%m-%d}", contact=contact, comment="Why not?"))
        return story

    def _amend(self, run: Run) -> None:
        self.feedback.amend(self._fact_of[run.number], Answer(run.amended), self.stack.now())

    def _settle(self) -> None:
        """Let everything happen that waits for the settle queue, retries included."""
        idle = self.stack.wait_until_idle(PATIENCE)
        while idle.next_due is not None:
            self.stack.advance(max(idle.next_due - self.stack.now(), timedelta()) + timedelta(seconds=1))
            idle = self.stack.wait_until_idle(PATIENCE)

    def _tell(self, *when: str) -> None:
        """Let SES tell what it has kept, backwards or twice where that was planned."""
        by_run: dict[int, list[Event]] = defaultdict(list)
        news = {run.number: run.news for run, _ in self._news}
        for run, event in self._news:
            if run.news in when:
                by_run[run.number].append(event)
        self._news = [(run, event) for run, event in self._news if run.news not in when]
        for number, events in by_run.items():
            told = events[::-1] if news[number] == "backwards" else events * 2 if news[number] == "twice" else events
            for event in told:
                self.stack.put_event(event)
        self.stack.wait_until_idle(PATIENCE)


@contextmanager
def playing(folder: Path, template: Path = TEMPLATE) -> Iterator[Matrix]:
    """A matrix on a stack of its own, which has learned the steps."""
    matrix = Matrix()
    fast = {"MailRate": "1000"}
    with Stack(
        folder, parameters=fast, template=template, printed=quiet, watch=matrix.fate, mail_events=matrix.told
    ) as stack:
        matrix.stack = stack
        matrix.learn()
        yield matrix


def quiet(line: str) -> None:
    """Keep the stack's output to itself."""
