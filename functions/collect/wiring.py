"""What collect works with: its settings and AWS adapters, made on first use and kept while the process lives."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from hearback.aws import clients
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.aws.feedback import Feedback
from hearback.aws.secrets import Keys
from hearback.aws.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Wiring:
    feedback: Feedback
    directory: Directory
    tasks: Tasks
    token_keys: Keys
    contact_keys: Keys
    identity_keys: Keys
    retention: timedelta
    """How long a response's words are kept."""


@cache
def wiring() -> Wiring:
    """Wired from the environment that template.yaml declares."""
    secrets = clients.secretsmanager()
    directory = Table(clients.dynamodb(), os.environ["DIRECTORY_TABLE"])
    return Wiring(
        feedback=Feedback(Table(clients.dynamodb(), os.environ["FEEDBACK_TABLE"])),
        directory=Directory(directory),
        tasks=Tasks(directory),
        token_keys=Keys(secrets, os.environ["TOKEN_SECRET"]),
        contact_keys=Keys(secrets, os.environ["CONTACT_SECRET"]),
        identity_keys=Keys(secrets, os.environ["IDENTITY_SECRET"]),
        retention=timedelta(days=int(os.environ["RETENTION_DAYS"])),
    )
