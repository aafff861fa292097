"""What should have come of everything that fell due, reckoned from when it fell due."""

import re
from collections.abc import Iterator

from hearback.claim import Claim
from tests.faults.records import Records
from tests.faults.timed import TimedStory, mails_due

_LEFT = ("digest", "play", "reward", "ask-again", "task-closed")
"""Kinds of what is due of which nothing may be left after an undisturbed tick."""


class TimedAudit:
    def __init__(self, records: Records) -> None:
        self._records = records

    def missing(self, story: TimedStory) -> Iterator[str]:
        """What has not been done, or would be done again because nobody has noted it."""
        records = self._records
        effects = mails_due(story, records.tasks.get(story.task), records.now)
        if story.run.kind == "closing":
            effects += [f"invitation/{each}" for each in self._invitations(story)]
            if not self._invitations(story):
                yield f"{story.name}: not asked again"
            if not self._closing_told(story):
                yield f"{story.name}: other systems do not know that its task is closed"
        yield from records.unknown(effects)
        if story.run.kind == "rewards" and self._coupons(story) < 2:
            yield f"{story.name}: {self._coupons(story)} coupons"
        for item in records.directory:
            names = (item["sk"], item["pk"].partition("#")[2])
            if item.get("due_kind") in _LEFT and item["due_at"] <= records.now.isoformat() and story.owns(names):
                yield f"{item['pk']}: still due as {item['due_kind']}"

    def too_much(self, story: TimedStory) -> Iterator[str]:
        """More than once what may be once, whatever claims say."""
        records = self._records
        mails, due = records.mailed[story.address], self._mails_to_address(story)
        if mails > due:
            yield f"{story.address}: {mails} mails, of which {due} were due"
        if (welcomes := records.mailed[story.friends_address]) > 1:
            yield f"{story.friends_address}: {welcomes} mails, of which 1 was due"
        told = sum(1 for subject in records.subjects if re.search(rf"\b{story.person}\b", subject))
        if told > self._mails_about_person(story):
            yield f"{story.person}: our own people were told {told} times"
        if len(self._invitations(story)) > 1:
            yield f"{story.name}: asked again {len(self._invitations(story))} times"
        if self._coupons(story) > 2:
            yield f"{story.name}: {self._coupons(story)} coupons"

    def told_again(self, story: TimedStory) -> int:
        """How often beyond the first other systems were told of a closing."""
        return max(0, self._closing_told(story) - 1)

    def _mails_to_address(self, story: TimedStory) -> int:
        """How many the run's own customer or manager may get."""
        match story.run.kind:
            case "digest":
                return len(mails_due(story, None, self._records.now))
            case "reminders":
                return 0
        return 1

    def _mails_about_person(self, story: TimedStory) -> int:
        """How many our own people may get: a task's notice, and the two reminders."""
        return {"reminders": 3, "closing": 1}.get(story.run.kind, 0)

    def _closing_told(self, story: TimedStory) -> int:
        return self._records.on_the_bus[Claim(f"task-closed/{story.task}").digest]

    def _invitations(self, story: TimedStory) -> list[str]:
        return [str(each.id) for each in self._records.invitations.values() if each.contact == story.contact]

    def _coupons(self, story: TimedStory) -> int:
        sides = (f"conversion/{story.conversion}/{side}" for side in ("promoter", "friend"))
        return sum(len(self._records.coupons[reason]) for reason in sides)
