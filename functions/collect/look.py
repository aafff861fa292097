"""How pages look in a brand's colour, and the policy that lets a browser load that style and nothing else."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from hearback.contrast import readable_on

_TEMPLATES = Path(__file__).parent / "templates"
PLAIN_COLOUR = "#2456d6"
"""For pages that belong to no survey."""


Script = Literal["hand", "keys", "signals", "saving", "sharing"]
"""`hand`: a form that a hand sends is kept until a person can have read it, and that of a score says that one moved.
`keys`: digits choose a score. `signals`: signs of a person are seen; see observing.py. `saving`: an answer is saved as
it is typed. `sharing`: a link is copied, or given to the phone's share sheet."""

StyleSheet = Literal["task"]
"""What is added for pages that respondents do not see, and so do not wait for."""


@cache
def scripts(*names: Script) -> Markup:
    """Scripts for one page, without indents and the lines that are comments."""
    sources = "\n".join((_TEMPLATES / f"{name}.js").read_text(encoding="utf-8") for name in names)
    lines = (line.strip() for line in sources.splitlines())
    return Markup("\n".join(line for line in lines if line and not line.startswith("//")))  # noqa: S704 - our own files


@cache
def style(colour: str, sheet: StyleSheet | None = None) -> Markup:
    """The style sheet of every page, and what one kind of page adds.

    `colour` is #rrggbb, checked when the survey was applied.
    """
    names = ("style", sheet) if sheet else ("style",)
    rules = "".join((_TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return Markup(rules.replace("BRAND", colour).replace("ON_IT", readable_on(colour)))  # noqa: S704 - our own file


@cache
def security_policy(colour: str, script: str = "", sheet: StyleSheet | None = None) -> str:
    """Nothing is loaded or framed; the style sheet and the script, if any, are known by digest (CSP level 3)."""
    runs = f"script-src {_digest(script)}; connect-src 'self'; " if script else ""
    return (
        f"default-src 'none'; style-src {_digest(style(colour, sheet))}; {runs}img-src data:; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
