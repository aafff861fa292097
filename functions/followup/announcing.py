"""Telling a customer what was done about what they had said."""

from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from followup.announcement_letter import announcement_letter
from followup.links import Links
from followup.post import Asleep, Post
from hearback.aws.announcements import Announcements
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.contact import Cap, Slot
from hearback.fact import FactId

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Announcing:
    feedback: Feedback
    directory: Directory
    post: Post
    links: Links
    now: datetime

    def tell(self, announcement_id: str, fact: FactId) -> None:
        """Tell the response's person, if what they say now still raises the matter.

        Raises NotSent or Asleep: to be tried again.
        The person is told once, under one claim, whichever of their responses the message names.
        """
        announcement = Announcements(self.directory.table).get(announcement_id)
        response = self.feedback.response(fact)
        contact = self.directory.contact(response.contact) if response else None
        if announcement is None or response is None or contact is None or not response.counted:
            return
        survey = self.directory.survey(fact.survey, self.now)
        raised = announcement.raised_in(response, survey)
        if raised is None or not self.directory.mailable(contact, "follow-ups"):
            return
        if survey.quiet_at(self.now):
            raise Asleep("an announcement")
        locale = announcement.locale(survey, response.locale, contact.locale)
        unsubscribe = self.links.unsubscribe(contact.key, locale, survey.id)
        outcome = self.post.send(
            announcement.claim(response),
            announcement_letter(survey, announcement, response, raised, contact, unsubscribe),
            contact.email,
            self.now,
            to_name=contact.name,
            from_name=survey.brand.name,
            unsubscribe=unsubscribe,
            caps=[Cap(Slot.mailed(contact.key), survey.mail_cap)],
        )
        logger.info("announcement", extra={"announcement": announcement.id, "response": str(fact), "outcome": outcome})
