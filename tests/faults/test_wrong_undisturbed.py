"""A follow-up that is wrong although nothing goes wrong does not get through: the matrix finds each of these mistakes.

They touch different things, so one copy of the code makes them all, and each is found in words of its own.
"""

from dataclasses import replace

import pytest

from tests.faults.answers import Answers
from tests.faults.audit import Audit, problems
from tests.faults.code_copy import copy_of_the_code
from tests.faults.matrix import playing
from tests.faults.plans import undisturbed
from tests.faults.timed import Timed
from tests.faults.timed_plans import Group, TimedRun

MISTAKES = {
    "functions/followup/task_news.py": """
_tell = NewsOfTasks.tell


def _only_changes(self, task, survey, responses, contact, earlier):
    if changes(task, responses):
        return _tell(self, task, survey, responses, contact, earlier)
    self.tasks.news_told(task, responses)


NewsOfTasks.tell = _only_changes
""",
    "functions/followup/watching.py": """
Watching.watch = lambda self, story: None
""",
    "layers/common/hearback/plays.py": """
_watching = lambda survey, situation: None
""",
    "functions/followup/task_notices.py": """
_mail = TaskNotices._mail
_notice_claim = notice_claim
_other_claim = lambda task: Claim(f"other-notice/{task.id}", {"task": task.id})


def _mail_twice(self, *told):
    global notice_claim
    for notice_claim in (_other_claim, _notice_claim):
        _mail(self, *told)


TaskNotices._mail = _mail_twice
""",
    "functions/followup/rewarding.py": """
_mail = Rewarding._mail


def _mail_twice(self, survey, due, side, granted, contact, claim, cap):
    settled = _mail(self, survey, due, side, granted, contact, claim, cap)
    if side == "friend":
        other = Claim(f"other/{due.digest}", {"conversion": due.reference})
        self.post.send(other, reward_letter(survey, side, granted, contact, ""), contact.email, self.now)
    return settled


Rewarding._mail = _mail_twice
""",
    "layers/common/hearback/waiting.py": """
_wait_request = WaitingPlay.wait_request
WaitingPlay.wait_request = lambda self: _wait_request(self) | {"ConditionExpression": "attribute_not_exists(pk)"}
""",
    "functions/followup/next_steps.py": """
NextSteps.bring = lambda self, *told: None
""",
    "functions/followup/tasking.py": """
Tasking._reopen_withdrawn = lambda self, given, wanted: None
""",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the matrix says of two people who answer twice, of one whom an operator doubts for a while, of one whose
    mail brings a coupon, of a referral, and of one who wavers."""
    folder = tmp_path_factory.mktemp("mistaken")
    template = copy_of_the_code(folder, MISTAKES)
    with playing(folder / "data", template) as matrix:
        answers, timed = Answers(matrix), Timed(matrix)
        slips, stays = undisturbed(0, "mail", 10), undisturbed(1, "mail", 2)
        again = [replace(slips, number=2, score=7, again=True), replace(stays, number=3, score=1, again=True)]
        doubted, treated = replace(undisturbed(6, "phone", 3), excluded=True, late=True), undisturbed(7, "mail", 8)
        matrix.strikes.only_plans = True
        answers.play([slips, stays, *again, doubted, treated])
        due = TimedRun(4, "rewards", "mail", "at once"), TimedRun(5, "wavering", "mail", "at once")
        timed.play([Group(due)])
        matrix.finish()
        outcomes = Audit(matrix, [*answers.stories, *timed.stories]).outcomes()
    return str(problems(outcomes))


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("lost: task-joined/", id="not telling whose task it is that a further answer joined"),
        pytest.param("no slip told", id="telling nobody that somebody slipped"),
        pytest.param("no slip kept for the digest", id="noting nowhere that somebody slipped"),
        pytest.param("no task", id="giving nobody a task for a promoter who has become a passive"),
        pytest.param("Reach Person 1 …: our own people were told 2 times", id="telling of a task twice"),
        pytest.param("friend-t4@example.com: 2 mails", id="welcoming a friend twice"),
        pytest.param("/ask: mailed without its coupon", id="forgetting what a mail was to bring"),
        pytest.param("no open task", id="leaving a task withdrawn whose answer counts again"),
        pytest.param("/remind: missing, 0 mails", id="letting nothing wait again that did not follow when it was due"),
    ],
)
def test_the_matrix_finds_what_is_wrong(words: str, found: str) -> None:
    assert words in found
