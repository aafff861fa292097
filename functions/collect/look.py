"""How pages look in a brand's colour, and the policy that lets a browser load that style and nothing else."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

PLAIN_COLOUR = "#2456d6"
"""For pages that belong to no survey."""


@cache
def style(colour: str) -> Markup:
    """The style sheet of every page. `colour` is #rrggbb, checked when the survey was applied."""
    sheet = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    return Markup(sheet.replace("BRAND", colour).replace("ON_IT", readable_on(colour)))  # noqa: S704 - our own file


@cache
def security_policy(colour: str) -> str:
    """Nothing is loaded, run or framed; the one style sheet is known by its digest (CSP level 3)."""
    digest = base64.b64encode(hashlib.sha256(style(colour).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def readable_on(colour: str) -> str:
    """Black or white, whichever contrasts more with a colour: at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
