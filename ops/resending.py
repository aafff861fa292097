"""Sending a mail again, which an operator knows not to have gone out: by what caused it the first time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from followup import settle_queue
from followup.escalating import TELLS, reminder_claim
from followup.task_notices import notice_claim
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Item
from hearback.aws.feedback import Feedback
from hearback.aws.referrals import Referrals
from hearback.aws.tasks import Tasks
from hearback.claim import play_of
from hearback.fact import FactId
from hearback.task import Task
from hearback.task_news import JOINED, call_claim, joined_claim
from ops.message_queue import MessageQueue
from ops.terminal import Stop


@dataclass(frozen=True, slots=True)
class Resending:
    directory: Directory
    feedback: Feedback
    settle: MessageQueue
    now: datetime

    def way(self, claim: Item) -> Callable[[], str]:
        """What sends the mail of a claim, and then says how. Raises Stop, before anything is done, if nothing can."""
        if "task" in claim:
            return self._of_task(claim)
        if "conversion" in claim:
            return self._reward(claim)
        if "invitation" in claim:
            return self._settling(settle_queue.about_invitation(claim["invitation"]))
        if "announcement" in claim:
            return self._settling(settle_queue.about_announcement(claim["announcement"], claim["response"]))
        if "response" in claim:
            play = play_of(claim["effect"], claim["response"])
            return self._settling(settle_queue.about_play(claim["response"], play))
        if "moment" in claim:
            return self._digest(claim)
        raise Stop(
            f"{claim['effect']} is not sent again by itself; tell its reader what they have missed, then say --sent"
        )

    def _settling(self, message: settle_queue.Message) -> Callable[[], str]:
        def send() -> str:
            self.settle.put([settle_queue.body(message)])
            return "it is in the settle queue, and goes out if its reader may still be mailed"

        return send

    def _of_task(self, claim: Item) -> Callable[[], str]:
        """A notice, news or a reminder, unless the task was closed, given to somebody or made due later since."""
        tasks = Tasks(self.directory.table)
        task = tasks.get(claim["task"])
        if task is None or not task.open:
            raise Stop("its task is closed; say --sent")
        if claim["effect"] in (notice_claim(task).effect, call_claim(task).effect) or self._is_news(claim, task):
            return self._settling(settle_queue.about_task(task.id))
        told = next((told for each, told in TELLS.items() if claim["effect"] == reminder_claim(task, each).effect), 0)
        if not told:
            raise Stop("its task is due at another time, or somebody else's, or there is newer news; say --sent")

        def send() -> str:
            if not tasks.told(task, told - 1):
                raise Stop("its task has just been closed or made due at another time; say --sent")
            return "the next tick sends it, within 15 minutes"

        return send

    def _is_news(self, claim: Item, task: Task) -> bool:
        """Whether it is of the newest that the task's answers say."""
        if not claim["effect"].startswith(JOINED):
            return False
        responses = self.feedback.responses([FactId.parse(response) for response in task.responses])
        return bool(claim["effect"] == joined_claim(task, responses).effect)

    def _reward(self, claim: Item) -> Callable[[], str]:
        """One side's reward of a conversion, with the code that it has; the other side's is paid or due by itself."""
        if "contact" not in claim:
            raise Stop("its reader had their data erased; say --sent")
        referrals = Referrals(self.directory.table)

        def send() -> str:
            if referrals.pay_again(claim["conversion"]) is None:
                raise Stop("its conversion is not there any more; say --sent")
            return "the next tick sends it, within 15 minutes, or when the mail cap allows"

        return send

    def _digest(self, claim: Item) -> Callable[[], str]:
        """The digest of the period that it was for, unless a newer one has come due since."""
        there = {each.id: each for each in self.directory.subscriptions(claim["survey"])}
        subscription, moment = there.get(claim["subscription"]), datetime.fromisoformat(claim["moment"])
        if subscription is None:
            raise Stop(f"the survey {claim['survey']} has no subscription {claim['subscription']} any more; say --sent")
        if subscription.next_due(moment) <= self.now:
            raise Stop("a newer digest has come due since; say --sent")

        def send() -> str:
            if not self.directory.advance(subscription, moment):
                raise Stop("its due time has just been changed by somebody else; run the same command again")
            return "the next tick sends it, within 15 minutes"

        return send
