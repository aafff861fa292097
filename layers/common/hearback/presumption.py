"""A response that rests on little, signs of a person or a bare form, and what becomes of it: confirmed or counted, or
doubted."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from hearback.fact import RESPONSE, FactId
from hearback.nps import category
from hearback.response import AMENDABLE, MOST_VERSIONS, Response

_STILL_PRESUMED = "provisional = :true AND attribute_not_exists(excluded) AND attribute_not_exists(erased)"


def confirm_request(response: Response) -> dict[str, Any]:
    """Write it where there is none, or over one that was only presumed, as its next version.

    What stands there comes back with the failure. One request, whatever was observed before: a confirming gesture
    needs no other evidence.
    """
    return _stand_request(
        response, "(attribute_not_exists(pk) OR provisional = :true) AND attribute_not_exists(erased)"
    )


def presume_request(response: Response) -> dict[str, Any]:
    """Write it as provisional, unless somebody confirmed one or the same was presumed before."""
    news = "(score <> :score OR attribute_exists(excluded))"
    return _stand_request(
        replace(response, provisional=True),
        f"attribute_not_exists(pk) OR (provisional = :true AND {news} AND attribute_not_exists(erased))",
    )


def _stand_request(response: Response, condition: str) -> dict[str, Any]:
    item = {name: value for name, value in response.to_item().items() if name not in ("pk", "sk", "version")}
    # Over a form that a program had sent, its words go as well.
    before = ("excluded", "provisional", "confirmed_by", "comment", "answers", "history")
    gone = [name for name in before if name not in item]
    return {
        "Key": response.key,
        "UpdateExpression": (
            f"SET {', '.join(f'#{name} = :{name}' for name in item)}"
            f"{' REMOVE ' * bool(gone)}{', '.join(f'#{name}' for name in gone)} ADD #version :one"
        ),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {f"#{name}": name for name in ("version", *item, *gone)},
        "ExpressionAttributeValues": {":one": 1, ":true": True, **{f":{name}": item[name] for name in item}},
    }


def promote_request(fact: FactId, score: int) -> dict[str, Any]:
    """Count a provisional response, as its next version."""
    return {
        "Key": fact.key(RESPONSE),
        "UpdateExpression": (
            "SET score = :score, #category = :category, confirmed_by = :signs REMOVE provisional ADD #version :one"
        ),
        "ConditionExpression": _STILL_PRESUMED,
        "ExpressionAttributeNames": {"#version": "version", "#category": "category"},
        "ExpressionAttributeValues": {
            ":score": score,
            ":category": category(score),
            ":signs": "signs",
            ":true": True,
            ":one": 1,
        },
    }


def doubt_request(fact: FactId, reason: str) -> dict[str, Any]:
    """Say why a provisional response is not a person's, as its next version."""
    return {
        "Key": fact.key(RESPONSE),
        "UpdateExpression": "SET excluded = :reason ADD #version :one",
        "ConditionExpression": _STILL_PRESUMED,
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":reason": reason, ":true": True, ":one": 1},
    }


def may_be_corrected(stored: Response, score: int, touched_at: datetime) -> bool:
    """Whether a touch on the page of another score is as good as what an answer stands on, and came later."""
    return (
        stored.confirmed_by in ("signs", "bare")
        and stored.counted
        and not stored.erased
        and stored.score != score
        and stored.answered_at < touched_at <= stored.answered_at + AMENDABLE
        and stored.version < MOST_VERSIONS
    )


def reconsider_request(stored: Response) -> dict[str, Any]:
    """Make the next version, that says the same: after the settle time it is judged what it should say."""
    return {
        "Key": stored.key,
        "UpdateExpression": "ADD #version :one",
        "ConditionExpression": "#version = :before",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":before": stored.version, ":one": 1},
    }


def correct_request(stored: Response, score: int, now: datetime) -> dict[str, Any]:
    """Give an answer the score that was touched later, as its next version."""
    said = {"version": stored.version, "until": now.isoformat(timespec="milliseconds"), "score": stored.score}
    return {
        "Key": stored.key,
        "UpdateExpression": (
            "SET score = :score, #category = :category, confirmed_by = :signs, "
            "history = list_append(if_not_exists(history, :none), :said) ADD #version :one"
        ),
        "ConditionExpression": "#version = :before",
        "ExpressionAttributeNames": {"#version": "version", "#category": "category"},
        "ExpressionAttributeValues": {
            ":score": score,
            ":category": category(score),
            ":signs": "signs",
            ":none": [],
            ":said": [said],
            ":before": stored.version,
            ":one": 1,
        },
    }


def unmask_request(fact: FactId, reason: str) -> dict[str, Any]:
    """Say why a response that only a form without a script confirmed is a program's, as its next version.

    It is then like one that was presumed and doubted: a hand that confirms it is counted instead.
    """
    return {
        "Key": fact.key(RESPONSE),
        "UpdateExpression": "SET excluded = :reason, provisional = :true ADD #version :one",
        "ConditionExpression": (
            "confirmed_by = :bare AND attribute_not_exists(excluded) AND attribute_not_exists(erased)"
        ),
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":reason": reason, ":bare": "bare", ":true": True, ":one": 1},
    }
