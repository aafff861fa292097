"""Answering a customer: the plays of a response, and the mail of an invitation."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from followup import letters
from followup.links import Links
from followup.post import Post
from followup.tasking import Tasking, owner_of
from hearback import plays
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.claim import Claim
from hearback.contact import Cap, Contact, MailKind, Slot
from hearback.fact import FactId
from hearback.play import MailPlay, TaskPlay
from hearback.plays import Situation
from hearback.response import Response
from hearback.survey import Person, Survey

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Answering:
    feedback: Feedback
    directory: Directory
    claims: Claims
    post: Post
    links: Links
    sqs: "SQSClient"
    task_queue: str
    now: datetime

    def response(self, fact: FactId) -> None:
        """Run what follows a response as it stands now. Raises NotSent or Busy: to be tried again."""
        response = self.feedback.response(fact)
        if response is None or response.excluded or response.erased:  # or expired by retention while it waited
            return
        if response.provisional:
            self._promote(response)
            return
        survey = self.directory.survey(fact.survey, self.now)
        if response.channel == "mail":
            self.feedback.mark_invitation(fact, "answered")
        contact = self.directory.contact(response.contact)
        for play in plays.choose(survey, _situation(response)):
            if isinstance(play, TaskPlay):
                self._tasking.give(play, survey, response, contact)
            elif isinstance(play, MailPlay) and play.template != "alert":
                self._mail(play, survey, response, contact)

    @property
    def _tasking(self) -> Tasking:
        return Tasking(self.directory, self.claims, self.post, self.links, self.sqs, self.task_queue, self.now)

    def _promote(self, response: Response) -> None:
        """Count a presumed answer if nothing contradicts it; its new version comes back through the stream."""
        visit = self.directory.visit(response.id)
        verdict = visit.verdict if visit else None
        if verdict is None or verdict.standing == "person":
            score = response.score if verdict is None or verdict.score is None else verdict.score
            promoted = self.feedback.promote(response.id, score)
            logger.info("promoted", extra={"response": str(response.id), "done": promoted})
        else:
            self.feedback.doubt(response.id, verdict.reason)

    def invitation(self, fact: FactId) -> None:
        """Mail an invitation, or mark it skipped. Raises NotSent: to be tried again."""
        invitation = self.feedback.invitation(fact)
        if invitation is None or invitation.skipped or invitation.erased:
            return
        survey = self.directory.survey(fact.survey, self.now)
        contact = self.directory.contact(invitation.contact)
        if survey.status == "closed" or not contact or not self._mailable(contact, "surveys"):
            self.feedback.mark_invitation(fact, "skipped")
            return
        locale = survey.locale_for(invitation.locale, contact.locale)
        page = self.links.answer(fact, contact.key, invitation.dimensions, locale)
        unsubscribe = self.links.unsubscribe(contact.key)
        letter = letters.invitation(
            survey, contact, locale, [f"{page}?score={score}" for score in range(11)], unsubscribe
        )
        self.post.send(
            Claim(f"invitation/{fact}", {"contact": contact.key, "invitation": str(fact)}),
            letter,
            contact.email,
            self.now,
            to_name=contact.name,
            from_name=survey.brand.name,
            unsubscribe=unsubscribe,
        )

    def _mail(self, play: MailPlay, survey: Survey, response: Response, contact: Contact | None) -> None:
        if not contact or not self._mailable(contact, "follow-ups"):
            return
        locale = survey.locale_for(response.locale, contact.locale)
        unsubscribe = self.links.unsubscribe(contact.key)
        owner = _owner(survey, response)
        letter = letters.reply(
            play.template if play.template != "alert" else "thanks",
            survey,
            response,
            contact,
            self.links.answer(response.id, contact.key, response.dimensions, locale),
            unsubscribe,
            owner,
        )
        outcome = self.post.send(
            Claim(f"{response.id}/{play.id}", {"contact": contact.key, "response": str(response.id)}),
            letter,
            contact.email,
            self.now,
            to_name=contact.name,
            from_name=survey.brand.name,
            reply_to=owner.email if owner else "",
            unsubscribe=unsubscribe,
            caps=[Cap(Slot.mailed(contact.key), survey.mail_cap)],
        )
        logger.info("play", extra={"play": play.id, "response": str(response.id), "outcome": outcome})

    def _mailable(self, contact: Contact, kind: MailKind) -> bool:
        return bool(contact.email) and not self.directory.suppressed(contact.key, kind)


def _situation(response: Response) -> Situation:
    return Situation(response.score, response.dimensions, bool(response.comment), bool(response.contact))


def _owner(survey: Survey, response: Response) -> Person | None:
    """Who takes care of this response, if anybody does: the owner of its task."""
    for play in plays.choose(survey, _situation(response)):
        if isinstance(play, TaskPlay):
            return survey.people[owner_of(play, survey, response)]
    return None
