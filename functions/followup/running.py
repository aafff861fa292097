"""Running a play that follows an answer: each kind once, under its claim and within its caps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from followup import letters, repeatable
from followup.links import Links
from followup.next_steps import Brought, NextSteps
from followup.post import Asleep, Post
from followup.story import Story
from followup.tasking import Tasking
from hearback import plays
from hearback.amendment import MORE_ASKED
from hearback.aws.bus import Bus
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory, UnknownSurvey
from hearback.claim import Claim, play_effect
from hearback.contact import Cap, Contact
from hearback.play import EventPlay, MailPlay, Play, TaskPlay
from hearback.quiet_hours import AWAKE
from hearback.reached import Reached
from hearback.response import Response
from hearback.survey import Person, Survey
from hearback.task_owner import owner_now
from hearback.waiting import WaitingPlay

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Running:
    directory: Directory
    claims: Claims
    post: Post
    links: Links
    tasking: Tasking
    bus: Bus
    now: datetime

    def run(self, play: Play, survey: Survey, story: Story) -> None:
        """Run a play now. Raises NotSent, Asleep, EventNotTaken or Busy: to be tried again.

        A next step does nothing here: it is offered by the page, and by the mail that follows the same answer.
        """
        match play:
            case TaskPlay():
                self._give_task(play, survey, story)
            case MailPlay(template="alert"):
                self._alert(play, survey, story)
            case MailPlay():
                self._mail(play, survey, story)
            case EventPlay():
                self._tell(play, survey, story)

    def wait(self, play: Play, story: Story) -> None:
        """Let the play run when its delay has passed, if it follows then."""
        response = story.response
        self.directory.let_wait(WaitingPlay(response.id, play.id, self.now + play.delay, response.version))

    def _mail(self, play: MailPlay, survey: Survey, story: Story) -> None:
        contact, response = story.contact, story.response
        if play.template == "alert" or not contact or not self.directory.mailable(contact, "follow-ups"):
            return
        claim = _claim(play, story)
        before = self.post.before(claim, self.now)
        if survey.quiet_at(self.now) and self.now - _last_said(response) > AWAKE and not before:
            raise Asleep(play.id)
        locale = survey.locale_for(response.locale, contact.locale)
        unsubscribe = self.links.unsubscribe(contact.key, locale, survey.id)
        owner, caps = self._caretaker(response), plays.mail_caps(play, survey, contact.key)
        letter = letters.reply(
            play.template,
            survey,
            response,
            contact,
            self._to_say_more(response, contact, locale),
            unsubscribe,
            owner,
            None if before else self._next_step(play, claim, caps, survey, story, locale),
            call=self.links.call(response.id, contact.key, response.dimensions, locale) if owner else "",
            words=play,
        )
        brand = survey.brand.name
        outcome = self.post.send(
            claim,
            letter,
            contact.email,
            self.now,
            to_name=contact.name,
            from_name=f"{owner.name}, {brand}" if owner and play.template == "apology" else brand,
            reply_to=owner.email if owner else "",
            unsubscribe=unsubscribe,
            caps=caps,
        )
        if outcome in ("sent", "in doubt") or (outcome == "already" and self._may_have_reached(claim)):
            self._reached(story)
        self._log(play, story, outcome)

    def _to_say_more(self, response: Response, contact: Contact, locale: str) -> str:
        """The page on which to add to an answer; "" where it would be closed before the mail is read."""
        if self.now >= response.answered_at + MORE_ASKED:
            return ""
        return self.links.answer(response.id, contact.key, response.dimensions, locale)

    def _caretaker(self, response: Response) -> Person | None:
        """Whose open task the answer is: what a mail promises in somebody's name, they know of.

        None while nobody has it: no task follows from the answer, it waits, or a cap forbade it.
        """
        task = self.tasking.tasks.open_about(str(response.id), response.contact)
        if task is None:
            return None
        try:
            survey = self.directory.survey(task.survey, self.now)  # an answer may have joined another survey's task
        except UnknownSurvey:
            return None
        return survey.people.get(owner_now(task, survey))

    def _next_step(
        self, play: MailPlay, claim: Claim, caps: Sequence[Cap], survey: Survey, story: Story, locale: str
    ) -> Brought | None:
        """What the mail offers, which is to go out now: nothing with an apology."""
        step = plays.next_step(survey, story.situation)
        if step is None or not play.carries:
            return None
        steps = NextSteps(self.directory, self.claims, self.links, self.now)
        return steps.bring(step, survey, story.response, locale, claim, caps)

    def _may_have_reached(self, claim: Claim) -> bool:
        """Unless a cap forbade it, or the mail was refused."""
        found = self.claims.get(claim.digest)
        return found is not None and found["state"] in ("claimed", "done", "doubtful")

    def _alert(self, play: MailPlay, survey: Survey, story: Story) -> None:
        """Tell somebody of ours. It is no mail to a customer: nobody unsubscribes, and the mail cap is not for it."""
        reader = plays.reader(play, survey, story.situation.dimensions)
        person = survey.people.get(reader)
        if person is None:
            return
        tasks, response = self.tasking.tasks, story.response
        task = tasks.open_of(response.contact) if response.contact else tasks.open_about(str(response.id), "")
        theirs = task is not None and task.survey == survey.id and owner_now(task, survey) == reader
        caps = plays.own_caps(play, survey, story.response.contact)
        self._free_of_refused(caps)
        outcome = self.post.send(
            Claim(_claim(play, story).effect, {"response": str(story.response.id)}),
            letters.alert(
                survey,
                story.response,
                story.earlier,
                story.contact,
                person,
                task,
                self.links.task(task, reader) if task and theirs else "",
            ),
            person.email,
            self.now,
            to_name=person.name,
            caps=caps,
        )
        self._log(play, story, outcome)

    def _free_of_refused(self, caps: Sequence[Cap]) -> None:
        """Free the slots of alerts that came back: their claims name no customer, so whoever heard of it could not."""
        for cap in caps:
            holder = self.directory.holder(cap.slot)
            claim = self.claims.get(holder) if holder else None
            if claim and claim["state"] == "refused":
                self.directory.give_back(cap.slot, holder)

    def _give_task(self, play: TaskPlay, survey: Survey, story: Story) -> None:
        self.tasking.give(play, survey, story, plays.own_caps(play, survey, story.response.contact))
        if self._may_have_reached(_claim(play, story)):
            self._reached(story)

    def _tell(self, play: EventPlay, survey: Survey, story: Story) -> None:
        claim = Claim(_claim(play, story).effect, {"response": str(story.response.id)}, repeatable=True)
        if repeatable.take(self.claims, claim, self.now, plays.own_caps(play, survey, story.response.contact)):
            detail = {**about(story), "play": play.id, "event": play.event}
            self.bus.put("Play", claim.digest, detail, self.now)
            self.claims.settle(claim.digest, "done", self.now)
            self._log(play, story, "told")

    def _reached(self, story: Story) -> None:
        response = story.response
        if response.contact:
            self.directory.reach(Reached(response.contact, response.answered_at, str(response.id)))

    def _log(self, play: Play, story: Story, outcome: str) -> None:
        logger.info("play", extra={"play": play.id, "response": str(story.response.id), "outcome": outcome})


def about(story: Story) -> dict[str, object]:
    """What other systems are told of an answer: ids, score and dimensions, no name and no words."""
    response = story.response
    return {
        "survey": response.id.survey,
        "response": str(response.id),
        "contact": response.contact,
        "score": response.score,
        "category": response.category,
        "dimensions": dict(response.dimensions),
    }


def _last_said(response: Response) -> datetime:
    """When its person gave or changed an answer."""
    return max([response.answered_at, *(datetime.fromisoformat(said["until"]) for said in response.history)])


def _claim(play: Play, story: Story) -> Claim:
    response = story.response
    return Claim(play_effect(str(response.id), play.id), {"contact": response.contact, "response": str(response.id)})
