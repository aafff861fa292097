"""What the follow-up handlers are made of, built once for each process, from its environment."""

import os
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from followup.links import Links
from followup.pacing import Pacer, Turns
from followup.post import Post
from followup.settings import Settings
from hearback import clock
from hearback.aws import clients
from hearback.aws.bus import Bus
from hearback.aws.claims import Claims
from hearback.aws.directory import Directory
from hearback.aws.dynamodb import Table
from hearback.aws.feedback import Feedback
from hearback.aws.secrets import Keys
from hearback.aws.tallies import Tallies
from hearback.aws.tasks import Tasks

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LAST_MAIL = 20.0
"""Seconds before a function's end after which it begins no mail: SES may take 13 to answer, marking it a few more."""


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
def pacer() -> Pacer:
    """This process's share of the account's rate: that of each worker which may run at once, and of the tick."""
    processes = int(os.environ["MAIL_WORKERS"]) + 1
    return Pacer(float(os.environ["MAIL_RATE"]) / processes, lambda: clock.now().timestamp())


def turns(context: "LambdaContext") -> Turns:
    """The turns to send that are left in this run of a function."""
    return Turns(pacer(), pacer().clock() + context.get_remaining_time_in_millis() / 1000 - LAST_MAIL)


def post(turns: Turns) -> Post:
    return Post(clients.ses(), claims(), settings(), turns)


def bus() -> Bus:
    return Bus(clients.events, os.environ["EVENT_BUS"])


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


def tasks() -> Tasks:
    return Tasks(directory().table)


def links(now: datetime) -> Links:
    return Links(settings().base_url, token_keys().at(now), now)
