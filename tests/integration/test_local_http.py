"""HTTP reaches a handler, and its answer the browser, as through an API Gateway HTTP API."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from local_fixture.running import ask, ask_json, small_stack

from local.stack import Stack

pytest_plugins = ["local_fixture.running_stack"]  # the fixture `stack`

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=any/20260101/eu-west-1/execute-api/aws4_request"}


def _event(stack: Stack, method: str, path: str, **rest: Any) -> dict[str, Any]:
    response, body = ask(stack, method, path, **rest)
    assert response.status == 200
    event: dict[str, Any] = json.loads(body)["event"]
    return event


def test_a_request_becomes_a_payload_of_version_2(stack: Stack) -> None:
    headers = {"X-Thing": "One", "Cookie": "a=1; b=2", "User-Agent": "tester"}
    event = _event(stack, "GET", "/echo/caf%C3%A9%20au%20lait?x=1&x=2&y=%26&empty=", headers=headers)
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /echo/{name}"
    assert event["rawPath"] == "/echo/café au lait"  # HTTP APIs decode it, whatever it is called
    assert event["rawQueryString"] == "x=1&x=2&y=%26&empty="
    assert event["queryStringParameters"] == {"x": "1,2", "y": "&", "empty": ""}
    assert event["pathParameters"] == {"name": "café au lait"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-thing"] == "One"
    assert "cookie" not in event["headers"]
    assert event["isBase64Encoded"] is False
    assert "body" not in event
    context = event["requestContext"]
    assert context["http"]["method"] == "GET"
    assert context["http"]["userAgent"] == "tester"
    assert context["stage"] == "$default"
    assert f"http://{context['domainName']}" == stack.url
    assert abs(context["timeEpoch"] / 1000 - stack.now().timestamp()) < 10


@pytest.mark.parametrize("path", ["/_local/outbox.json", "/echo/x"])
def test_only_who_asks_for_this_machine_is_answered(stack: Stack, path: str) -> None:
    port = stack.url.rpartition(":")[2]

    def status(host: str, **more: str) -> int:
        answered, _ = ask(stack, "GET", path, headers={"Host": host, **more})
        return int(answered.status)

    assert {status(f"{name}:{port}") for name in ("127.0.0.1", "localhost", "LocalHost", "[::1]")} == {200}
    rebound = f"evil.example:{port}"  # a name of theirs that leads here
    assert status(rebound, Origin=f"http://{rebound}") == 421
    assert {status(host) for host in ("evil.example", "localhost", "localhost:1", f"127.0.0.1.evil:{port}")} == {421}


def test_a_name_it_was_told_of_is_answered_too(tmp_path: Path) -> None:
    with small_stack(tmp_path, hosts=["Tunnel.example"]) as stack:
        response, _ = ask(stack, "GET", "/_local/clock", headers={"Host": "tunnel.example"})

    assert response.status == 200


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("application/json", False),
        ("text/plain;charset=UTF-8", False),
        ("application/x-www-form-urlencoded", True),
        ("application/octet-stream", True),
        (None, True),
    ],
)
def test_a_body_is_in_base64_unless_its_type_is_text(stack: Stack, content_type: str | None, encoded: bool) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    event = _event(stack, "POST", "/echo/x", body=b"score=9", headers=headers)
    assert event["isBase64Encoded"] is encoded
    assert (base64.b64decode(event["body"]) if encoded else event["body"].encode()) == b"score=9"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/files/fixed", "GET /files/fixed"),
        ("/files/other", "GET /files/{path+}"),
        ("/files/a/b", "GET /files/{path+}"),
    ],
)
def test_the_fullest_match_wins(stack: Stack, path: str, route: str) -> None:
    assert _event(stack, "GET", path)["routeKey"] == route


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("HEAD", "/echo/x"), ("DELETE", "/echo/x")])
def test_what_no_route_declares_is_not_found(stack: Stack, method: str, path: str) -> None:
    response, body = ask(stack, method, path)
    assert response.status == 404
    assert body == (b"" if method == "HEAD" else b'{"message": "Not Found"}')


def test_an_iam_route_demands_a_signature(stack: Stack) -> None:
    refused, _ = ask(stack, "POST", "/machine")
    event = _event(stack, "POST", "/machine", headers=SIGNED)
    assert refused.status == 403
    assert event["requestContext"]["authorizer"]["iam"]["accountId"] == "123456789012"


def test_cookies_and_status_of_an_answer_are_kept(stack: Stack) -> None:
    response, _ = ask(stack, "GET", "/echo/x")
    assert response.headers.get_all("Set-Cookie") == ["a=1; Path=/", "b=2"]


@pytest.mark.parametrize(
    ("answer", "status", "content_type", "body"),
    [
        ({"statusCode": 204}, 204, "text/plain; charset=utf-8", b""),
        ({"statusCode": 201, "body": "x", "headers": {"Content-Type": "text/css"}}, 201, "text/css", b"x"),
        ({"statusCode": 200, "body": "AAE=", "isBase64Encoded": True}, 200, "text/plain; charset=utf-8", b"\0\1"),
        ({"no": "status"}, 200, "application/json", b'{"no": "status"}'),
        ({"statusCode": "soon"}, 500, "application/json", b'{"message": "Internal Server Error"}'),
    ],
)
def test_an_answer_becomes_a_response(stack: Stack, answer: Any, status: int, content_type: str, body: bytes) -> None:
    response, received = ask(
        stack, "POST", "/do/answer", json.dumps(answer).encode(), {"Content-Type": "application/json"}
    )
    assert (response.status, response.headers["Content-Type"], received) == (status, content_type, body)


@pytest.mark.parametrize("fate", ["raise", "hang", "exit"])
def test_a_function_that_fails_is_an_internal_server_error_and_lives_again(stack: Stack, fate: str) -> None:
    response, body = ask(stack, "POST", f"/do/{fate}")
    afterwards, _ = ask(stack, "GET", "/echo/x")
    assert (response.status, body) == (500, b'{"message": "Internal Server Error"}')
    assert afterwards.status == 200


def test_a_body_over_ten_megabytes_is_refused(stack: Stack) -> None:
    response, _ = ask(stack, "POST", "/echo/x", b"x" * (10 * 1024 * 1024 + 1))
    assert response.status == 413


def test_a_function_sees_the_templates_variables_and_no_others_of_this_machine(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ask_json(stack, "GET", "/echo/x")
    environment = shown["environment"]
    assert environment["GREETING"] == "hello red"
    assert environment["BASE_URL"] == stack.url
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == shown["function"]
    assert "HOME" not in environment
    assert 0 < shown["left"] <= 1000


def test_a_warm_process_is_used_again(stack: Stack) -> None:
    assert ask_json(stack, "GET", "/echo/x")["pid"] == ask_json(stack, "GET", "/echo/x")["pid"]
