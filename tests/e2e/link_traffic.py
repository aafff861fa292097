"""What machines and people do with the links of one token, over real HTTP."""

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from hearback.fact import FactId
from hearback.token import Token, sign
from local.stack import Stack

BROWSER = {"Accept": "text/html", "Accept-Encoding": "identity", "Accept-Language": "en"}


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: Mapping[str, str]
    text: str


def http_request(stack: Stack, method: str, path: str, body: Any = None, **headers: str) -> Got:
    where = urlsplit(stack.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=30)
    try:
        connection.request(method, path, body=body, headers={**BROWSER, **headers})
        answer = connection.getresponse()
        lower = {name.lower(): value for name, value in answer.getheaders()}
        return Got(answer.status, lower, answer.read().decode())
    finally:
        connection.close()


def unsubscribe_path(stack: Stack, contact: str) -> str:
    """Where the unsubscribe link of a contact's mails leads."""
    return f"/u/{_signed(stack, Token('unsubscribe', contact, stack.now() + timedelta(days=30), locale='en'))}"


def send_form(stack: Stack, got: Got, **filled: str) -> Got:
    """Send the first form of a page with its own fields and what is filled in."""
    action = re.search(r'<form method="post" action="([^"]+)"', got.text)
    assert action
    fields = {**hidden_fields(got), **filled}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return http_request(stack, "POST", action[1].replace("&amp;", "&"), urlencode(fields), **headers)


def hidden_fields(got: Got) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', got.text))


def _signed(stack: Stack, token: Token) -> str:
    secret = stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["TokenSecret"])
    return sign(token, json.loads(secret["SecretString"]))


@dataclass(slots=True)
class Links:
    """The links that one token is sent out in, and the page that was opened last."""

    stack: Stack
    token: str
    response: str
    page: str = ""
    score: int = -1
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def invited(cls, stack: Stack, survey: str = "product") -> "Links":
        """Those of an invitation that was mailed."""
        fact = FactId.mint(survey, 4, stack.now())
        token = Token("answer", str(fact), stack.now() + timedelta(days=30), channel="mail", locale="en")
        return cls(stack, _signed(stack, token), str(fact))

    def get(self, score: int, **headers: str) -> Got:
        """Open a link, following where it leads; keeps the page."""
        path = f"/a/{self.token}?score={score}"
        for _ in range(5):
            got = http_request(self.stack, "GET", path, **headers)
            if got.status not in (301, 302, 303, 307, 308):
                break
            path = urljoin(path, got.headers["location"])
        self._keep(got, score)
        return got

    def head(self, score: int) -> Got:
        return http_request(self.stack, "HEAD", f"/a/{self.token}?score={score}")

    def trap(self) -> Got:
        """Follow the link of the page that no person sees."""
        found = re.search(r'href="(/a/[^"]+\?more=[^"]+)"', self.page)
        assert found
        return http_request(self.stack, "GET", found[1])

    def send(self, **filled: str) -> Got:
        """Send the page's form with its fields, the preselected score and what is filled in."""
        fields = {**self.fields, "score": str(self.score), **filled}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        got = http_request(self.stack, "POST", f"/a/{self.token}?lang=en", urlencode(fields), **headers)
        if 'name="page"' in got.text:
            self._keep(got, int(fields["score"]))
        return got

    def signal(self, kind: str) -> Got:
        """What the page's script reports."""
        body = json.dumps({"kind": kind, "page": self.fields["page"]})
        headers = {"Content-Type": "text/plain;charset=UTF-8"}
        return http_request(self.stack, "POST", f"/v1/responses/{self.token}/signals", body, **headers)

    def _keep(self, got: Got, score: int) -> None:
        self.page, self.score = got.text, score
        self.fields = hidden_fields(got)
