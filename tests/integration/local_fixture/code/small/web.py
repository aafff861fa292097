"""Shows what a handler gets, and does what the path says."""

import base64
import json
import os
import time
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hearback import clock


def handler(event: dict[str, Any], context: Any) -> Any:
    what = event.get("pathParameters", {}).get("what")
    body = event.get("body", "")
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    match what:
        case "raise":
            raise RuntimeError("asked to fail")
        case "hang":
            time.sleep(60)
        case "exit":
            os._exit(7)
        case "bare":
            return ["no", "status"]
        case "answer":
            return json.loads(body)
        case "mail":
            return _json(send(json.loads(body)))
        case "put-events":
            return _json(boto3.client("events").put_events(Entries=[_timed(entry) for entry in json.loads(body)]))
    shown = {
        "event": event,
        "environment": dict(os.environ),
        "now": clock.now().isoformat(),
        "left": context.get_remaining_time_in_millis(),
        "function": context.function_name,
        "pid": os.getpid(),
    }
    return _json(shown)


def send(letter: dict[str, str]) -> dict[str, str]:
    """Send a mail; what came of it: `id` or `error`."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "feedback@example.com", letter["to"], letter["subject"]
    message.set_content(letter["subject"])
    message.add_alternative(f"<p>{letter['subject']}</p>", subtype="html")
    ses = boto3.client("sesv2", config=Config(read_timeout=0.5, retries={"total_max_attempts": 1}))
    try:
        answer = ses.send_email(
            FromEmailAddress="feedback@example.com",
            Destination={"ToAddresses": [letter["to"]]},
            Content={"Raw": {"Data": message.as_bytes()}},
            EmailTags=[{"Name": "claim", "Value": letter.get("claim", "c0ffee")}],
            ConfigurationSetName=os.environ["CONFIGURATION_SET"],
        )
    except ClientError as error:
        return {"error": error.response["Error"]["Code"]}
    except BotoCoreError as error:
        return {"error": type(error).__name__}
    return {"id": answer["MessageId"]}


def _timed(entry: Any) -> Any:
    return {**entry, "Time": datetime.fromisoformat(entry["Time"])} if "Time" in entry else entry


def _json(body: Any) -> dict[str, Any]:
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": json.dumps(body),
    }
