"""Tokens over HTTP: nothing that was not signed here opens a page, stores an answer or stops a mail."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import requests
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hearback import token as signed
from hearback.token import Token
from tests.api.conftest import Target

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Door = Callable[[requests.Session, str, str], requests.Response]
DOORS: dict[str, Door] = {
    "page": lambda http, url, token: http.get(f"{url}/a/{token}?score=9"),
    "form": lambda http, url, token: http.post(f"{url}/a/{token}", "step=score&score=9", headers=FORM),
    "unsubscribe page": lambda http, url, token: http.get(f"{url}/u/{token}"),
    "unsubscribe": lambda http, url, token: http.post(f"{url}/u/{token}", "List-Unsubscribe=One-Click", headers=FORM),
    "amend": lambda http, url, token: http.patch(f"{url}/v1/responses/{token}", json={"score": 9}),
    "signal": lambda http, url, token: http.post(
        f"{url}/v1/responses/{token}/signals", json={"kind": "human", "page": "1"}
    ),
}
SWAPPED = {
    "part": st.integers(0, 6),
    "value": st.one_of(st.text(max_size=20), st.integers(), st.none(), st.just({"store": "delhi"}), st.just("u")),
}


def refused(target: Target, http: requests.Session, forged: str) -> None:
    """No door opens; what the token stands for goes into the body of one more as it is."""
    said = http.post(f"{target.url}/v1/surveys/shop/responses", json={"token": forged, "score": 9})
    assert said.status_code == 400
    path = quote(forged, safe="")
    for name, knock in DOORS.items():
        status = knock(http, target.url, path).status_code
        assert status in (400, 404), f"{name} answered {status} to {forged!r}"


def bounded(examples: int) -> settings:
    every = list(HealthCheck)
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=every)


def test_no_token_with_a_changed_letter_opens_anything(target: Target) -> None:
    true = target.token(contact="c0ffee", dimensions={"store": "pune"})

    @bounded(60)
    @given(place=st.integers(0, len(true) - 1), letter=st.characters(codec="utf-8", exclude_characters="/?#"))
    def knock(place: int, letter: str) -> None:
        forged = true[:place] + letter + true[place + 1 :]
        assume(forged != true)
        refused(target, http, forged)

    with requests.Session() as http:
        knock()


def test_no_token_that_says_something_else_opens_anything(target: Target) -> None:
    body, key_id, signature = target.token(contact="c0ffee", dimensions={"store": "pune"}).split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))

    @bounded(60)
    @given(st.fixed_dictionaries(SWAPPED))
    def knock(change: dict[str, object]) -> None:
        place = int(str(change["part"]))
        assume(change["value"] != said[place])
        text = json.dumps([*said[:place], change["value"], *said[place + 1 :]]).encode()
        refused(target, http, ".".join((base64.urlsafe_b64encode(text).rstrip(b"=").decode(), key_id, signature)))

    with requests.Session() as http:
        knock()


def test_no_token_signed_with_another_key_opens_anything(target: Target) -> None:
    expires_at = target.deployment.now() + timedelta(days=9)
    true = Token("answer", "shop.0" + "0" * 26, expires_at)

    @bounded(40)
    @given(st.text(min_size=1, max_size=10), st.text(max_size=64))
    def knock(key_id: str, key: str) -> None:
        forged = signed.sign(true, {key_id: key})
        refused(target, http, forged)

    with requests.Session() as http:
        knock()


def test_no_token_opens_what_it_was_not_made_for(target: Target) -> None:
    answer, unsubscribe = target.token(), target.token(purpose="unsubscribe", subject="c0ffee")
    with requests.Session() as http:
        for name, knock in DOORS.items():
            other = answer if "unsubscribe" in name else unsubscribe
            assert knock(http, target.url, other).status_code == 400, name


def test_nothing_forged_was_stored(target: Target) -> None:
    before = target.deployment.dynamodb.scan(TableName=target.deployment.output("FeedbackTable"))["Count"]
    true = target.token()
    with requests.Session() as http:
        for place in range(0, len(true), 3):
            refused(target, http, true[:place] + ("A" if true[place] != "A" else "B") + true[place + 1 :])

    after = target.deployment.dynamodb.scan(TableName=target.deployment.output("FeedbackTable"))["Count"]
    assert after == before
