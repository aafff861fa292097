"""What a survey's definition is made of: names, texts and addresses, and the models' common ground."""

import re
import unicodedata
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict, StringConstraints
from pydantic_core import Url

from hearback.contact import mailable, normalise_address

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Whole = Annotated[int, Strict()]
"""A whole number. YAML's true is none, though Python counts with it."""
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$")]
ANY = "*"
"""The locale of a text that is given once for all."""

_PLACEHOLDER = re.compile(r"\{[^\W\d][\w .-]*\}")


def _filled_in(text: str) -> str:
    """Refuse what looks like something to be filled in and is not: customers would read it as it is."""
    for found in _PLACEHOLDER.findall(text):
        if found != "{brand}":
            raise ValueError(f"{found} is nothing that is filled in; {{brand}} is")
    return text


def _one_line(text: str) -> str:
    """Refuse what would end a mail's header and begin another, and markup, which nobody would see as such."""
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        raise ValueError("write it on one line, without tabs and other control characters")
    if "<" in text or ">" in text:
        raise ValueError("it is plain text, without < and >")
    if not text.strip():
        raise ValueError("it says nothing; leave it out, and the mail has Hearback's own words")
    return text


_BY_LOCALE = BeforeValidator(lambda given: {ANY: given} if isinstance(given, str) else given)
Text = Annotated[
    dict[str, Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_filled_in)]], _BY_LOCALE
]
"""A text by locale, or one string for every locale. `{brand}` in it becomes the brand's name."""
Line = Annotated[
    dict[str, Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line), AfterValidator(_filled_in)]],
    _BY_LOCALE,
]
"""A text that stands on one line."""
Subject = Annotated[
    dict[str, Annotated[str, StringConstraints(max_length=120), AfterValidator(_one_line), AfterValidator(_filled_in)]],
    _BY_LOCALE,
]
"""A mail's subject: an inbox shows half of what it may have."""


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)  # not available_timezones(): listing them all costs every cold start 40 ms
    except (LookupError, ValueError, OSError):
        raise ValueError("not a time zone of the tz database, such as Asia/Kolkata") from None
    return name


def _address(text: str) -> str:
    normalise_address(text)
    mailable(text)
    return text


TimeZone = Annotated[str, AfterValidator(_known_time_zone)]
Address = Annotated[str, AfterValidator(_address)]


def _short(value: str) -> str:
    if len(value.encode()) > 60:
        raise ValueError("a value has at most 60 bytes; give it a short name")
    return value


DimensionValue = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^|#\x00-\x1f]+$"), AfterValidator(_short)]


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _origin(text: str) -> str:
    """Refuse what no browser sends, since an origin is compared letter by letter (Fetch standard, 3.2)."""
    try:
        url = Url(text)
    except ValueError:
        url = None
    if url is None or url.scheme not in _PORTS or not url.host or "*" in url.host:
        raise ValueError("not the origin of a site, such as https://shop.example.com")
    port = "" if url.port == _PORTS[url.scheme] else f":{url.port}"
    if text != (sent := f"{url.scheme}://{url.host}{port}"):
        raise ValueError(f"browsers name this site {sent}; write it just so")
    return text


_PORTS = {"https": 443, "http": 80}
Origin = Annotated[str, AfterValidator(_origin)]
HttpsUrl = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"<>/]+[^\s\"<>]*$", max_length=500)]


class Part(BaseModel):
    # deferred: of a survey's many models, only the whole is built, and only by who reads one
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
