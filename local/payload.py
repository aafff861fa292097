"""HTTP to and from Lambda, as API Gateway's payload format 2.0 has it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from werkzeug.wrappers import Request, Response

from local.engine import ACCOUNT
from local.routes import Route

# Everything else reaches a function in base64: forms too, and bodies without a content type.
_TEXT_TYPES = {"application/json", "application/javascript", "application/xml"}


class BadAnswer(Exception):
    """The function's answer is not one API Gateway can turn into HTTP."""


def raw_path(request: Request) -> str:
    """The path as the API hands it on: without the query, percent-decoded, however the field is called."""
    target = str(request.environ.get("REQUEST_URI") or request.environ["RAW_URI"])
    return unquote(target.partition("?")[0])


def event_of(
    request: Request, body: bytes, route: Route, path_parameters: Mapping[str, str], at: datetime
) -> dict[str, Any]:
    """The event for a request that matched `route`; `at` is the simulated time it arrived."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        if key != "cookie":
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    host = request.host
    address = request.remote_addr or "127.0.0.1"
    headers |= {
        "x-forwarded-for": headers.get("x-forwarded-for", address),
        "x-forwarded-port": host.partition(":")[2] or "80",
        "x-forwarded-proto": "http",
    }
    path = raw_path(request)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": uuid.uuid4().hex[:16],
            "routeKey": route.key,
            "stage": "$default",
            "time": at.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": round(at.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if request.headers.get("Cookie"):
        event["cookies"] = [each.strip() for each in request.headers["Cookie"].split(";")]
    if query := _joined(request.query_string.decode("latin-1")):
        event["queryStringParameters"] = query
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if route.iam:
        event["requestContext"]["authorizer"] = {"iam": _caller()}
    if body:
        is_text = _is_text(request.mimetype)
        event["isBase64Encoded"] = not is_text
        event["body"] = body.decode(errors="replace") if is_text else base64.b64encode(body).decode()
    return event


def response_of(answer: Any) -> Response:
    """The HTTP response for a function's answer. Raises BadAnswer for one API Gateway would refuse."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(json.dumps(answer), content_type="application/json")
    try:
        status = int(answer["statusCode"])
        text = answer.get("body") or ""
        body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
        headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
        cookies = [("Set-Cookie", cookie) for cookie in answer.get("cookies") or []]
    except (AttributeError, TypeError, ValueError, binascii.Error) as error:
        raise BadAnswer(str(error)) from error
    response = Response(body, status=status)
    del response.headers["Content-Type"]
    for name, value in [*headers, *cookies]:
        if name.lower() != "content-length":
            response.headers.add(name, value)
    response.headers.setdefault("Content-Type", "text/plain; charset=utf-8")
    return response


def _is_text(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type in _TEXT_TYPES


def _joined(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _caller() -> dict[str, Any]:
    return {
        "accessKey": "local",
        "accountId": ACCOUNT,
        "callerId": "local",
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:iam::{ACCOUNT}:user/local",
        "userId": "local",
    }
