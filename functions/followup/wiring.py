"""What the follow-up handlers are made of, built once for each process, from its environment."""

import os
from dataclasses import dataclass
from functools import cache

from hearback.aws import clients
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.aws.feedback import Feedback
from hearback.aws.secrets import Keys
from hearback.aws.tallies import Tallies


@dataclass(frozen=True, slots=True)
class Settings:
    """Who mails come from, and where their links lead."""

    base_url: str
    sender: str
    reply_to: str
    brand: str
    configuration_set: str


@cache
def settings() -> Settings:
    environment = os.environ
    return Settings(
        base_url=environment["BASE_URL"].rstrip("/"),
        sender=environment["SENDER"],
        reply_to=environment["REPLY_TO"],
        brand=environment["BRAND"],
        configuration_set=environment["CONFIGURATION_SET"],
    )


@cache
def directory() -> Directory:
    return Directory(Table(clients.dynamodb(), os.environ["DIRECTORY_TABLE"]))


@cache
def claims() -> Claims:
    return Claims(directory().table)


@cache
def feedback() -> Feedback:
    return Feedback(Table(clients.dynamodb(), os.environ["FEEDBACK_TABLE"]))


@cache
def tallies() -> Tallies:
    return Tallies(Table(clients.dynamodb(), os.environ["TALLY_TABLE"]))


@cache
def token_keys() -> Keys:
    return Keys(clients.secretsmanager(), os.environ["TOKEN_SECRET"])
