"""Letters laid out: the templates of one letter, printed with one voice, as HTML and as plain text."""

import re
import textwrap
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from followup.mail import Letter
from followup.voice import Voice
from followup.words import one_line

COLUMNS = 72
LIGHT, DARK = "#ffffff", "#16191d"


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


def readable_on(colour: str) -> str:
    """Of near-black and white, the one that contrasts more with a background `#rrggbb`.

    Contrast as WCAG 2.2 defines it, (lighter + 0.05) / (darker + 0.05): https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    background = _luminance(colour)
    on_light = (_luminance(LIGHT) + 0.05) / (background + 0.05)
    on_dark = (background + 0.05) / (_luminance(DARK) + 0.05)
    return LIGHT if on_light >= on_dark else DARK


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


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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
