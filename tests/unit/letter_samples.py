"""What the tests of letters share: people, answers, hostile words, and a reader of HTML that minds its tags."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from followup.mail import Letter
from hearback.contact import Contact
from hearback.fact import FactId
from hearback.response import Answer, Response

NOW = datetime(2026, 5, 11, 3, 30, tzinfo=UTC)
"""A Monday, 09:00 in Kolkata."""

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Tom & Jerry's <b>bold</b> idea",
    "{{ 7 * 7 }} {% raw %} {brand} {0} %(x)s %s",
    "\u202egnp.exe\u2066 \u200fabc\u061c",
    "line one\r\nBcc: all@example.com\r\n\r\nbody",
    "nul \x00 bell \x07 escape \x1b[31m delete \x7f",
    "half a pair \ud800 and \udfff",
    "word " * 1000,
    "x" * 5000,
    "https://evil.example/" + "y" * 4000,
    "👨‍👩‍👧 क्ष्म é ﷺ",
    '=HYPERLINK("https://evil.example","pay") +1-1 @SUM(A1)',
    "\u200b\ufeff\u2060\u00ad",
    "Ra\u200bvi\ufeff Ku\u00admar",
    "=?utf-8?B?QmNjOiBhbGxAZXhhbXBsZS5jb20=?=",
    "javascript:alert(1) data:text/html,<b>",
    "</td></tr></table></body></html><!-- ]]> -->",
    "a" + "\u0301\u0489" * 400,
    ".\r\n--boundary--\r\nFrom nobody",
]
VOID = frozenset({"br", "img", "meta", "hr", "input", "link"})


class Page(HTMLParser):
    """Reads a page, and fails on a tag that is not closed where it should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(letter: Letter) -> Page:
    return Page(letter.html)


def person(**known: str) -> Contact:
    return Contact(**{"key": "c1", "email": "ravi@example.com", "name": "Ravi Kumar"} | known)


def answer(score: int, comment: str = "", *, hours_ago: int = 1, **rest: Any) -> Response:
    made = Response(
        id=FactId("shop", 0, f"01HX{hours_ago:022d}"),
        score=score,
        answered_at=NOW - timedelta(hours=hours_ago),
        day="2026-05-10",
        comment=comment,
        dimensions={"store": "pune", "touchpoint": "checkout"},
        contact="c1",
    )
    return replace(made, **rest)


def slipped(score: int, was: int, comment: str, **rest: Any) -> Response:
    """An answer whose words were written with another score, half an hour before it was changed to this one."""
    before = answer(was, comment, **rest)
    return before.amended(Answer(score), before.answered_at + timedelta(minutes=30))
