"""Digests whose time has come: each sent once for its period, unless there is nothing to tell."""

from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from followup.digest import Digest, Records
from followup.digest_letter import LISTED_TASKS, digest_letter
from followup.links import Links
from followup.post import NotSent, Post
from hearback.aws.directory import Directory, UnknownSurvey
from hearback.claim import Claim
from hearback.period import Period
from hearback.subscription import DUE_KIND, Subscription

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Digesting:
    directory: Directory
    records: Records
    post: Post
    links: Links
    now: datetime

    def send_due(self) -> int:
        """Send each due digest, for the last period that has ended; how many were sent.

        One that does not go out now goes out with a later tick. Those that were missed before it are left out.
        Raises SomeFailed once all others were sent: what is wrong with one subscription concerns no other reader.
        """
        sent, setbacks = 0, self.records.setbacks
        for due in setbacks.read(Subscription.from_item, self.directory.due(DUE_KIND, self.now)):
            with setbacks.kept_apart(survey=due.survey, subscription=due.id):
                sent += self._send_and_advance(due)
        if missing := self.records.skipped.count:
            logger.warning("answers that cannot be read are missing in digests", extra={"answers": missing})
        setbacks.raise_any()
        return sent

    def _send_and_advance(self, due: Subscription) -> bool:
        """Whether it was sent now. One that could not be sent stays due."""
        sent = False
        try:
            sent = self._send(due)
        except UnknownSurvey:
            logger.warning("digest of a survey that is gone", extra={"survey": due.survey, "subscription": due.id})
        except NotSent:
            logger.warning("digest not sent; the next tick tries again", extra={"subscription": due.id})
            return False
        self.directory.advance(due, due.next_due(self.now))
        return sent

    def _send(self, due: Subscription) -> bool:
        """Send one digest unless it was; whether it was sent now. Raises NotSent or UnknownSurvey."""
        moment = due.last_due(self.now)
        survey = self.directory.survey(due.survey, self.now)
        digest = self.records.digest(survey, due, due.period_at(moment, survey.zone), self.now)
        if digest.left_out:
            logger.info("digest paused", extra={"survey": due.survey, "subscription": due.id})
            return False
        claim = digest_claim(due, digest.period, moment)
        letter = digest_letter(digest, self._links(digest))
        return self.post.send(claim, letter, due.email, self.now, to_name=due.name) == "sent"

    def _links(self, digest: Digest) -> dict[str, str]:
        """The page of each task that is listed, by its id, for the digest's reader."""
        reader = digest.survey.reader(digest.subscription.id)
        listed = digest.open_tasks[:LISTED_TASKS] if reader else ()
        return {task.id: self.links.task(task, reader) for task in listed}


def digest_claim(subscription: Subscription, period: Period, moment: datetime) -> Claim:
    """Of the mail that is due at a moment."""
    about = {"survey": subscription.survey, "subscription": subscription.id, "moment": moment.isoformat()}
    return Claim(f"digest/{subscription.survey}/{subscription.id}/{period}", about)
