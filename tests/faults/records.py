"""Everything that is there when all runs are over, read once."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from hearback.aws.dynamodb import Item
from hearback.claim import Claim
from hearback.coupon import GrantedCoupon
from hearback.invitation import Invitation
from hearback.movement import Movement
from hearback.response import Response
from hearback.task import Task
from local.outbox import Mail
from ops.mail import mails_in_doubt, refused_mails
from tests.faults.matrix import Matrix


class Records:
    def __init__(self, matrix: Matrix) -> None:
        self.now: datetime = matrix.stack.now()
        self.directory: list[Item] = matrix.items("DirectoryTable")
        self.claims = {item["pk"].removeprefix("CLAIM#"): item for item in self.directory if item["sk"] == "CLAIM"}
        """By digest."""
        tasks = [Task.from_item(item) for item in self.directory if item["sk"] == "TASK"]
        self.tasks = {task.id: task for task in tasks}
        self.coupons: dict[str, list[str]] = defaultdict(list)
        """Codes as people are shown them, by what they were granted for."""
        for item in self.directory:
            if item["pk"].startswith("COUPON#"):
                granted = GrantedCoupon.from_item(item)
                self.coupons[granted.reason].append(granted.shown)
        self.suppressed = {
            item["pk"].removeprefix("SUPPRESSION#"): item["reason"]
            for item in self.directory
            if item["sk"] == "SUPPRESSION"
        }
        """Why a contact is mailed no more."""
        moved = (Movement.from_item(item) for item in self.directory if item["pk"].startswith("MOVED#"))
        self.movements = {str(each.response): each.before for each in moved}
        """The score before, by the answer with which somebody moved."""
        facts = matrix.items("FeedbackTable")
        invitations = (Invitation.from_item(item) for item in facts if item["pk"].startswith("I#"))
        self.invitations = {str(each.id): each for each in invitations}
        responses = (Response.from_item(item) for item in facts if item["pk"].startswith("R#"))
        self.responses = {str(each.id): each for each in responses}
        self.sent: dict[str, list[Mail]] = defaultdict(list)
        """The mails that went out under a claim."""
        for mail in matrix.stack.mails():
            self.sent[mail.tags["claim"]].append(mail)
        self.mails = Counter(mail.tags["claim"] for mail in matrix.stack.mails())
        """How many they were."""
        self.mailed = Counter(mail.recipients[0] for mail in matrix.stack.mails())
        """How many an address got."""
        self.subjects = [mail.subject for mail in matrix.stack.mails()]
        self.queued = Counter(message["task"] for message in matrix.announced())
        self.on_the_bus = Counter(event["detail"]["id"] for event in matrix.stack.events())
        listed = (*mails_in_doubt(matrix.directory, self.now), *refused_mails(matrix.directory))
        self.shown = {mail.digest for mail in listed}
        """Mails that the operator's commands list."""
        self.doubted = matrix.doubted
        self.news = matrix.told
        self.strays = matrix.strays

    def state(self, effect: str) -> str:
        return str(self.claims.get(Claim(effect).digest, {}).get("state", "missing"))

    def known(self, effect: str) -> bool:
        """Whether a mail went out and is known to have, or an operator is shown it."""
        digest = Claim(effect).digest
        return digest in self.shown or (self.state(effect) == "done" and self.mails[digest] > 0)

    def unknown(self, effects: Iterable[str]) -> list[str]:
        """What is to be said of those mails that did not go out, and that nobody is shown."""
        return [
            f"{effect}: {self.state(effect)}, {self.mails[Claim(effect).digest]} mails"
            for effect in effects
            if not self.known(effect)
        ]
