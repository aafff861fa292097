"""What came of each run: nothing twice, nothing lost, and every mail in doubt resolved or shown.

What should have happened is reckoned here from the scores alone, not by the product's own choice of plays.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hearback.aws.dynamodb import Item
from hearback.claim import Claim
from hearback.nps import category
from hearback.task import Task
from ops.mail import mails_in_doubt, refused_mails
from tests.faults.matrix import Matrix, Story
from tests.faults.shop import EVENTS, MAILS, TASKS


@dataclass
class Outcome:
    """What came of one run."""

    story: Story
    sent: int = 0
    """Mails that went out once and are known to have."""
    resolved: int = 0
    """Mails in doubt that SES's news proved to be sent."""
    shown: int = 0
    """Mails that an operator is shown: in doubt to the end, or refused by SES."""
    told_again: int = 0
    """Messages and events beyond the first that tell other systems the same, under the same id. Neither queue nor bus
    keeps them out, so a reader knows them by that id."""
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def delivered_again(self) -> int:
        """Handlings of the answer's message beyond the first."""
        return max(0, len(self.story.handlings) - 1)


class Audit:
    """Reads everything once, then judges run by run."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        directory = matrix.items("DirectoryTable")
        self._claims = {item["pk"].removeprefix("CLAIM#"): item for item in directory if item["sk"] == "CLAIM"}
        self._tasks = {item["pk"].removeprefix("TASK#"): item for item in directory if item["sk"] == "TASK"}
        self._unmailable = {
            item["pk"].removeprefix("SUPPRESSION#") for item in directory if item["sk"] == "SUPPRESSION"
        }
        self._mails = Counter(mail.tags["claim"] for mail in matrix.stack.mails())
        self._mailed = Counter(mail.recipients[0] for mail in matrix.stack.mails())
        self._queued = Counter(message["task"] for message in matrix.announced())
        self._told = Counter(event["detail"]["id"] for event in matrix.stack.events())
        listed = (*mails_in_doubt(matrix.directory, matrix.stack.now()), *refused_mails(matrix.directory))
        self._shown = {mail.digest for mail in listed}
        """As the operator's commands list them."""
        self._outcomes = {str(story.response): Outcome(story) for story in matrix.stories.values()}
        self._by_task = {Task.id_for(response): outcome for response, outcome in self._outcomes.items()}

    def outcomes(self) -> list[Outcome]:
        """Of every run."""
        for digest, claim in self._claims.items():
            if of_claim := self._outcome_of(claim):
                self._look_at_claim(of_claim, digest, claim)
        for digest, mails in self._mails.items():
            outcome = self._outcomes.get(self._matrix.mailed_for.get(digest, ""))
            if outcome and mails > 1:
                outcome.doubled.append(f"{digest}: {mails} mails")
            if outcome and digest not in self._claims:
                outcome.lost.append(f"{digest}: mailed, and the claim is gone")
        for outcome in self._outcomes.values():
            story = outcome.story
            outcome.lost += [*self._missing_mail(story), *self._missing_event(story), *self._missing_task(story)]
            outcome.doubled += self._too_much(story)
        return list(self._outcomes.values())

    def _outcome_of(self, claim: Item) -> Outcome | None:
        """The run that a claim belongs to; None for those of learning the steps."""
        return self._outcomes.get(claim.get("response", "")) or self._by_task.get(claim.get("task", ""))

    def _look_at_claim(self, outcome: Outcome, digest: str, claim: Item) -> None:
        state, mails = claim["state"], self._mails[digest]
        shown, doubted = digest in self._shown, digest in self._matrix.doubted
        if mails == 1 and state == "done":
            outcome.resolved += doubted
            outcome.sent += not doubted
        outcome.shown += shown
        outcome.told_again += max(0, self._told[digest] - 1) + max(0, self._queued[_announced(claim)] - 1)
        if _of_a_mail(claim) and not (shown or (state == "done" and mails) or (state == "capped" and not mails)):
            outcome.lost.append(f"{claim['effect']}: {state}, {mails} mails")

    def _missing_mail(self, story: Story) -> Iterator[str]:
        run = story.run
        if not run.mailable or story.contact in self._unmailable:
            return
        effect = f"{story.response}/{MAILS[category(run.final)]}"
        state = self._state(effect)
        if not (self._known(effect) or (state == "capped" and self._reached(story))):
            yield f"{effect}: {state}, {self._mails[Claim(effect).digest]} mails"

    def _state(self, effect: str) -> str:
        return str(self._claims.get(Claim(effect).digest, {}).get("state", "missing"))

    def _known(self, effect: str) -> bool:
        """Whether a mail went out and is known to have, or an operator is shown it."""
        digest = Claim(effect).digest
        return digest in self._shown or (self._state(effect) == "done" and self._mails[digest] > 0)

    def _reached(self, story: Story) -> bool:
        """Whether another mail to the same person is a good reason to send no more."""
        others = (claim for claim in self._claims.values() if claim.get("contact") == story.contact)
        return any(self._known(claim["effect"]) for claim in others)

    def _missing_event(self, story: Story) -> Iterator[str]:
        play = EVENTS.get(category(story.run.final))
        if play and not self._told[Claim(f"{story.response}/{play}").digest]:
            yield f"{story.response}/{play}: no event"

    def _missing_task(self, story: Story) -> Iterator[str]:
        if category(story.run.final) not in TASKS or not story.contact:
            return
        ours = [item for item in self._tasks.values() if str(story.response) in item["responses"]]
        if not ours:
            yield f"{story.response}: no task"
        for item in ours:
            task = Task.from_item(item)
            if not (self._queued[task.id] and self._told[Claim(f"task-message/{task.id}").digest]):
                yield f"{task.id}: other systems do not know of it"
            if not self._known(f"task-notice/{task.id}"):
                yield f"{task.id}: its owner does not know of it"

    def _too_much(self, story: Story) -> Iterator[str]:
        """More than a person should get, whatever claims say."""
        if self._mailed[story.address] > 1:
            yield f"{story.address}: {self._mailed[story.address]} mails within the cap"
        if not story.run.mailable and self._mailed[story.address]:
            yield f"{story.address}: mailed, yet {story.run.reach}"
        of_contact = [item for item in self._tasks.values() if story.contact and item["contact_key"] == story.contact]
        if len(of_contact) > 1:
            yield f"{story.contact}: {len(of_contact)} tasks"


def _of_a_mail(claim: Item) -> bool:
    effect: str = claim["effect"]
    return effect.startswith("task-notice/") or effect.rpartition("/")[2] in MAILS.values()


def _announced(claim: Item) -> str:
    """The task that a claim is for telling the queue of; "" if it is for something else."""
    return str(claim["task"]) if claim["effect"].startswith("task-message/") else ""


def leftovers(matrix: Matrix) -> Mapping[str, Sequence[str]]:
    """Messages in failure queues: given up, and for an operator to redrive."""
    held = [queue for queue in matrix.stack.queues() if queue.is_failure_queue and queue.visible]
    return {queue.logical_id: queue.messages for queue in held}


def problems(outcomes: Sequence[Outcome]) -> dict[str, list[Any]]:
    """Everything that was done twice or lost, by run."""
    return {
        f"run {outcome.story.run.number}": [
            *(f"twice: {each}" for each in outcome.doubled),
            *(f"lost: {each}" for each in outcome.lost),
            [f"{fault.name} {where}" for fault, where in outcome.story.befell],
        ]
        for outcome in outcomes
        if outcome.doubled or outcome.lost
    }
