"""Other sites' pages: those a survey names may read our answers, no others."""

import pytest

from tests.conftest import NOW, Collect

SHOP, ELSEWHERE = {"origin": "https://shop.example"}, {"origin": "https://elsewhere.example"}
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
ALLOWED = "access-control-allow-origin"


@pytest.mark.parametrize("path", ["/v1/surveys/shop/tokens", "/v1/surveys/shop/responses", "/v1/responses/{token}"])
def test_a_browser_of_the_surveys_site_may_send(collect: Collect, path: str) -> None:
    path = path.format(token=collect.token())

    answered = collect.request("OPTIONS", path, headers=SHOP | PREFLIGHT)

    assert (answered.status, answered.raw) == (204, b"")
    assert answered.headers[ALLOWED] == "https://shop.example"
    assert answered.headers["access-control-allow-methods"] == "POST, PATCH"
    assert answered.headers["access-control-allow-headers"] == "Content-Type"
    assert answered.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/v1/surveys/shop/tokens", ELSEWHERE),
        ("/v1/surveys/shop/tokens", {"origin": "https://shop.example.evil.example"}),
        ("/v1/surveys/shop/tokens", {"origin": "null"}),
        ("/v1/surveys/shop/tokens", {}),
        ("/v1/surveys/nowhere/tokens", SHOP),
        ("/v1/responses/forged", SHOP),
        ("/v1/machine/responses", SHOP),
        ("/v1/anything/else", SHOP),
    ],
)
def test_anybody_else_is_told_nothing(collect: Collect, path: str, origin: dict[str, str]) -> None:
    answered = collect.request("OPTIONS", path, headers=origin | PREFLIGHT)

    assert answered.status == 204
    assert [name for name in answered.headers if name.startswith("access-control")] == []
    assert answered.headers["vary"] == "Origin"


def test_the_site_reads_answers_and_refusals_alike(collect: Collect) -> None:
    token, late = collect.token(), collect.token(expires_at=NOW)
    path = "/v1/surveys/shop/responses"

    answered = [
        collect.request("POST", "/v1/surveys/shop/tokens", body={}, headers=SHOP),
        collect.request("POST", path, body={"token": token, "score": 9}, headers=SHOP),
        collect.request("POST", path, body={"token": token, "score": 11}, headers=SHOP),
        collect.request("POST", path, body={"token": "forged", "score": 9}, headers=SHOP),
        collect.request("PATCH", f"/v1/responses/{token}", body={"score": 8}, headers=SHOP),
        collect.request("PATCH", f"/v1/responses/{late}", body={"score": 8}, headers=SHOP),
    ]

    assert [each.status for each in answered] == [201, 201, 422, 400, 200, 410]
    assert {each.headers[ALLOWED] for each in answered} == {"https://shop.example"}


def test_another_site_gets_no_permission_with_its_answer(collect: Collect) -> None:
    answered = collect.request("POST", "/v1/surveys/shop/tokens", body={}, headers=ELSEWHERE)

    assert ALLOWED not in answered.headers
