"""What should follow each answer, reckoned from its score alone."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from hearback.claim import Claim
from hearback.nps import category
from hearback.task import Task
from hearback.task_news import joined_claim
from tests.faults.answers import AnswerStory
from tests.faults.moves import Moves
from tests.faults.records import Records
from tests.faults.shop import COUPONS, EVENTS, MAILS, TASKS


class AnswerAudit:
    def __init__(self, records: Records) -> None:
        self._records = records
        self._moves = Moves(records)

    def missing(self, story: AnswerStory) -> Iterator[str]:
        """What has not followed."""
        yield from self._missing_mail(story)
        yield from self._missing_event(story)
        yield from self._missing_task(story)
        yield from self._missing_news(story)
        yield from self._moves.missing(str(story.response))
        yield from self._missing_coupon(story)

    def too_much(self, story: AnswerStory) -> Iterator[str]:
        """More than a person should get, whatever claims say."""
        mails = self._records.mailed[story.address]
        apologies = self._apologies(story)
        if apologies > 1 or mails - apologies > 1:  # an apology outranks the other mails
            yield f"{story.address}: {mails} mails within the cap"
        if not story.run.mailable and mails:
            yield f"{story.address}: mailed, yet {story.run.reach}"
        tasks = [task for task in self._records.tasks.values() if story.contact and task.contact == story.contact]
        if len([task for task in tasks if task.open]) > 1:
            yield f"{story.contact}: {len(tasks)} tasks"
        for reason in (f"{story.response}/{play}" for play in COUPONS.values()):
            if len(self._records.coupons[reason]) > 1:
                yield f"{reason}: {len(self._records.coupons[reason])} coupons"
        for effect in self._mailed_uncounted(story):
            yield f"{effect}: mailed while the answer did not count"
        for begins, most in self._mails_about(story, tasks).items():
            told = sum(1 for subject in self._records.subjects if re.match(rf"{begins}\b", subject))
            if told > most:
                yield f"{begins} …: our own people were told {told} times, {most} at most were due"
        yield from self._moves.too_much(str(story.response))

    def _mails_about(self, story: AnswerStory, tasks: list[Task]) -> Mapping[str, int]:
        """How many our own people may get about the person, by how their subjects begin."""
        news = sum(len(task.responses) - 1 + len(self._changes(task)) for task in tasks)
        name = story.person
        given = sum(1 + len(task.assignments) for task in tasks)
        return {f"Reach {name}": given, f"{name} has": news, f"Overdue: {name}": len(tasks)}

    def _mailed_uncounted(self, story: AnswerStory) -> Iterator[str]:
        """Mails of an answer that an operator had excluded, and not included again."""
        excluded, included = story.excluded_at, story.included_at
        for effect in (f"{story.response}/{play}" for play in MAILS.values()):
            sent = self._records.sent[Claim(effect).digest]
            if excluded and included and any(excluded < mail.at < included for mail in sent):
                yield effect

    def _apologies(self, story: AnswerStory) -> int:
        """Mails to the person that are apologies."""
        claims = self._records.claims.items()
        return sum(
            self._records.mails[digest]
            for digest, claim in claims
            if claim.get("contact") == story.contact and claim["effect"].endswith(f"/{MAILS['detractor']}")
        )

    def _missing_mail(self, story: AnswerStory) -> Iterator[str]:
        run, records = story.run, self._records
        if not run.mailable or story.contact in records.suppressed:
            return
        effect = f"{story.response}/{MAILS[category(run.final)]}"
        if not (records.state(effect) == "capped" and self._reached(story)):
            yield from records.unknown([effect])

    def _missing_coupon(self, story: AnswerStory) -> Iterator[str]:
        """Mails that came without the coupon that they were to bring."""
        for group, play in COUPONS.items():
            effect, codes = f"{story.response}/{MAILS[group]}", self._records.coupons[f"{story.response}/{play}"]
            for mail in self._records.sent[Claim(effect).digest]:
                if not any(code in (mail.body("plain") or "") for code in codes):
                    yield f"{effect}: mailed without its coupon"

    def _reached(self, story: AnswerStory) -> bool:
        """Whether another mail to the same person is a good reason to send no more."""
        others = (claim for claim in self._records.claims.values() if claim.get("contact") == story.contact)
        return any(self._records.known(claim["effect"]) for claim in others)

    def _missing_event(self, story: AnswerStory) -> Iterator[str]:
        play = EVENTS.get(category(story.run.final))
        if play and not self._records.on_the_bus[Claim(f"{story.response}/{play}").digest]:
            yield f"{story.response}/{play}: no event"

    def _missing_task(self, story: AnswerStory) -> Iterator[str]:
        slipped = self._moves.of(str(story.response)) == {"slip"}
        if not (category(story.run.final) in TASKS or slipped) or not story.contact:
            return
        ours = [task for task in self._records.tasks.values() if str(story.response) in task.responses]
        open_ones = [task for task in ours if task.open]
        if not open_ones:
            yield f"{story.response}: no {'open ' * bool(ours)}task"
        for task in open_ones:
            times = f"/{len(task.assignments)}" if task.assignments else ""
            events = [f"task-message/{task.id}", *([f"task-assigned/{task.id}{times}"] if times else [])]
            told = all(self._records.on_the_bus[Claim(event).digest] for event in events)
            if not (self._records.queued[task.id] and told):
                yield f"{task.id}: other systems do not know of it"
            yield from self._records.unknown([f"task-notice/{task.id}{times}"])

    def _missing_news(self, story: AnswerStory) -> Iterator[str]:
        """What whose task it is was not told: that an answer joined it, or that one of it was changed since.

        The last such mail tells of all that joined and changed, whichever answer it was.
        """
        for task in self._records.tasks.values():
            ours = task.open and str(story.response) in task.responses
            if ours and (len(task.responses) > 1 or self._changes(task)):
                responses = [self._records.responses[each] for each in task.responses]
                yield from self._records.unknown([joined_claim(task, responses).effect])

    def _changes(self, task: Task) -> list[datetime]:
        """When its answers were changed since it was given."""
        versions = (said for each in task.responses for said in self._records.responses[each].history)
        times = (datetime.fromisoformat(said["until"]) for said in versions)
        return [at for at in times if at >= task.created_at]
