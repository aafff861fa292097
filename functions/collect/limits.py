"""Limits against stuffing: how many uninvited answers one address gives, how many links of nobody's invitation are
watched there, and how often one answer changes.

An invited answer needs no limit by address, and pays for none: its token was made for one person, and
whatever is sent with it is that person's one response.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Literal

from aws_lambda_powertools import Logger

from collect.metric import count
from collect.problems import Problem
from collect.request import Request
from collect.wiring import Wiring
from hearback.aws.dynamodb import ConditionFailed, TemporarilyUnavailable
from hearback.fact import FactId
from hearback.refusals import Limit, Refusals
from hearback.response import ChangedTooOften
from hearback.signing_key import signing_key
from hearback.survey import Survey
from hearback.token import Token

logger = Logger(child=True)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AddressHour:
    """What one client address does uninvited at one survey in one hour, which an HMAC stands for.

    The HMAC covers survey and hour too, so nobody can be followed from one survey or hour to the next.
    """

    survey: str
    hour: datetime
    digest: str

    @classmethod
    def of(cls, survey: str, address: str, key: str, now: datetime) -> "AddressHour":
        hour = now.replace(minute=0, second=0, microsecond=0)
        said = "\0".join((survey, hour.isoformat(), _network(address)))
        return cls(survey, hour, hmac.digest(key.encode(), said.encode(), hashlib.sha256).hex()[:32])

    @property
    def ends(self) -> datetime:
        return self.hour + HOUR

    @property
    def key_item(self) -> dict[str, str]:
        return {"pk": f"ADDRESS#{self.survey}#{self.digest}", "sk": "ANSWERS"}

    def count_request(self, what: Literal["answers", "visits"], most: int) -> dict[str, Any]:
        """Count one more, on condition that there were fewer than `most`."""
        return {
            "Key": self.key_item,
            "UpdateExpression": "SET expires_at = :expires_at ADD #what :one",
            "ConditionExpression": "attribute_not_exists(#what) OR #what < :most",
            "ExpressionAttributeNames": {"#what": what},
            "ExpressionAttributeValues": {":one": 1, ":most": most, ":expires_at": int(self.ends.timestamp())},
        }


def admit(request: Request, wiring: Wiring, survey: Survey, token: Token) -> None:
    """Count an answer against the limit of its address, if nobody invited it. Raises Problem if that is reached.

    Answers are counted and not requests, so many people behind one address may look, and say why, and correct it: what
    is stored, even if it is only presumed, was counted when it came. First requests that race are each counted.
    """
    if invited(token) or wiring.feedback.response(FactId.parse(token.subject)):
        return
    counted = _address_hour(request, wiring, survey)
    try:
        wiring.directory.table.update(counted.count_request("answers", survey.limits.answers_from_one_address))
    except ConditionFailed:
        _count_refusal(wiring, survey, "address", request.now)
        raise Problem(
            "too-many",
            "Nothing was stored: this address has given as many answers as this survey takes from one within an hour.",
            wait=counted.ends - request.now,
        ) from None


def invited(token: Token) -> bool:
    """Whether somebody was mailed this token, or vouches for its bearer: nobody makes such tokens for themselves."""
    return token.channel == "mail" or bool(token.contact)


def may_watch(request: Request, wiring: Wiring, survey: Survey) -> bool:
    """Count one more link of nobody's invitation; False if as many were opened from its address as it may answer.

    Making such links is free, and what is observed of one is kept as long as an answer.
    """
    counted = _address_hour(request, wiring, survey)
    try:
        wiring.directory.table.update(counted.count_request("visits", survey.limits.answers_from_one_address))
    except ConditionFailed:
        return False
    return True


@contextmanager
def changing(wiring: Wiring, survey: Survey, now: datetime) -> Iterator[None]:
    """While one answer is changed; turns its own refusal into a Problem that is counted."""
    try:
        yield
    except ChangedTooOften as refused:
        _count_refusal(wiring, survey, "changes", now)
        raise Problem(
            "too-many-changes",
            "Nothing was stored: this answer was changed too often within an hour.",
            wait=refused.wait,
        ) from None


def _address_hour(request: Request, wiring: Wiring, survey: Survey) -> AddressHour:
    keys = wiring.token_keys.at(request.now)
    return AddressHour.of(survey.id, request.address, keys[signing_key(keys)], request.now)


def _count_refusal(wiring: Wiring, survey: Survey, limit: Limit, now: datetime) -> None:
    """In the metric Refused, and by day where the operator's command reads it."""
    count("Refused", now, Survey=survey.id, Limit=limit)
    try:
        wiring.directory.table.update(Refusals.count_request(survey.id, survey.day(now), limit, now))
    except TemporarilyUnavailable as failure:
        logger.warning("refusal uncounted", extra={"reason": str(failure)})


def _network(address: str) -> str:
    """What one client holds: an IPv4 address, or the /64 of an IPv6 one, of which it may use any address."""
    parsed = ip_address(address)
    return str(ip_network((parsed, 64), strict=False) if isinstance(parsed, IPv6Address) else parsed)
