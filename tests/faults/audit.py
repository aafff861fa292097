"""What came of each run: nothing twice, nothing lost, and every mail in doubt resolved or shown.

What should have happened is reckoned by `answer_audit` and `timed_audit`, not by the product's own choice; here is what
holds for every mail, whatever it is for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hearback.aws.dynamodb import Item
from tests.faults.answer_audit import AnswerAudit
from tests.faults.answers import AnswerStory
from tests.faults.faults import TICK, WORKER
from tests.faults.matrix import Matrix
from tests.faults.records import Records
from tests.faults.shop import LATER, MAILS
from tests.faults.strikes import Story
from tests.faults.timed import TimedStory
from tests.faults.timed_audit import TimedAudit

_TASK_MAILS = ("task-notice/", "task-joined/", "task-call/", "task-overdue/", "task-escalated/")
_MAILS = (*_TASK_MAILS, "digest/", "reward/", "invitation/")
"""How the effects begin that are mails and follow from no play."""


@dataclass
class Outcome:
    """What came of one run."""

    story: Story
    sent: int = 0
    """Mails that went out once and are known to have."""
    resolved: int = 0
    """Mails in doubt that SES's news proved to be sent."""
    shown: int = 0
    """Mails that an operator is shown: in doubt to the end, or refused by SES, or come back from one of our own."""
    told_again: int = 0
    """Messages and events beyond the first that tell other systems the same, under the same id. Neither queue nor bus
    keeps them out, so a reader knows them by that id."""
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def handled_again(self) -> int:
        """Of an answer, the handlings of its message beyond the first; of what falls due, the ticks that saw to it and
        its messages beyond the first."""
        functions = (WORKER, TICK) if isinstance(self.story, TimedStory) else (WORKER,)
        return max(0, sum(len(self.story.own.get(function, ())) for function in functions) - 1)


class Audit:
    def __init__(self, matrix: Matrix, stories: Sequence[AnswerStory | TimedStory]) -> None:
        self._named = matrix.strikes.named
        self._records = Records(matrix)
        self._outcomes = {id(story): Outcome(story) for story in stories}

    def outcomes(self) -> list[Outcome]:
        """Of every run."""
        records = self._records
        for digest, claim in records.claims.items():
            if of_claim := self._outcome_of(digest, *(value for value in claim.values() if isinstance(value, str))):
                self._look_at_claim(of_claim, digest, claim)
        for digest, mails in records.mails.items():
            if of_mail := self._outcome_of(digest):
                of_mail.doubled += [f"{digest}: {mails} mails"] if mails > 1 else []
                of_mail.lost += [f"{digest}: mailed, and the claim is gone"] if digest not in records.claims else []
        for digest, kind in sorted(records.news):
            if of_news := self._outcome_of(digest):
                of_news.lost += self._not_taken_in(digest, kind)
        answers, timed = AnswerAudit(records), TimedAudit(records)
        for outcome in self._outcomes.values():
            match outcome.story:
                case AnswerStory() as story:
                    outcome.lost += answers.missing(story)
                    outcome.doubled += answers.too_much(story)
                case TimedStory() as story:
                    outcome.lost += timed.missing(story)
                    outcome.doubled += timed.too_much(story)
                    outcome.told_again += timed.told_again(story)
        return list(self._outcomes.values())

    def strays(self) -> list[str]:
        """What is there only because SES told of mails that nobody sent."""
        records = self._records
        return [f"{digest}: a claim that nobody took" for digest in sorted(records.strays & records.claims.keys())]

    def _outcome_of(self, *names: str) -> Outcome | None:
        """The run of something that is named so; None for those of learning the steps."""
        stories = (self._named[name] for name in names if name in self._named)
        return next((self._outcomes[id(story)] for story in stories if id(story) in self._outcomes), None)

    def _look_at_claim(self, outcome: Outcome, digest: str, claim: Item) -> None:
        records, effect = self._records, str(claim["effect"])
        state, mails = claim["state"], records.mails[digest]
        shown, doubted = digest in records.shown, digest in records.doubted
        if mails == 1 and state == "done":
            outcome.resolved += doubted
            outcome.sent += not doubted
        outcome.shown += shown
        again = records.queued[str(claim["task"])] - 1 if effect.startswith("task-message/") else 0
        outcome.told_again += max(0, records.on_the_bus[digest] - 1) + max(0, again)
        if not _of_a_mail(effect):
            return
        if not (shown or (state == "done" and mails) or (state == "capped" and not mails)):
            outcome.lost.append(f"{effect}: {state}, {mails} mails")
        if state == "claimed":
            outcome.lost.append(f"{effect}: in doubt, and no tick has said so")

    def _not_taken_in(self, digest: str, kind: str) -> Iterator[str]:
        """What SES has told of a mail, and nobody has heard."""
        records = self._records
        claim = records.claims.get(digest, {"effect": digest, "state": "missing"})
        effect, state, contact = claim["effect"], claim["state"], claim.get("contact")
        if state in ("claimed", "doubtful"):
            yield f"{effect}: {state}, although SES has told of it: {kind}"
        if kind in ("Bounce", "Complaint") and contact:
            if records.suppressed.get(contact) not in ("bounce", "complaint"):
                yield f"{effect}: {kind}, and its person can still be mailed"
        elif kind == "Bounce" and digest not in records.shown:
            yield f"{effect}: it came back, and no operator is shown it"
        if kind == "Delivery" and "invitation" in claim and not records.invitations[claim["invitation"]].delivered:
            yield f"{effect}: delivered, and the invitation does not say so"


def _of_a_mail(effect: str) -> bool:
    return effect.startswith(_MAILS) or effect.rpartition("/")[2] in (*MAILS.values(), LATER)


def leftovers(matrix: Matrix) -> Mapping[str, Sequence[str]]:
    """Messages in failure queues: given up, and for an operator to redrive. A tick that failed is made good by the next
    one; that it lies there is for the alarm."""
    held = [queue for queue in matrix.stack.queues() if queue.is_failure_queue and queue.visible]
    return {queue.logical_id: queue.messages for queue in held if queue.logical_id != "TickFailures"}


def problems(outcomes: Sequence[Outcome]) -> dict[str, list[Any]]:
    """Everything that was done twice or lost, by run."""
    return {
        f"{outcome.story.run.kind} {outcome.story.run.number}": [
            *(f"twice: {each}" for each in outcome.doubled),
            *(f"lost: {each}" for each in outcome.lost),
            [f"{strike.function}: {strike.fault.name} {strike.where}" for strike in outcome.story.befell],
        ]
        for outcome in outcomes
        if outcome.doubled or outcome.lost
    }
