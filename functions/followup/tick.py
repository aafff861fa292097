"""All timed work, every 15 minutes: what is due is picked from the due-time index, so a missed tick is caught up."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from followup import settle_queue, wiring
from followup.asking_again import AskingAgain
from followup.closings import tell_closings
from followup.digest import Records
from followup.digesting import Digesting
from followup.doubts import show_doubtful
from followup.due_plays import queue_due_plays
from followup.escalating import Escalating
from followup.pacing import Turns
from followup.rewarding import queue_due_rewards
from followup.setbacks import Setbacks
from followup.task_news import queue_due_news
from followup.task_notices import queue_due_notices
from hearback import clock

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


class TickIncomplete(Exception):
    """Some of the timed work failed. Each failure is in the log; the next tick tries again."""


def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Do all that is due, the mails to managers first; answer with how much of each. Raises TickIncomplete.

    What fails keeps nothing else from being done: a digest that cannot be made must not silence reminders.
    """
    now, turns, queue = clock.now(), wiring.turns(context), settle_queue.url()
    work: dict[str, Callable[[], int]] = {
        "digests": lambda: _digesting(now, turns).send_due(),
        "plays": lambda: queue_due_plays(wiring.directory(), queue, now),
        "rewards": lambda: queue_due_rewards(wiring.directory(), queue, now),
        "notices": lambda: queue_due_notices(wiring.tasks(), queue, now),
        "news": lambda: queue_due_news(wiring.tasks(), queue, now),
        "reminders": lambda: _escalating(now, turns).escalate(),
        "asked_again": lambda: _asking_again(now).ask_again(),
        "closings": lambda: tell_closings(wiring.tasks(), wiring.bus(), now),
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
    return Digesting(wiring.directory(), records, wiring.post(turns), wiring.links(now), now)


def _escalating(now: datetime, turns: Turns) -> Escalating:
    post, links = wiring.post(turns), wiring.links(now)
    return Escalating(wiring.tasks(), wiring.feedback(), wiring.directory(), post, links, now)


def _asking_again(now: datetime) -> AskingAgain:
    retention = timedelta(days=int(os.environ["RETENTION_DAYS"]))
    return AskingAgain(wiring.tasks(), wiring.feedback(), wiring.directory(), retention, now)
