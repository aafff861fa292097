"""Timed work and mail events that are not exact do not get through: each of these mistakes is found by the matrix.

A mistake is a few lines behind a module's own, in a copy of the code that a stack of its own runs.
"""

from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from tests.faults.audit import Audit
from tests.faults.code_copy import copy_of_the_code
from tests.faults.faults import MAIL_EVENTS, TICK, WORKER, Mishap, fault_named
from tests.faults.matrix import playing
from tests.faults.steps import SEND
from tests.faults.timed import Timed
from tests.faults.timed_plans import Due, Group, Reach, TimedRun

RUNS = 3


class Mistake(NamedTuple):
    module: str
    lines: str
    found: Literal["doubled", "lost", "strays"]
    due: Due
    function: str
    fault: str
    step: str
    """At which step it goes wrong."""
    nth: int = 0
    reach: Reach = "mail"


MISTAKES = {
    "marking a digest before it is sent": Mistake(
        "functions/followup/digesting.py",
        """
_send = Digesting._send


def _mark_first(self, due):
    self.directory.advance(due, due.next_due(self.now))
    return _send(self, due)


Digesting._send = _mark_first
""",
        "lost",
        "digest",
        TICK,
        "killed before",
        "dynamodb PutItem claim",
    ),
    "remembering a reminder without a claim": Mistake(
        "functions/followup/escalating.py",
        """
import os

_Claim = Claim
Claim = lambda effect, about: _Claim(f"{effect}/{os.urandom(4).hex()}", about)
""",
        "doubled",
        "reminders",
        TICK,
        "killed after",
        SEND,
    ),
    "reminding twice because another tick does": Mistake(
        "layers/common/hearback/aws/claims.py",
        """
Claims.take = lambda self, claim, now, caps=(): self.table.put({"Item": claim.take_request(now)["Item"]})
""",
        "doubled",
        "reminders",
        TICK,
        "another one before",
        "dynamodb PutItem claim",
    ),
    "taking a mail that another tick is sending for sent": Mistake(
        "functions/followup/post.py",
        """
_what_was_found = _found
_found = lambda state, claim: "already" if state == "claimed" else _what_was_found(state, claim)
""",
        "lost",
        "digest",
        TICK,
        "another one, then throttled",
        SEND,
    ),
    "letting a play wait no more before it is queued": Mistake(
        "functions/followup/due_plays.py",
        """
_queue_due_plays = queue_due_plays


def queue_due_plays(directory, settle_queue, now):
    for item in list(directory.due(waiting.DUE_KIND, now)):
        directory.end_wait(WaitingPlay.from_item(item))
    return _queue_due_plays(directory, settle_queue, now)
""",
        "lost",
        "play",
        TICK,
        "killed before",
        "dynamodb UpdateItem waiting",
    ),
    "noting that somebody was asked again before they are": Mistake(
        "functions/followup/asking_again.py",
        """
_invite = AskingAgain._invite


def _note_first(self, task):
    self.tasks.asked_again(task.id)
    return _invite(self, task)


AskingAgain._invite = _note_first
""",
        "lost",
        "closing",
        TICK,
        "killed before",
        "dynamodb TransactWriteItems asked + asked + invitation",
    ),
    "showing nobody what is in doubt": Mistake(
        "functions/followup/doubts.py",
        """
show_doubtful = lambda claims, directory, now: 0
""",
        "lost",
        "digest",
        TICK,
        "killed before",
        SEND,
    ),
    "taking an event that a throttle kept out for read": Mistake(
        "functions/followup/mail_events.py",
        """
_handler = handler


def handler(event, context):
    try:
        _handler(event, context)
    except Exception:
        logger.exception("never mind")
""",
        "lost",
        "play",
        MAIL_EVENTS,
        "throttled",
        "dynamodb GetItem claim",
        nth=1,
        reach="bounces",
    ),
    "believing every event": Mistake(
        "functions/followup/mail_events.py",
        """
_take_in = take_in


def take_in(event, claims, feedback, directory, now):
    for digest in event["detail"]["mail"]["tags"].get(CLAIM_TAG, []):
        if claims.get(digest) is None:
            item = {"pk": f"CLAIM#{digest}", "sk": "CLAIM", "effect": "a mail", "state": "done"}
            claims.table.put({"Item": item})
    return _take_in(event, claims, feedback, directory, now)
""",
        "strays",
        "play",
        MAIL_EVENTS,
        "another one before",
        "dynamodb UpdateItem claim",
    ),
    "granting a coupon whatever was granted before": Mistake(
        "layers/common/hearback/aws/coupons.py",
        """
def _grant_anyway(self, wanted):
    granted = wanted.named(codes.mint(self._random))
    self.table.put({"Item": granted.to_item()})
    return granted


Coupons.grant = _grant_anyway
""",
        "doubled",
        "rewards",
        WORKER,
        "killed after",
        "dynamodb PutItem coupon",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_the_matrix_finds_what_is_wrong(mistake: Mistake, tmp_path: Path) -> None:
    template = copy_of_the_code(tmp_path, {mistake.module: mistake.lines})

    with playing(tmp_path / "data", template) as matrix:
        matrix.strikes.only_plans = True
        timed = Timed(matrix)
        timed.play([Group([run(number, mistake) for number in range(RUNS)])])
        matrix.finish()
        audit = Audit(matrix, timed.stories)
        outcomes = audit.outcomes()

    assert any(outcome.story.befell for outcome in outcomes), "nothing went wrong that could show it"
    wrong = audit.strays() if mistake.found == "strays" else [getattr(each, mistake.found) for each in outcomes]
    assert any(wrong)


def run(number: int, mistake: Mistake) -> TimedRun:
    """One in which what the mistake is about goes wrong."""
    mishap = Mishap(mistake.function, mistake.step, mistake.nth, fault_named(mistake.fault, mistake.step))
    return TimedRun(number, mistake.due, mistake.reach, "never" if mistake.function == TICK else "at once", (mishap,))
