"""GET /openapi.json: the OpenAPI 3.1 document, made of the models that validate and the types of the replies."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from collect.openapi_operation import Answer, Operation
from collect.openapi_operations import OPERATIONS
from collect.problems import Fault, Kind, Problem
from collect.replies import GatewayMessage, ProblemDetails
from collect.reply import Reply

_REF = "#/components/schemas/{model}"
_PARAMETERS = {
    "survey": ("The survey's id", "shop"),
    "code": ("A code; case, spaces and hyphens do not matter", "7KQ2M-9XW4T"),
    "token": ("A token, as it was given", "eyJhIl0.k1.c2lnbmF0dXJlIG9mIGl0"),
}
_DETAILS: dict[Kind, str] = {
    "malformed": "Invalid JSON: EOF while parsing a value at line 1 column 0.",
    "token-refused": "This is not a token of ours. Use it exactly as it was given.",
    "identity-refused": "The identity is refused: it has expired; sign a new one for each page.",
    "unknown-survey": "No survey has this id. Check the address; ids are lower-case.",
    "unknown-code": "Nothing was redeemed: this is no code of ours.",
    "code-used": "Nothing was redeemed: this code was redeemed on 2026-03-04 at 10:30 UTC.",
    "self-referral": "Nothing was recorded: the customer is the one whose link it is.",
    "known-customer": "Nothing was recorded: this customer was known before, so nobody referred them.",
    "reference-used": "Nothing was recorded: another conversion was reported with this reference.",
    "nothing-to-amend": "Submit a score first; then it can be changed for 24 hours.",
    "amendment-refused": "Nothing was stored: an answer can be changed for 24 hours.",
    "token-expired": "This token is too old. Ask for a new one.",
    "survey-closed": "This survey takes no more answers.",
    "code-expired": "Nothing was redeemed: this code expired on 2026-04-03 at 18:30 UTC.",
    "code-erased": "Nothing was redeemed: this code was withdrawn: whose it was had their data erased.",
    "body-too-large": "A body has at most 32768 bytes. Shorten the comment.",
    "content-type": "Send the body as application/json and say so in Content-Type.",
    "score-out-of-range": "#/score: a score is a whole number from 0 to 10, not in quotes.",
    "comment-too-long": "#/comment: a comment has at most 5000 characters, this one has 5001.",
    "unknown-question": "#/answers/colour: the survey has no such question; it has topic, wish.",
    "dimension-refused": "'store' is not public: it comes with the invitation, not from the page.",
    "foreign-currency": "#/currency: this survey's conversions are in EUR.",
    "invalid-body": "#/colour: this is not one of the fields.",
    "too-many": "Nothing was stored: this address has given as many answers as this survey takes from one within "
    "an hour.",
    "too-many-changes": "Nothing was stored: this answer was changed too often within an hour.",
    "busy": "Nothing was stored. Try again in a few seconds.",
}
_GATEWAY = {403: "Forbidden", 404: "Not Found", 429: "Too Many Requests", 503: "Service Unavailable"}
"""What API Gateway answers itself: without a signature, for a path it does not know, throttled, overrun."""


def serve() -> Reply:
    body = json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return Reply(200, body, "application/json", headers)


@cache
def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hearback",
            "version": "1",
            "description": (
                "Survey answers in: for widgets and pages, and for your own servers. Nothing is coerced: a score is "
                "a JSON integer. Refusals are told as RFC 9457 problem details. The routes are throttled, and API "
                "Gateway then answers 429 or 503 itself; send again after a pause."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The stack's BaseUrl"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "iam": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "AWS Signature Version 4 of a principal that may call execute-api:Invoke",
                }
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": dict(_responses(operation)),
        "security": [{"iam": []}] if operation.signed else [],
    }
    if parameters := [*_path_parameters(operation.path), *_query_parameters(operation)]:
        described["parameters"] = parameters
    if operation.body is not None:
        schema = operation.body if isinstance(operation.body, dict) else _reference(operation.body)
        content = {operation.content_type: {"schema": schema, "example": dict(operation.example)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _path_parameters(path: str) -> Iterable[dict[str, Any]]:
    for name, (description, example) in _PARAMETERS.items():
        if f"{{{name}}}" in path:
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": description,
                "schema": {"type": "string", "minLength": 1},
                "example": example,
            }


def _query_parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    for name, description in operation.query.items():
        yield {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}


def _responses(operation: Operation) -> Iterable[tuple[str, dict[str, Any]]]:
    for answer in operation.answers:
        yield str(answer.status), _good(answer)
    problems = sorted((Problem(kind, _DETAILS[kind]) for kind in operation.refusals), key=lambda each: each.status)
    refused = {status: list(same) for status, same in groupby(problems, key=lambda each: each.status)}
    own = {status for status in _GATEWAY if status != 403 or operation.signed}
    for status in sorted(refused.keys() | own):
        yield str(status), _refused(status, refused.get(status, []), pages=operation.for_people)


def _good(answer: Answer) -> dict[str, Any]:
    described: dict[str, Any] = {"description": answer.meaning}
    if answer.reply is not None:
        content = {"schema": _reference(answer.reply), "example": dict(answer.example)}
        described["content"] = {answer.content_type or "application/json": content}
    elif answer.content_type:
        described["content"] = {answer.content_type: {"schema": {"type": "string"}}}
    return described


def _refused(status: int, problems: Sequence[Problem], *, pages: bool) -> dict[str, Any]:
    titles = [problem.title for problem in problems]
    described: dict[str, Any] = {"description": "; ".join(titles or [HTTPStatus(status).phrase]), "content": {}}
    content = described["content"]
    if problems and pages:
        content["text/html; charset=utf-8"] = {"schema": {"type": "string"}}
    elif problems:
        examples = {problem.kind: {"value": _with_faults(problem).to_json()} for problem in problems}
        content["application/problem+json"] = {"schema": _reference(ProblemDetails), "examples": examples}
    if status in _GATEWAY:
        example = {"message": _GATEWAY[status]}
        content["application/json"] = {"schema": _reference(GatewayMessage), "example": example}
    if status in (429, 503) and problems:
        described["headers"] = {
            "Retry-After": {"description": "Seconds; API Gateway itself sends none", "schema": {"type": "integer"}}
        }
    return described


def _with_faults(problem: Problem) -> Problem:
    """With the part of the body that the detail begins with, as a real one has it."""
    pointer, found, detail = problem.detail.partition(": ")
    if not (found and pointer.startswith("#/")):
        return problem
    return Problem(problem.kind, problem.detail, [Fault(pointer, detail.removesuffix("."))])


def _reference(kind: Any) -> dict[str, Any]:
    return {"type": "object"} if kind == dict[str, Any] else {"$ref": _REF.format(model=kind.__name__)}


def _schemas() -> dict[str, Any]:
    """Every model and reply type that an operation names, and what these are made of."""
    bodies: list[type[BaseModel]] = [
        each.body for each in OPERATIONS if each.body is not None and not isinstance(each.body, dict)
    ]
    _, models = models_json_schema([(body, "validation") for body in bodies], ref_template=_REF)
    replies = {
        answer.reply.__name__: answer.reply
        for operation in OPERATIONS
        for answer in operation.answers
        if answer.reply is not None and answer.reply != dict[str, Any]
    } | {"ProblemDetails": ProblemDetails, "GatewayMessage": GatewayMessage}
    schemas: dict[str, Any] = dict(models["$defs"])
    for name, reply in replies.items():
        schema = TypeAdapter(reply).json_schema(ref_template=_REF)
        schemas |= schema.pop("$defs", {}) | {name: schema}
    return dict(sorted(schemas.items()))
