"""As much of a browser as answering a survey takes: fetch a page, fill in its form, send it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import urllib3


class PageRefused(Exception):
    """The server answered a request with something else than a page."""


@dataclass
class Page(HTMLParser):
    """A page and its form: where it is sent, what it holds, and what can be filled in."""

    url: str
    html: str
    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    """Values of radio buttons, by name."""
    texts: set[str] = field(default_factory=set)
    """Names of text areas."""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = urljoin(self.url, given["action"])
        elif tag == "textarea":
            self.texts.add(given["name"])
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given["value"]
        elif tag == "input" and given.get("type") == "radio":
            self.choices.setdefault(given["name"], []).append(given["value"])


class Browser:
    def __init__(self) -> None:
        self._pool = urllib3.PoolManager()

    def open(self, url: str) -> Page:
        """Raises PageRefused."""
        return self._page(url, self._pool.request("GET", url))

    def send(self, page: Page, filled: Mapping[str, str]) -> Page:
        """Send the page's form with what was filled in; the page that follows. Raises PageRefused."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({**page.hidden, **filled})
        return self._page(page.action, self._pool.request("POST", page.action, body=body, headers=headers))

    def post_json(self, url: str, body: Mapping[str, object]) -> None:
        """Raises PageRefused."""
        self._page(url, self._pool.request("POST", url, json=body))

    @staticmethod
    def _page(url: str, answer: urllib3.BaseHTTPResponse) -> Page:
        if answer.status >= 400:
            raise PageRefused(f"{answer.status} from {url}: {answer.data.decode(errors='replace')[:500]}")
        return Page(url, answer.data.decode())
