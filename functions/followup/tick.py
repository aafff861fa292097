"""All timed work, every 15 minutes: what is due is picked from the due-time index, so a missed tick is caught up."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from followup import digest, wiring
from followup.asking_again import AskingAgain
from followup.closings import tell_closings
from followup.digest_letter import digest_letter
from followup.doubts import show_doubtful
from followup.due_plays import queue_due_plays
from followup.escalating import Escalating
from followup.pacing import Turns
from followup.post import NotSent, Post
from followup.rewarding import queue_due_rewards
from hearback import clock, subscription
from hearback.aws import clients
from hearback.aws.bus import Bus
from hearback.aws.directory import UnknownSurvey
from hearback.claim import Claim
from hearback.subscription import Subscription

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Do all that is due, the mails to managers first; answer with how much of each."""
    now, turns = clock.now(), wiring.turns(context)
    done = {
        "digests": send_digests(now, turns),
        "plays": queue_due_plays(wiring.directory(), os.environ["SETTLE_QUEUE_URL"], now),
        "rewards": queue_due_rewards(wiring.directory(), os.environ["SETTLE_QUEUE_URL"], now),
        "reminders": _escalating(now, turns).escalate(),
        "asked_again": _asking_again(now).ask_again(),
        "closings": tell_closings(wiring.tasks(), Bus(clients.events, os.environ["EVENT_BUS"]), now),
        "doubtful": show_doubtful(wiring.claims(), wiring.directory(), now),
    }
    logger.info("tick", extra=done)
    return done


def send_digests(now: datetime, turns: Turns) -> int:
    """Send each due digest once, for the last period that has ended; how many were sent."""
    sent = 0
    for item in wiring.directory().due(subscription.DUE_KIND, now):
        due = Subscription.from_item(item)
        try:
            sent += send_digest(due, now, turns)
        except UnknownSurvey:
            logger.warning("digest of a survey that is gone", extra={"survey": due.survey, "subscription": due.id})
        except NotSent:
            logger.warning("digest not sent; the next tick tries again", extra={"subscription": due.id})
            continue
        wiring.directory().advance(due, due.next_due(now))
    return sent


def send_digest(due: Subscription, now: datetime, turns: Turns) -> bool:
    """Send one digest unless it was; whether it was sent now. Raises NotSent or UnknownSurvey."""
    moment = due.last_due(now)
    week = due.week_at(moment)
    survey = wiring.directory().survey(due.survey, now)
    content = digest.build(wiring.feedback(), wiring.tallies(), wiring.directory(), survey, due, week, now)
    post = Post(clients.ses(), wiring.claims(), wiring.settings(), turns)
    about = {"survey": due.survey, "subscription": due.id, "moment": moment.isoformat()}
    name = Claim(f"digest/{due.survey}/{due.id}/{week.first}", about)
    return post.send(name, digest_letter(content), due.email, now, to_name=due.name) == "sent"


def _escalating(now: datetime, turns: Turns) -> Escalating:
    post = Post(clients.ses(), wiring.claims(), wiring.settings(), turns)
    return Escalating(wiring.tasks(), wiring.feedback(), wiring.directory(), post, wiring.links(now), now)


def _asking_again(now: datetime) -> AskingAgain:
    retention = timedelta(days=int(os.environ["RETENTION_DAYS"]))
    return AskingAgain(wiring.tasks(), wiring.feedback(), wiring.directory(), retention, now)
