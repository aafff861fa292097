"""An SQS queue: gone through once, what was dealt with deleted and the rest given back; or written to."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from followup.settle_queue import tens

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

HIDDEN_SECONDS = 900
"""How long a message that was taken is kept from other readers."""


class MessagesNotTaken(Exception):
    """SQS did not take every message."""


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    receipt: str
    body: str

    @property
    def content(self) -> Any:
        """What the body holds as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(slots=True)
class MessageQueue:
    sqs: "SQSClient"
    url: str
    wait: int = 1
    """Seconds SQS looks for messages before it says there are none: without waiting it asks only some servers."""
    _taken: dict[str, Message] = field(default_factory=dict)

    def about(self) -> int:
        """About how many messages there are. For progress bars."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def messages(self) -> Iterator[Message]:
        """Each message once, those too that arrive on the way."""
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_SECONDS, WaitTimeSeconds=self.wait
            )
            received = [
                Message(each["MessageId"], each["ReceiptHandle"], each["Body"]) for each in answer.get("Messages", [])
            ]
            new = [message for message in received if message.id not in self._taken]
            self._taken |= {message.id: message for message in received}
            yield from new
            if not new:
                return

    def delete(self, message: Message) -> None:
        """It was dealt with."""
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)
        del self._taken[message.id]

    def give_back(self) -> None:
        """Let others see what was not deleted."""
        for message in self._taken.values():
            self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=message.receipt, VisibilityTimeout=0)

    def put(self, bodies: Sequence[str]) -> None:
        """Send messages. Raises MessagesNotTaken if some of them were not."""
        for some in tens(bodies):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "MessageBody": body} for number, body in enumerate(some)
            ]
            if failed := self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries).get("Failed"):
                raise MessagesNotTaken(f"{len(failed)} messages, {failed[0]['Code']}")
