"""A scanner of mails: it opens every link of the mails and of the pages behind them, and sends their forms."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from local.outbox import Mail
from local.stack import Stack
from tests.e2e.link_traffic import Got, http_request

TRAP = "more"


@dataclass(frozen=True, slots=True)
class Form:
    """A form as its page has it."""

    action: str
    fields: list[tuple[str, str, str, bool]] = field(default_factory=list)
    """Each field's name, type and value, and whether it is sent without anybody touching it."""

    def untouched(self) -> dict[str, str]:
        """What is sent when only its button is pressed."""
        return {name: value for name, _, value, given in self.fields if given}

    def filled(self, now: datetime) -> dict[str, str]:
        """With something in every field; the trap is left empty."""
        said = {
            "tel": "+353 1 555 0199",
            "text": "https://example.com",
            "textarea": "https://example.com",
            "date": f"{now + timedelta(days=2):%Y-%m-%d}",
            "time": "12:00",
        }
        every = {name: said.get(kind, value) for name, kind, value, _ in self.fields}
        return every | ({TRAP: ""} if TRAP in every else {})


class Page(HTMLParser):
    """A page's links and forms."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag == "form":
            self.forms.append(Form(said["action"]))
        elif self.forms and (name := said.get("name")):
            kind = said.get("type", tag)
            given = "checked" in said if kind in ("radio", "checkbox") else tag != "button"
            self.forms[-1].fields.append((name, kind, said.get("value", ""), given))


@dataclass(frozen=True, slots=True)
class Scanner:
    stack: Stack

    def every_link(self) -> list[str]:
        """The paths of ours that any mail holds."""
        return sorted({link for mail in self.stack.mails() for link in self.links(mail)})

    def links(self, mail: Mail) -> set[str]:
        """The paths of ours that a mail holds, wherever they stand in it."""
        texts = [mail.body("html") or "", mail.body("plain") or "", mail.message.get("List-Unsubscribe", "")]
        found = [link for text in texts for link in re.findall(rf"{re.escape(self.stack.url)}(/[^\s\"<>]+)", text)]
        return {link.replace("&amp;", "&").rstrip(".,)") for link in found}

    def open(self, path: str, method: str = "GET") -> Got:
        return http_request(self.stack, method, path)

    def follow(self, path: str) -> Got:
        """Open a page, and every link of ours on it."""
        got = self.open(path)
        for link in Page(got.text).links:
            if link.startswith("/"):
                self.open(link)
        return got

    def forms(self, path: str) -> list[Form]:
        """The forms of a page that is opened now."""
        return Page(self.open(path).text).forms

    def send(self, form: Form, said: dict[str, str]) -> Got:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return http_request(self.stack, "POST", form.action, urlencode(said), **headers)


def stored(stack: Stack) -> dict[tuple[str, str], Any]:
    """Every item of every table, by table and key."""
    found = {}
    for table in ("FeedbackTable", "DirectoryTable", "TallyTable"):
        pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs[table])
        for item in (item for page in pages for item in page["Items"]):
            found[table, f"{item['pk']['S']} {item['sk']['S']}"] = item
    return found


def changed(before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]) -> set[str]:
    """The keys of items that came, went or changed."""
    keys = before.keys() | after.keys()
    return {key for table, key in keys if before.get((table, key)) != after.get((table, key))}
