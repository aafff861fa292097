"""SES v2's SendEmail for raw messages: accepts, keeps in the outbox, tells what became of it."""

from __future__ import annotations

import base64
import json
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from email.utils import getaddresses
from typing import Any

from werkzeug.wrappers import Request, Response

from local.clock import SimulatedClock
from local.faults import Faults
from local.mail_events import events_of
from local.outbox import Mail, Outbox

SEND_EMAIL_PATH = "/v2/email/outbound-emails"

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_SILENT_SECONDS = 75.0  # longer than the SDK waits for an answer by default


class MailEndpoint:
    """Answers the one SES call the functions make.

    `published` maps a configuration set to the event types that are given to `publish`.
    """

    def __init__(
        self,
        outbox: Outbox,
        clock: SimulatedClock,
        publish: Callable[[Mapping[str, Any]], None],
        faults: Faults,
        published: Mapping[str, frozenset[str]],
        printed: Callable[[str], None],
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._publish = publish
        self._faults = faults
        self._published = published
        self._printed = printed
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End every answer that is being withheld."""
        self._stopped.set()

    def answer(self, request: Request, path: str) -> Response:
        """The answer to a request for `path` below the endpoint."""
        if request.method != "POST" or path != SEND_EMAIL_PATH:
            return _error(404, "NotFoundException", f"The local stack does not answer {request.method} {path}.")
        if self._faults.throttles_this_mail():
            return _error(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
        try:
            mail = self._accept(json.loads(request.get_data()))
        except (KeyError, ValueError) as error:
            return _error(400, "BadRequestException", f"Not a SendEmail with raw content: {error}")
        self._outbox.add(mail)
        self._printed(f"mail to {', '.join(mail.recipients)}: {mail.subject}")
        for event in events_of(mail, self._published.get(mail.configuration_set or "", frozenset()), mail.at):
            self._publish(event)
        if self._faults.times_out_this_mail():
            self._stopped.wait(_SILENT_SECONDS)
        return Response(json.dumps({"MessageId": mail.message_id}), content_type="application/json")

    def _accept(self, call: Mapping[str, Any]) -> Mail:
        """Raises KeyError or ValueError for what SES would refuse."""
        raw = base64.b64decode(call["Content"]["Raw"]["Data"], validate=True)
        tags = {tag["Name"]: tag["Value"] for tag in call.get("EmailTags", [])}
        for part in (*tags, *tags.values()):
            if not _TAG.fullmatch(part):
                raise ValueError(f"tag {part!r} may hold only letters, digits, _ and -")
        configuration_set = call.get("ConfigurationSetName")
        if configuration_set is not None and configuration_set not in self._published:
            raise ValueError(f"configuration set {configuration_set!r} does not exist")
        destination = call.get("Destination", {})
        recipients = [
            address
            for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
            for _, address in getaddresses(destination.get(kind, []))
        ]
        mail = Mail(
            message_id=f"{uuid.uuid4()}-000000",
            at=self._clock.now(),
            sender=call.get("FromEmailAddress", ""),
            recipients=tuple(recipients),
            configuration_set=configuration_set,
            tags=tags,
            raw=raw,
        )
        if recipients and mail.sender:
            return mail
        return _completed_from_headers(mail)


def _completed_from_headers(mail: Mail) -> Mail:
    """A raw message may carry sender and recipients in its headers only."""
    headers = mail.message
    fields = [str(value) for name in ("To", "Cc", "Bcc") for value in headers.get_all(name, [])]
    recipients = mail.recipients or tuple(address for _, address in getaddresses(fields))
    if not recipients:
        raise ValueError("no recipient, neither in Destination nor in the headers")
    return Mail(
        message_id=mail.message_id,
        at=mail.at,
        sender=mail.sender or str(headers.get("From", "")),
        recipients=recipients,
        configuration_set=mail.configuration_set,
        tags=mail.tags,
        raw=mail.raw,
    )


def _error(status: int, kind: str, message: str) -> Response:
    return Response(
        json.dumps({"message": message}),
        status=status,
        content_type="application/json",
        headers={"x-amzn-ErrorType": kind},
    )
