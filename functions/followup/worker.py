"""The settle queue's worker: reads the newest state and runs what follows, each effect under its claim."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from followup import settle_queue, wiring
from followup.announcing import Announcing
from followup.answering import Answering
from followup.inviting import Inviting
from followup.post import Asleep, NotSent, Post, Throttled
from followup.rewarding import Rewarding
from followup.running import Running
from followup.task_news import NewsOfTasks
from followup.task_notices import TaskNotices
from followup.tasking import Tasking
from followup.watching import Watching
from hearback import clock
from hearback.aws import clients
from hearback.fact import FactId

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
LONGEST_DELAY = 900
"""Seconds, SQS's limit: how long a mail waits in quiet hours before it is looked at again."""
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def handler(event: Mapping[str, Any], context: "LambdaContext") -> Mapping[str, Any]:
    """Follow up on each message; those that failed come back, and land in the failure queue in the end."""
    return process_partial_response(event=dict(event), record_handler=follow_up, processor=processor, context=context)


def follow_up(record: "SQSRecord", lambda_context: "LambdaContext") -> None:
    """Follow up on one message. One whose mail has to wait goes to the end of the queue, as often as need be.

    If it failed instead, a day's quota used up would send it to the failure queue after five tries. Of what the tick
    queues until it is done, no message is kept: each tick would add one more that goes round.
    """
    now = clock.now()
    post = wiring.post(wiring.turns(lambda_context))
    try:
        match record.json_body:
            case {"announcement": str(announcement), "response": str(fact)}:
                _announcing(post, now).tell(announcement, FactId.parse(fact))
            case {"reward": str(reference)}:
                _rewarding(post, now).pay(reference)
            case {"response": str(fact), "play": str(play)}:
                _answering(post, now).response(FactId.parse(fact), waited=play)
            case {"response": str(fact)}:
                _answering(post, now).response(FactId.parse(fact))
            case {"task": str(task)} | {"news": str(task)}:
                _tasking(post, now).tell(task)
            case {"invitation": str(fact)}:
                _inviting(post, now).invitation(FactId.parse(fact))
            case _:
                raise ValueError("a message names a response, an announcement, a task, an invitation or a reward")
    except NotSent as waits:
        logger.warning("mail waits", extra={"reason": str(waits)})
        if not settle_queue.comes_again(record.json_body):
            _keep(record.body, waits)


def _keep(message: str, waits: NotSent) -> None:
    """Let a message come later. Raises what it waits for if that is nothing that ends by itself."""
    match waits:
        case Asleep():
            clients.sqs().send_message(QueueUrl=settle_queue.url(), MessageBody=message, DelaySeconds=LONGEST_DELAY)
        case Throttled():
            clients.sqs().send_message(QueueUrl=settle_queue.url(), MessageBody=message)
        case _:
            raise waits


def _answering(post: Post, now: datetime) -> Answering:
    directory, claims, bus = wiring.directory(), wiring.claims(), wiring.bus()
    return Answering(
        feedback=wiring.feedback(),
        directory=directory,
        tasks=wiring.tasks(),
        watching=Watching(directory, claims, bus, now),
        running=Running(directory, claims, post, wiring.links(now), _tasking(post, now), bus, now),
        now=now,
    )


def _tasking(post: Post, now: datetime) -> Tasking:
    tasks, claims, links = wiring.tasks(), wiring.claims(), wiring.links(now)
    task_queue = os.environ["TASK_QUEUE_URL"]
    notices = TaskNotices(tasks, claims, post, links, wiring.bus(), clients.sqs(), task_queue, now)
    news = NewsOfTasks(tasks, post, links, now)
    return Tasking(tasks, wiring.feedback(), wiring.directory(), claims, notices, news, now)


def _inviting(post: Post, now: datetime) -> Inviting:
    return Inviting(wiring.feedback(), wiring.directory(), post, wiring.links(now), now)


def _rewarding(post: Post, now: datetime) -> Rewarding:
    return Rewarding(wiring.directory(), post, wiring.links(now), now)


def _announcing(post: Post, now: datetime) -> Announcing:
    return Announcing(wiring.feedback(), wiring.directory(), post, wiring.links(now), now)
