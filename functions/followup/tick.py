"""All timed work, every 15 minutes: what is due is picked from the due-time index, so a missed tick is caught up."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from followup import wiring
from followup.asking_again import AskingAgain
from followup.closings import tell_closings
from followup.digest import Records
from followup.digesting import Digesting
from followup.doubts import show_doubtful
from followup.due_plays import queue_due_plays
from followup.escalating import Escalating
from followup.pacing import Turns
from followup.post import Post
from followup.rewarding import queue_due_rewards
from followup.setbacks import Setbacks
from followup.task_news import queue_due_news
from followup.task_notices import queue_due_notices
from hearback import clock
from hearback.aws import clients
from hearback.aws.bus import Bus

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


class TickIncomplete(Exception):
    """Some of the timed work failed. Each failure is in the log; the next tick tries again."""


def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Do all that is due, the mails to managers first; answer with how much of each. Raises TickIncomplete.

    What fails keeps nothing else from being done: a digest that cannot be made must not silence reminders.
    """
    now, turns = clock.now(), wiring.turns(context)
    work: dict[str, Callable[[], int]] = {
        "digests": lambda: _digesting(now, turns).send_due(),
        "plays": lambda: queue_due_plays(wiring.directory(), os.environ["SETTLE_QUEUE_URL"], now),
        "rewards": lambda: queue_due_rewards(wiring.directory(), os.environ["SETTLE_QUEUE_URL"], now),
        "notices": lambda: queue_due_notices(wiring.tasks(), os.environ["SETTLE_QUEUE_URL"], now),
        "news": lambda: queue_due_news(wiring.tasks(), os.environ["SETTLE_QUEUE_URL"], now),
        "reminders": lambda: _escalating(now, turns).escalate(),
        "asked_again": lambda: _asking_again(now).ask_again(),
        "closings": lambda: tell_closings(wiring.tasks(), Bus(clients.events, os.environ["EVENT_BUS"]), now),
        "doubtful": lambda: show_doubtful(wiring.claims(), wiring.directory(), now),
    }
    done: dict[str, int] = {}
    setbacks = Setbacks()
    for name, do in work.items():
        with setbacks.kept_apart(work=name):
            done[name] = do()
    logger.info("tick", extra=done)
    if failed := work.keys() - done.keys():
        raise TickIncomplete(", ".join(sorted(failed)))
    return done


def _digesting(now: datetime, turns: Turns) -> Digesting:
    records = Records(wiring.feedback(), wiring.tallies(), wiring.directory(), wiring.tasks())
    post = Post(clients.ses(), wiring.claims(), wiring.settings(), turns)
    return Digesting(wiring.directory(), records, post, wiring.links(now), now)


def _escalating(now: datetime, turns: Turns) -> Escalating:
    post = Post(clients.ses(), wiring.claims(), wiring.settings(), turns)
    return Escalating(wiring.tasks(), wiring.feedback(), wiring.directory(), post, wiring.links(now), now)


def _asking_again(now: datetime) -> AskingAgain:
    retention = timedelta(days=int(os.environ["RETENTION_DAYS"]))
    return AskingAgain(wiring.tasks(), wiring.feedback(), wiring.directory(), retention, now)
