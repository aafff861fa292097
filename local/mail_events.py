"""What SES publishes about a mail, as EventBridge delivers it.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html (the `detail`)
https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html (the detail types)
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from local.engine import ACCOUNT, REGION
from local.outbox import Mail

# Type in a configuration set's MatchingEventTypes -> (EventBridge's detail-type, SES's eventType)
_NAMES = {
    "SEND": ("Email Sent", "Send"),
    "DELIVERY": ("Email Delivered", "Delivery"),
    "BOUNCE": ("Email Bounced", "Bounce"),
    "COMPLAINT": ("Email Complaint Received", "Complaint"),
}


def fate(mail: Mail) -> list[str]:
    """What becomes of `mail`: delivered, unless an address is one of SES's mailbox simulator.

    https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator
    """
    local_parts = [
        address.split("@")[0].casefold()
        for address in mail.recipients
        if address.casefold().endswith("@simulator.amazonses.com")
    ]
    if any(part.startswith("bounce") for part in local_parts):
        return ["SEND", "BOUNCE"]
    if any(part.startswith("complaint") for part in local_parts):
        return ["SEND", "DELIVERY", "COMPLAINT"]
    return ["SEND", "DELIVERY"]


def events_of(mail: Mail, published: frozenset[str], at: datetime) -> Iterator[dict[str, Any]]:
    """The events of one mail in order; `published` are the configuration set's MatchingEventTypes."""
    for kind in fate(mail):
        if kind in published:
            yield mail_event(mail, kind, at)


def mail_event(mail: Mail, kind: str, at: datetime) -> dict[str, Any]:
    """One event about `mail`; `kind` as in MatchingEventTypes."""
    detail_type, event_type = _NAMES[kind]
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{mail.configuration_set}"],
        "detail": {
            "eventType": event_type,
            "mail": _mail(mail),
            event_type.lower(): _outcome(mail, kind, _timestamp(at)),
        },
    }


def _mail(mail: Mail) -> dict[str, Any]:
    domain = mail.sender.rpartition("@")[2].rstrip(">")
    return {
        "timestamp": _timestamp(mail.at),
        "source": mail.sender,
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}",
        "sendingAccountId": ACCOUNT,
        "messageId": mail.message_id,
        "destination": list(mail.recipients),
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in mail.headers],
        "commonHeaders": {
            "from": [str(mail.message.get("From", mail.sender))],
            "to": [str(each) for each in mail.message.get_all("To", [])],
            "messageId": mail.message_id,
            "subject": mail.subject,
        },
        "tags": {
            "ses:operation": ["SendEmail"],
            "ses:configuration-set": [mail.configuration_set],
            "ses:from-domain": [domain],
            "ses:caller-identity": ["local"],
            **{name: [value] for name, value in mail.tags.items()},
        },
    }


def _outcome(mail: Mail, kind: str, at: str) -> Mapping[str, Any]:
    match kind:
        case "DELIVERY":
            return {
                "timestamp": at,
                "processingTimeMillis": 500,
                "recipients": list(mail.recipients),
                "smtpResponse": "250 ok",
                "reportingMTA": "local.invalid",
            }
        case "BOUNCE":
            return {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {
                        "emailAddress": address,
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                    }
                    for address in mail.recipients
                ],
                "timestamp": at,
                "feedbackId": str(uuid.uuid4()),
                "reportingMTA": "dsn; local.invalid",
            }
        case "COMPLAINT":
            return {
                "complainedRecipients": [{"emailAddress": address} for address in mail.recipients],
                "timestamp": at,
                "feedbackId": str(uuid.uuid4()),
                "userAgent": "local stack",
                "complaintFeedbackType": "abuse",
                "arrivalDate": at,
            }
    return {}


def _timestamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
