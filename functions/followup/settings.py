"""What every mail of a deployment has in common."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Who mails come from, and where their links lead."""

    base_url: str
    sender: str
    reply_to: str
    brand: str
    configuration_set: str
