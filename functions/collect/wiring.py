"""What collect works with: its settings and AWS adapters, made on first use and kept while the process lives."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from hearback.aws import clients
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.aws.feedback import Feedback
from hearback.aws.secrets import Keys

if TYPE_CHECKING:
    from hearback.aws.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Wiring:
    feedback: Feedback
    directory: Directory
    token_keys: Keys
    contact_keys: Keys
    identity_keys: Keys
    retention: timedelta
    """How long a response's words are kept."""
    brand: str
    """The company's, for pages that belong to no survey."""

    @property
    def tasks(self) -> "Tasks":
        from hearback.aws.tasks import Tasks  # noqa: PLC0415 - no answer waits for what only tasks' pages need

        return Tasks(self.directory.table)


@cache
def wiring() -> Wiring:
    """Wired from the environment that template.yaml declares."""
    secrets = clients.secretsmanager()
    return Wiring(
        feedback=Feedback(Table(clients.dynamodb(), os.environ["FEEDBACK_TABLE"])),
        directory=Directory(Table(clients.dynamodb(), os.environ["DIRECTORY_TABLE"])),
        token_keys=Keys(secrets, os.environ["TOKEN_SECRET"]),
        contact_keys=Keys(secrets, os.environ["CONTACT_SECRET"]),
        identity_keys=Keys(secrets, os.environ["IDENTITY_SECRET"]),
        retention=timedelta(days=int(os.environ["RETENTION_DAYS"])),
        brand=os.environ["BRAND"],
    )
