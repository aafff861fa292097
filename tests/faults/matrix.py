"""The stack that runs are played on: its tables, its clock, what SES has to tell of its mails, and what strikes it."""

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Item, Table, from_wire
from hearback.aws.feedback import Feedback
from hearback.aws.tasks import Tasks
from hearback.claim import DOUBT_AFTER
from local.activity import Activity
from local.aws_calls import AwsCall
from local.function_process import FunctionError
from local.functions import Function
from local.stack import TEMPLATE, Stack
from tests.faults.faults import TICK
from tests.faults.strikes import Story, Strikes

DOUBT = ("claimed", "doubtful")
"""States of a claim of which nobody knows how it ended."""
PATIENCE = 900.0
"""Seconds of real time until everything must have been done."""
QUARTER = timedelta(minutes=15)
"""From one tick to the next."""
_STRAY_EVERY = 7
"""Of so many runs, one has its mails' events also told of a mail that was never sent, and of one that is not ours."""
Event = Mapping[str, Any]


class Matrix:
    stack: Stack
    """Set once it runs: it wants to know its watcher before."""

    def __init__(self) -> None:
        self.strikes = Strikes(self._handle_beside)
        self.doubted: set[str] = set()
        """Claims, by digest, of which nobody knew how they ended before the late news came."""
        self.told: set[tuple[str, str]] = set()
        """Of which mails SES has told, by digest of the claim, and what."""
        self.strays: set[str] = set()
        """Digests of claims that nobody took, of which SES has told all the same."""
        self._news: list[tuple[Story, Event]] = []
        self._beside: dict[str, Function] = {}
        self._one_beside = threading.Lock()

    # --- what the stack asks -------------------------------------------------------------------------

    def news(self, event: Event) -> None:
        """SES tells of a mail: passed on or kept for later, as planned."""
        story = self.strikes.named.get(_claim(event))
        if story is None or story.run.news == "at once":
            self._tell(event, story)
        else:
            self._news.append((story, event))

    def _handle_beside(self, call: AwsCall) -> None:
        """Let another process handle an event while the first one is in the middle of it."""
        if not self._one_beside.acquire(blocking=False):
            return
        try:
            if call.function not in self._beside:
                settings = self.stack.functions[call.function].settings
                self._beside[call.function] = Function(
                    call.function, settings, 1, self.stack.clock, Activity(), quiet, self.strikes.fate
                )
            with suppress(FunctionError):
                self._beside[call.function].invoke(call.event, "beside another")
        finally:
            self._one_beside.release()

    # --- what happens in it --------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that waits for the settle queue, retries included."""
        idle = self.stack.wait_until_idle(PATIENCE)
        while idle.next_due is not None:
            self.stack.advance(max(idle.next_due - self.stack.now(), timedelta()) + timedelta(seconds=1))
            idle = self.stack.wait_until_idle(PATIENCE)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass, and everything happen that is due in the end: one tick, however long it was."""
        self.stack.advance(span)
        self.stack.wait_until_idle(PATIENCE)

    def tick_again(self) -> None:
        """Deliver the scheduler's event once more, as it may be."""
        with suppress(FunctionError):
            self.stack.invoke(TICK, {"detail-type": "Scheduled Event", "source": "aws.scheduler"})

    def tell_late(self) -> None:
        """Let SES tell what it has kept until nobody knew any more, backwards or twice where that was planned."""
        self._notice_doubt()
        self._tell_kept("later", "twice", "backwards")

    def finish(self) -> None:
        """Let nothing go wrong any more, until every mail in doubt is shown and every digest has been due again."""
        self.strikes.calm = True
        self.pass_time(DOUBT_AFTER + QUARTER + timedelta(minutes=1))
        self.settle()
        self._notice_doubt()
        self._tell_kept("after the doubt")
        self.pass_time(timedelta(days=7))
        self.settle()

    def _notice_doubt(self) -> None:
        claims = (item for item in self.items("DirectoryTable") if item["sk"] == "CLAIM")
        self.doubted |= {item["pk"].removeprefix("CLAIM#") for item in claims if item["state"] in DOUBT}

    def _tell_kept(self, *when: str) -> None:
        by_story: dict[int, list[tuple[Story, Event]]] = defaultdict(list)
        for story, event in self._news:
            if story.run.news in when:
                by_story[id(story)].append((story, event))
        self._news = [(story, event) for story, event in self._news if story.run.news not in when]
        for kept in by_story.values():
            news = kept[0][0].run.news
            for story, event in kept[::-1] if news == "backwards" else kept * 2 if news == "twice" else kept:
                self._tell(event, story)
        self.stack.wait_until_idle(PATIENCE)

    def _tell(self, event: Event, story: Story | None) -> None:
        digest = _claim(event)
        self.told.add((digest, event["detail"]["eventType"]))
        self.stack.put_event(event)
        if story and story.run.number % _STRAY_EVERY == 0:
            stray = hashlib.sha256(f"never {digest}".encode()).hexdigest()[:40]
            self.strays.add(stray)
            self.stack.put_event(_retagged(event, [stray]))
            self.stack.put_event(_retagged(event, []))

    # --- what is in it -------------------------------------------------------------------------------

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
        reader = self.table(table)
        while True:
            page, _, start = reader.scan_page({"ExclusiveStartKey": start} if start else {})
            found += [from_wire(item) for item in page]
            if start is None:
                return found

    def table(self, name: str) -> Table:
        return Table(self.stack.client("dynamodb"), self.stack.outputs[name])

    @property
    def directory(self) -> Directory:
        return Directory(self.table("DirectoryTable"))

    @property
    def tasks(self) -> Tasks:
        return Tasks(self.table("DirectoryTable"))

    @property
    def feedback(self) -> Feedback:
        return Feedback(self.table("FeedbackTable"))

    def close(self) -> None:
        """End the processes that handled events beside others."""
        for function in self._beside.values():
            function.stop()


def _claim(event: Event) -> str:
    """The digest that a mail's event brings back."""
    digest: str = event["detail"]["mail"]["tags"]["claim"][0]
    return digest


def _retagged(event: Event, claims: list[str]) -> Event:
    """The same event of another mail."""
    mail = event["detail"]["mail"]
    tags = {name: values for name, values in mail["tags"].items() if name != "claim"}
    other = {**mail, "tags": tags | ({"claim": claims} if claims else {})}
    return {**event, "detail": {**event["detail"], "mail": other}}


@contextmanager
def playing(folder: Path, template: Path = TEMPLATE) -> Iterator[Matrix]:
    """A matrix on a stack of its own."""
    matrix = Matrix()
    fast = {"MailRate": "1000"}
    with Stack(
        folder, parameters=fast, template=template, printed=quiet, watch=matrix.strikes.fate, mail_events=matrix.news
    ) as stack:
        matrix.stack = stack
        try:
            yield matrix
        finally:
            matrix.close()


def quiet(line: str) -> None:
    """Keep the stack's output to itself."""
