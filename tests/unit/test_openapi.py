"""The OpenAPI document: complete, true to the template, up to date in docs/."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from collect import openapi, replies
from collect.openapi_operations import OPERATIONS
from collect.page_stamp import PageStamp
from collect.problems import Kind
from ops import openapi as publishing
from tests.conftest import Collect


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document()


def answers(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                yield f"{method} {path}", status, answer


def test_the_published_one_is_up_to_date() -> None:
    assert publishing.PUBLISHED.read_text(encoding="utf-8") == publishing.text(), "run: make openapi"


def test_it_names_every_route_of_the_template(document: Mapping[str, Any], template: Mapping[str, Any]) -> None:
    events = template["Resources"]["CollectFunction"]["Properties"]["Events"].values()
    routes = {(event["Properties"]["Method"], event["Properties"]["Path"]) for event in events}

    documented = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}

    assert documented == {route for route in routes if route[0] not in ("HEAD", "OPTIONS")}


def test_every_kind_of_problem_can_come_from_some_route() -> None:
    assert {kind for operation in OPERATIONS for kind in operation.refusals} == set(get_args(Kind))


def test_every_answer_to_a_program_has_an_example(document: Mapping[str, Any]) -> None:
    for route, status, answer in answers(document):
        for content_type, content in answer.get("content", {}).items():
            if "json" in content_type:
                assert content.get("example") or content.get("examples"), (route, status)


def test_examples_are_what_the_types_say(document: Mapping[str, Any]) -> None:
    seen = 0
    for route, status, answer in answers(document):
        for content in answer.get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            examples = [each["value"] for each in content.get("examples", {}).values()] or [content.get("example")]
            for example in examples if name else []:
                reply: TypeAdapter[Any] = TypeAdapter(getattr(replies, name))
                assert reply.validate_python(example, strict=True, extra="forbid") == example, (route, status)
                seen += 1
    assert seen > 60


def test_examples_of_bodies_are_taken() -> None:
    for operation in OPERATIONS:
        if operation.body is not None and not isinstance(operation.body, dict):
            operation.body.model_validate(operation.example)


def test_examples_of_stamps_are_written_as_pages_write_them() -> None:
    stamps = [operation.example["page"] for operation in OPERATIONS if "page" in operation.example]

    assert len(stamps) == 5
    for stamp in stamps:
        made, score, _ = stamp.split("-")
        signed = PageStamp(int(made), int(score) if score else None).sign("answer.k1.mac", {"k1": "key"})
        assert signed.rpartition("-")[0] == stamp.rpartition("-")[0]


def test_every_reference_leads_somewhere(document: Mapping[str, Any]) -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if "$ref" in part:
                yield part["$ref"]
            for each in part.values():
                yield from references(each)
        elif isinstance(part, list):
            for each in part:
                yield from references(each)

    named = {reference.rpartition("/")[2] for reference in references(document)}

    assert named
    assert named <= set(document["components"]["schemas"])


def test_it_is_served_compressed_and_may_be_kept(collect: Collect, document: Mapping[str, Any]) -> None:
    served = collect.request("GET", "/openapi.json", headers={"accept-encoding": "gzip"})

    assert (served.status, served.headers["content-type"]) == (200, "application/json")
    assert served.headers["content-encoding"] == "gzip"
    assert served.headers["cache-control"] == "public, max-age=3600"
    assert served.json == document


def test_programs_ask_for_its_headers(collect: Collect) -> None:
    assert (collect.request("HEAD", "/openapi.json").status, collect.request("HEAD", "/openapi.json").raw) == (200, b"")
