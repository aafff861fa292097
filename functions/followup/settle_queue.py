"""The settle queue: what its messages say, and how they get there. They carry ids only.

The worker reads the newest state of what a message names, so a message that comes twice, or late, does no harm.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from hearback.aws import clients
from hearback.fact import FactId

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

T = TypeVar("T")
Message = dict[str, str]
logger = Logger(child=True)
MOST_ENTRIES = 10
"""Messages SQS takes in one call."""


def url() -> str:
    return os.environ["SETTLE_QUEUE_URL"]


def about_response(fact: FactId | str) -> Message:
    """Whatever follows an answer."""
    return {"response": str(fact)}


def about_play(fact: FactId | str, play: str) -> Message:
    """One play alone that follows an answer: its delay has passed, or its mail is sent again."""
    return {"response": str(fact), "play": play}


def about_announcement(announcement: str, fact: FactId | str) -> Message:
    """That an answer's person is to be told."""
    return {"announcement": announcement, "response": str(fact)}


def about_invitation(fact: FactId | str) -> Message:
    return {"invitation": str(fact)}


def about_task(task: str) -> Message:
    """That its owner may not know of it, or of what is new."""
    return {"task": task}


def about_news(task: str) -> Message:
    """That its owner may not know what is new. It comes again for as long as that is due."""
    return {"news": task}


def about_reward(reference: str) -> Message:
    """What a conversion earned, by the conversion's reference. It comes again for as long as that is due."""
    return {"reward": reference}


def comes_again(message: Any) -> bool:
    """Whether the tick sends such a message anew until it is done: then none has to be kept for later."""
    match message:
        case {"news": _} | {"reward": _}:
            return True
    return False


def named(content: Any) -> str:
    """What a message is about, in a word or two and without anything personal; "" for no message of this queue."""
    match content:
        case {"response": str(fact)} | {"invitation": str(fact)}:
            return fact
        case {"task": str(task)}:
            return f"task {task}"
        case {"news": str(task)}:
            return f"news of task {task}"
        case {"reward": str(reference)}:
            return f"reward of the conversion {reference}"
    return ""


def body(message: Message) -> str:
    return json.dumps(message)


def send(queue_url: str, messages: Mapping[str, Sequence[str]]) -> list[str]:
    """Send messages, each by its body with the names of what it is for; return the names of what was not taken."""
    failed: list[str] = []
    for entries in tens(messages):
        batch: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": each} for place, each in enumerate(entries)
        ]
        try:
            refused = clients.sqs().send_message_batch(QueueUrl=queue_url, Entries=batch).get("Failed", [])
            lost = [entries[int(entry["Id"])] for entry in refused]
        except (ClientError, BotoCoreError):
            logger.exception("queueing failed")
            lost = entries
        failed += [name for each in lost for name in messages[each]]
    return failed


def tens(items: Iterable[T]) -> Iterator[list[T]]:
    """As many at a time as one call to the queue takes."""
    rest = iter(items)
    while some := list(islice(rest, MOST_ENTRIES)):
        yield some
