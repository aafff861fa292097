"""The script that sites load: small, cacheable, and nothing to be afraid of under their policies."""

import gzip
import re

import pytest

from collect import widget_script
from tests.conftest import Collect


def test_it_weighs_at_most_8_kb_on_the_wire_with_everything_in(collect: Collect) -> None:
    answered = collect.request("GET", "/widget.js", headers={"accept-encoding": "gzip, br"})

    assert answered.headers["content-encoding"] == "gzip"
    assert len(answered.raw) <= 8 * 1024
    assert gzip.decompress(answered.raw) == widget_script.script()


def test_it_is_kept_for_an_hour_and_then_asked_for_again_without_being_sent(collect: Collect) -> None:
    first = collect.request("GET", "/widget.js")

    again = collect.request("GET", "/widget.js", headers={"if-none-match": f'"x", {first.headers["etag"]}'})

    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"].startswith("public, max-age=3600")
    assert first.headers["vary"] == "Accept-Encoding"
    assert (again.status, again.raw) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_every_site_may_load_it(collect: Collect) -> None:
    headers = collect.request("GET", "/widget.js", headers={"origin": "https://anywhere.example"}).headers

    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_head_says_the_same_without_sending_it(collect: Collect) -> None:
    answered = collect.request("HEAD", "/widget.js")

    assert (answered.status, answered.raw) == (200, b"")
    assert answered.headers["etag"] == widget_script.etag()


@pytest.mark.parametrize(
    "sink", ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval", "Function(", "cookie", "import("]
)
def test_it_uses_nothing_that_strict_policies_forbid(sink: str) -> None:
    assert sink not in widget_script.script().decode()


def test_it_is_sent_without_comments_and_with_all_its_parts() -> None:
    script = widget_script.script().decode()

    assert not re.search(r"^\s*(//|/?\*)", script, re.MULTILINE)
    for part in ("storage", "flush", "choices", "frame", "card", "start"):
        assert f"function {part}(" in script
