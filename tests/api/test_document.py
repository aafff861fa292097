"""Whatever is sent, the stack answers as the OpenAPI document says, and never with a fault of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from collect import openapi
from collect.openapi_operation import Operation
from collect.openapi_operations import OPERATIONS
from collect.page_stamp import PageStamp
from hearback.judging import READING
from tests.api.conftest import Target

HELD = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 80
"""Requests a route; about a minute for all of them."""
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20260304/eu-west-1/execute-api/aws4_request"}


class RealParts:
    """Puts what exists into two requests of three: what is invented gets no further than the door."""

    def __init__(self, target: Target, operation: Operation) -> None:
        past = target.deployment.now() - timedelta(days=1)
        self._target, self._form = target, isinstance(operation.body, dict)
        self._of_task = operation.path.startswith("/t/")
        self._code = target.coupon if "coupons" in operation.path else target.link
        self._tokens = [
            *(target.token(contact=f"{number:032x}") for number in range(4)),
            *(target.token(channel="widget") for _ in range(3)),
            target.token(contact="c0ffee", dimensions={"store": "pune"}),
            target.token(survey="ended"),
            target.token(survey="nowhere"),
            target.token(expires_at=past),
            target.token(purpose="unsubscribe", subject="c0ffee"),
        ]
        if self._of_task:
            self._tokens[:7] = [target.task_token() for _ in range(7)]
        for token in self._tokens[::2]:  # half of them have an answer to amend
            requests.post(f"{target.url}/v1/surveys/shop/responses", json={"token": token, "score": 3}, timeout=30)

    def put(self, case: schemathesis.Case, count: int) -> None:
        if count % 3 == 0:
            return
        token = self._tokens[count % len(self._tokens)]
        survey = "ended" if count % 17 == 0 else "shop"
        self._replace(case.path_parameters, {"token": token, "survey": survey, "code": self._code()})
        if isinstance(case.body, dict):
            self._replace(case.body, {"token": token, "survey": "shop", "page": self._stamp(token)})
            if count % 3 == 1:
                said = {"answers": {"wish": "More tea"}, "dimensions": {"touchpoint": "checkout"}, "identity": ""}
                self._replace(case.body, self._purchase(count))
                self._replace(case.body, {**said, "score": "9", "step": "score"} if self._form else said)
                if self._of_task:
                    case.body |= {"do": "note", "text": "Nobody answered."}

    def _purchase(self, count: int) -> dict[str, str]:
        """Somebody new became a customer."""
        who = {"reference": f"order {count}", "customer": f"customer {count}"}
        return {"code": self._code(), "value": "120.00", "currency": "USD", **who}

    def _stamp(self, token: str) -> str:
        """Of a page that was made just long enough ago to be read."""
        return PageStamp.at(self._target.deployment.now() - READING, 9).sign(token, self._target.keys)

    @staticmethod
    def _replace(parts: dict[str, Any], real: Mapping[str, Any]) -> None:
        parts.update({name: value for name, value in real.items() if name in parts})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_answer_is_one_that_the_document_promises(target: Target, operation: Operation) -> None:
    schema = schemathesis.openapi.from_dict(openapi.document())
    described = schema[operation.path][operation.method.upper()]
    real, headers = RealParts(target, operation), SIGNED if operation.signed else {}
    met: Counter[int] = Counter()
    sent = described.as_strategy()
    if isinstance(operation.body, type):  # bodies that break their schema too
        sent |= described.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=sent)
    def send(case: Any) -> None:
        real.put(case, sum(met.values()))
        response = case.call(base_url=target.url, headers=headers)
        met[response.status_code] += 1
        case.validate_response(response, checks=HELD)

    send()

    assert met[operation.answers[0].status], f"no request got through: {dict(met)}"
