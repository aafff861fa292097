"""The letter that tells somebody what was done about what they had said: its author's words, in our one layout."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from followup.layout import lay_out
from followup.mail import Letter
from followup.voice import MOST_NAME, Voice
from followup.words import one_line, shorten
from hearback.announcement import Announcement, Raised
from hearback.announcement_message import WORDS, fill
from hearback.contact import Contact
from hearback.mentions import excerpt
from hearback.response import Response
from hearback.survey import Survey

THEIR_WORDS = 240
"""Characters of their own words that a person is shown: enough to know them again."""
_ADDRESS = re.compile(r"(https?://[^\s<>\"{}]*[^\s<>\"{}.,;:!?)'])")


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[tuple[str, str], ...]
    """(text, link or ""). Only an address that the author wrote is a link, none in what is filled in."""
    quoted: bool = False

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.runs)


def announcement_letter(
    survey: Survey,
    announcement: Announcement,
    response: Response,
    raised: Raised,
    contact: Contact,
    unsubscribe: str,
) -> Letter:
    """What a person is told. Greeting, signature and footer are ours, in the language of the message."""
    locale = announcement.locale(survey, response.locale, contact.locale)
    voice, message = Voice.of(survey, locale), announcement.messages[locale]
    values = {
        "name": shorten(contact.name, MOST_NAME) or voice.say("announcement_nameless"),
        "brand": voice.brand,
        "their_words": one_line(excerpt(raised.words, raised.mentions[0], THEIR_WORDS)),
    }
    return lay_out(
        "announcement",
        voice,
        fill(message.subject, values),
        greeting=voice.greeting(contact.name),
        paragraphs=[_paragraph(written, values) for written in message.paragraphs],
        why=voice.say("reply_why"),
        unsubscribe=unsubscribe,
    )


def _paragraph(written: str, values: Mapping[str, str]) -> Paragraph:
    return Paragraph(tuple(_runs(written, values)), quoted=written == WORDS)


def _runs(written: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for place, part in enumerate(_ADDRESS.split(written)):  # text and addresses by turns
        if part:
            yield (part, part) if place % 2 else (_printed(fill(part, values)), "")


def _printed(text: str) -> str:
    """The text fit to be printed, with the spaces at its ends, which part it from what stands beside it."""
    return " " * text[:1].isspace() + one_line(text) + " " * (text[-1:].isspace() and bool(text.strip()))
