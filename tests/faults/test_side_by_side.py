"""A second process finds a mail in the first one's hands, and SES does not take it from the first: it goes out later.

Neither the second may take it for sent, nor the message go with whoever ends well.
"""

from dataclasses import replace
from itertools import product
from pathlib import Path

from tests.faults.answers import Answers
from tests.faults.audit import Audit, leftovers, problems
from tests.faults.faults import TICK, WORKER, Mishap, fault_named
from tests.faults.matrix import playing
from tests.faults.plans import undisturbed
from tests.faults.steps import SEND
from tests.faults.timed import Timed
from tests.faults.timed_plans import Due, Group, TimedRun

SENDS: dict[Due, str] = {"digest": TICK, "reminders": TICK, "play": WORKER, "rewards": WORKER, "closing": WORKER}
"""Who sends the mail of each."""
FAULTS = ("another one, then throttled", "another one, then paused")


def test_what_falls_due_is_mailed_after_the_first_of_two_gave_it_back(tmp_path: Path) -> None:
    runs = [
        TimedRun(number, kind, "mail", "at once", [Mishap(SENDS[kind], SEND, 0, fault_named(fault, SEND))])
        for number, (fault, kind) in enumerate(product(FAULTS, SENDS))
    ]
    with playing(tmp_path / "data") as matrix:
        matrix.strikes.only_plans = True
        timed = Timed(matrix)
        timed.play([Group(runs)])
        matrix.finish()
        outcomes = Audit(matrix, timed.stories).outcomes()
        given_up = leftovers(matrix)

    assert [len(outcome.story.befell) for outcome in outcomes] == [1] * len(runs)
    assert problems(outcomes) == {}
    assert given_up == {}


def test_an_answer_is_followed_up_after_the_first_of_two_gave_a_mail_back(tmp_path: Path) -> None:
    mails = [(10, 0), (8, 0), (2, 0), (2, 1)] * 2  # to one worker, and to two
    runs = [
        replace(undisturbed(number, "mail", score), mishaps=[Mishap(WORKER, SEND, nth, fault_named(fault, SEND))])
        for number, (fault, (score, nth)) in enumerate(product(FAULTS, mails))
    ]
    with playing(tmp_path / "data") as matrix:
        matrix.strikes.only_plans = True
        answers = Answers(matrix)
        answers.play(runs)
        matrix.finish()
        outcomes = Audit(matrix, answers.stories).outcomes()
        given_up = leftovers(matrix)

    assert [len(outcome.story.befell) for outcome in outcomes] == [1] * len(runs)
    assert problems(outcomes) == {}
    assert given_up == {}
