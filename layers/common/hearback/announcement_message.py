"""The message of an announcement, as its author writes it: a text file.

`Subject: …` on the first line, an empty line, then paragraphs with an empty line between them. What stands in
braces is filled in for each person.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

PLACEHOLDERS = ("name", "brand", "their_words")
"""The person's name; the brand's; what the person wrote about it, shortened."""
WORDS = "{their_words}"
"""Standing alone in a paragraph, it is a quotation. A subject may not have it."""
LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000
"""Characters."""
_SUBJECT = re.compile(r"subject:[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_BRACED = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class BadMessage(ValueError):
    """The message cannot be sent as it is. It says in which line, what is wrong, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is written, before anything is filled in. Each paragraph is one line."""

    subject: str
    paragraphs: tuple[str, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """A message from a file's bytes. Raises BadMessage."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise BadMessage(f"line {line}: its byte {data[error.start]:#04x} is not UTF-8; save it as UTF-8") from None
        lines = text.replace("\r\n", "\n").split("\n")
        if problem := _problem(lines):
            raise BadMessage(problem)
        body = "\n".join(line.strip() for line in lines[1:])
        paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\n+", body))
        return cls(_subject(lines[0]), tuple(filter(None, paragraphs)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """A part of a message with its placeholders filled in; braces in the values stay as they are."""

    def filled(found: re.Match[str]) -> str:
        return found[0][0] if found[1] is None else values[found[1]]

    return _BRACED.sub(filled, text)


def _subject(line: str) -> str:
    found = _SUBJECT.fullmatch(line)
    return found[1].strip() if found else ""


def _problem(lines: Sequence[str]) -> str:
    """What is wrong with a message, from the top; "" if nothing is."""
    subject = _subject(lines[0])
    if not subject:
        return "line 1: there is no subject; begin with a line such as Subject: You asked, we did"
    if len(subject) > LONGEST_SUBJECT:
        return f"line 1: the subject has {len(subject):,} characters; at most {LONGEST_SUBJECT}"
    for number, line in enumerate(lines, 1):
        allowed = [f"{{{name}}}" for name in PLACEHOLDERS if number > 1 or f"{{{name}}}" != WORDS]
        if problem := _problem_with(line, allowed):
            return f"line {number}: {problem}"
    if len(lines) > 1 and lines[1].strip():
        return "line 2: leave it empty; what people read begins on the third"
    if not any(line.strip() for line in lines[1:]):
        return "there is nothing after the subject; say what was done"
    length = sum(map(len, lines[1:]))
    return f"it has {length:,} characters; at most {LONGEST_BODY:,}" if length > LONGEST_BODY else ""


def _problem_with(line: str, allowed: Sequence[str]) -> str:
    for place, letter in enumerate(line, 1):
        if letter != "\t" and unicodedata.category(letter) in ("Cc", "Zl", "Zp"):
            return f"character {place} is U+{ord(letter):04X}, a control character; take it out"
    for found in _BRACED.finditer(line):
        if found[0] not in ("{{", "}}", *allowed):
            what = f"a lone {found[0]}" if found[1] is None else f"{found[0]}, which is no placeholder here"
            return f"character {found.start() + 1} is {what}; there are {', '.join(allowed)}, and {{{{ for a brace"
    return ""
