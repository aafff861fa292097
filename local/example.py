"""A site that has the widget, and a server behind it that signs who its visitors are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jinja2 import Environment
from werkzeug.wrappers import Request, Response

from hearback.signing_key import signing_key

if TYPE_CHECKING:
    from local.stack import Stack

_VALID = timedelta(minutes=10)


class ExampleSite:
    """One page. Its identities are made as docs/widget.md tells any server to make them."""

    def __init__(self, stack: Stack, templates: Environment) -> None:
        self._stack = stack
        self._templates = templates

    def page(self, request: Request) -> Response:
        """The page: `?survey=` to ask, `?as=` the address that is signed in, `?lang=` its language."""
        person = request.args.get("as", "").strip()
        text = self._templates.get_template("example.html").render(
            stack=self._stack.url,
            survey=request.args.get("survey", "product"),
            locale=request.args.get("lang", "en"),
            person=person,
            identity=signed_identity(person, self._keys(), self._stack.now()) if person else "",
        )
        return Response(text, content_type="text/html; charset=utf-8")

    def _keys(self) -> dict[str, str]:
        secret = self._stack.outputs["IdentitySecret"]
        found = self._stack.client("secretsmanager").get_secret_value(SecretId=secret)
        keys: dict[str, str] = json.loads(found["SecretString"])
        return keys


def signed_identity(email: str, keys: dict[str, str], now: datetime) -> str:
    """A JSON Web Token that says whose browser this is."""
    key_id = signing_key(keys)
    header = {"alg": "HS256", "kid": key_id}
    claims = {"email": email, "exp": int((now + _VALID).timestamp())}
    signed = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_encode(hmac.digest(keys[key_id].encode(), signed.encode(), hashlib.sha256))}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
