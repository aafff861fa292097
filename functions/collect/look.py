"""How pages look in a brand's colour, and the policy that lets a browser load that style and nothing else."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

from collect.contrast import readable_on

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
