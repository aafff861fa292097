"""Who a visitor of somebody's site is, in the word of that site's own server.

A JSON Web Token (RFC 7519) signed with HS256 (RFC 7515) and a key of the identity secret, whose id is the
header's `kid`: what every server can make in three lines. A page's own word is never taken.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from collect.bodies import Dimensions, Short, Visible
from collect.problems import Fault, Problem
from hearback.clock import SKEW
from hearback.contact import BadAddress, Contact, contact_key

LONGEST = timedelta(days=1)
"""How far ahead an identity may expire: whoever copies it from a page can be that visitor until then."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, defer_build=True)


class _Header(_Part):
    alg: Literal["HS256"]
    kid: str
    crit: Any = None
    """What a reader must understand or refuse (RFC 7515, 4.1.11). We understand nothing of the kind."""


class Identity(_Part):
    """What the site's server said: whom, and until when."""

    exp: Annotated[float, Field(ge=0, lt=1e11)]
    """Seconds since 1970."""
    nbf: float | None = None
    """Not before then: seconds since 1970."""
    email: Annotated[str, StringConstraints(min_length=1, max_length=254)] | None = None
    sub: Annotated[str, StringConstraints(min_length=1, max_length=200), Visible] | None = None
    """The site's own id of the person."""
    name: Short = ""
    dimensions: Dimensions = {}
    """Also those that are not public: the server knows them."""

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if (self.email is None) == (self.sub is None):
            raise ValueError("give email or sub, and only one: it is the person's key")
        return self

    def contact(self, keys: Mapping[str, str]) -> Contact:
        """The person, keyed with the contact secret's `keys`. Raises Problem."""
        try:
            key = contact_key(self.email or self.sub or "", keys, address=self.email is not None)
        except BadAddress:
            _refuse("its email is not an e-mail address")
        return Contact(key, (self.email or "").strip(), self.name)


def verify(text: str, keys: Mapping[str, str], now: datetime) -> Identity:
    """The identity a text stands for; `keys` are the identity secret's. Raises Problem if it cannot be trusted."""
    signed, _, signature = text.rpartition(".")
    header, _, payload = signed.partition(".")
    try:
        head = _Header.model_validate_json(_decode(header))
    except ValueError:
        _refuse('it is no JSON Web Token whose header says "alg": "HS256" and has the key\'s id as "kid"')
    if "crit" in head.model_fields_set:
        _refuse('its header has "crit", and no such extension is understood here; leave it out')
    key = keys.get(head.kid)
    if key is None or not hmac.compare_digest(signature.encode(), _mac(signed, key)):
        _refuse("its signature is not made with the key of the identity secret that its kid names")
    try:
        identity = Identity.model_validate_json(_decode(payload))
    except ValidationError as error:
        place, message = error.errors()[0]["loc"], error.errors()[0]["msg"]
        _refuse(f"{'.'.join(map(str, place)) or 'its claims'}: {message}")
    left = identity.exp - now.timestamp()
    if left <= 0:
        _refuse("it has expired; sign a new one for each page")
    if left > (LONGEST + SKEW).total_seconds():
        _refuse(f"it expires in more than {LONGEST.days * 24} hours")
    if identity.nbf is not None and identity.nbf - now.timestamp() > SKEW.total_seconds():
        _refuse("its nbf, from when on it holds, is still to come")
    return identity


def _refuse(why: str) -> NoReturn:
    raise Problem("identity-refused", f"The identity is refused: {why}.", [Fault("#/identity", why)]) from None


def _mac(signed: str, key: str) -> bytes:
    digest = hmac.digest(key.encode(), signed.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
