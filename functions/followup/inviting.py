"""Mailing an invitation."""

from dataclasses import dataclass
from datetime import datetime

from followup import letters
from followup.links import Links
from followup.post import Asleep, Post
from hearback.aws.directory import Directory
from hearback.aws.feedback import Feedback
from hearback.claim import Claim
from hearback.fact import FactId


@dataclass(frozen=True, slots=True)
class Inviting:
    feedback: Feedback
    directory: Directory
    post: Post
    links: Links
    now: datetime

    def invitation(self, fact: FactId) -> None:
        """Mail an invitation, or mark it skipped: it never goes. Raises NotSent or Asleep: to be tried again."""
        invitation = self.feedback.invitation(fact)
        if invitation is None or invitation.skipped or invitation.erased:
            return
        survey = self.directory.survey(fact.survey, self.now)
        contact = self.directory.contact(invitation.contact)
        claim = Claim(f"invitation/{fact}", {"contact": invitation.contact, "invitation": str(fact)})
        if survey.status == "closed" or not contact or not self.directory.mailable(contact, "surveys"):
            if not self.post.before(claim, self.now):  # else it went before its message came again
                self.feedback.mark_invitation(fact, "skipped")
            return
        if survey.quiet_at(self.now):
            raise Asleep("an invitation")
        locale = survey.spoken(invitation.locale, contact.locale)  # if we know none, the reader's browser may
        page = self.links.answer(fact, contact.key, invitation.dimensions, locale)
        unsubscribe = self.links.unsubscribe(contact.key, locale, survey.id)
        letter = letters.invitation(
            survey, contact, locale, [f"{page}?score={score}" for score in range(11)], unsubscribe
        )
        self.post.send(
            claim,
            letter,
            contact.email,
            self.now,
            to_name=contact.name,
            from_name=survey.brand.name,
            unsubscribe=unsubscribe,
        )
