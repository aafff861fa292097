"""A page filled in: its template, its style in a brand's colour, and the policy that lets a browser load just that."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collect.bodies import NAME_LENGTH, PHONE_LENGTH, WHEN_LENGTH
from collect.look import StyleSheet, security_policy, style
from collect.reply import Reply
from hearback.judging import TRAP
from hearback.language import Texts, comma, direction

_EVERYWHERE = {
    "trap": TRAP,
    "name_length": NAME_LENGTH,
    "phone_length": PHONE_LENGTH,
    "when_length": WHEN_LENGTH,
}
"""What every template may name."""


def render(
    template: str,
    status: int,
    locale: str,
    words: Texts,
    colour: str,
    brand: str,
    title: str,
    script: str = "",
    logo: str = "",
    sheet: StyleSheet | None = None,
    **values: Any,
) -> Reply:
    """The reply that is one page; `values` are what its template names. Raises UndefinedError for one it misses."""
    html = (
        templates()
        .get_template(template)
        .render(
            locale=locale,
            direction=direction(locale),
            say=words.say,
            comma=comma(words.language),
            style=style(colour, sheet),
            brand=brand,
            logo=logo,
            title=title,
            script=script,
            **values,
        )
    )
    headers = {"Content-Security-Policy": security_policy(colour, script, sheet)}
    return Reply(status, html.encode(), "text/html; charset=utf-8", headers)


@cache
def templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= _EVERYWHERE
    return made
