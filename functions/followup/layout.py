"""Letters laid out: the templates of one letter, printed with one voice, as HTML and as plain text."""

import re
import textwrap
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from followup.mail import Letter
from followup.voice import Voice
from followup.words import one_line
from hearback.contrast import readable_on

COLUMNS = 72


def lay_out(template: str, voice: Voice, subject: str, **values: object) -> Letter:
    """The letter of `<template>.html` and `<template>.txt`. Raises UndefinedError for a value they miss."""
    everything = {
        "voice": voice,
        "say": voice.say,
        "subject": one_line(subject),
        "start": "right" if voice.direction == "rtl" else "left",
        "end": "left" if voice.direction == "rtl" else "right",
        "colour": voice.survey.brand.colour,
        "ink": readable_on(voice.survey.brand.colour),
        **values,
    }
    html = _templates().get_template(f"{template}.html").render(everything)
    text = _templates().get_template(f"{template}.txt").render(everything)
    return Letter(one_line(subject), wrap(text), html)


def wrap(text: str) -> str:
    """Plain text in lines of at most 72 columns, with single empty lines between paragraphs.

    Further lines of a list item or of a quotation are set in like the first. An address that ends a line stays
    on it, so that it can be clicked.
    """
    lines: list[str] = []
    for line in text.splitlines():
        before, _, last = line.rpartition(" ")
        if "://" in last and len(before) < COLUMNS:
            lines.append(line)
            continue
        words = line.lstrip(" ")
        margin = " " * (len(line) - len(words))
        mark = words[:2] if words.startswith(("> ", "- ")) else ""
        lines += textwrap.wrap(
            words.removeprefix(mark),
            COLUMNS,
            initial_indent=margin + mark,
            subsequent_indent=margin + mark.replace("-", " "),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n") + "\n"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
