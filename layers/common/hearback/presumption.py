"""What becomes of a response that rests on little, signs of a person or a bare form: it is counted, or doubted."""

from typing import Any

from hearback.fact import RESPONSE, FactId
from hearback.nps import category

_STILL_PRESUMED = "provisional = :true AND attribute_not_exists(excluded) AND attribute_not_exists(erased)"


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
