"""What people wrote, made fit to be printed: one line, without control characters, not too long."""

import unicodedata

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows them (UAX #9). Letters isolate directions by markup instead."""


_WIDTHLESS = frozenset("\u00ad\u200b\u2060\ufeff")
"""Characters of no width that join nothing: a name of them alone is none, and they hide what a word is."""


def one_line(text: str) -> str:
    """The text on one line, without bidi and other control characters, and without those that have no width.

    Joiners stay: Hindi conjuncts and family emoji are made of them. Halves of surrogate pairs go: UTF-8 has none.
    """
    printable = (letter for letter in text if letter.isspace() or not _hidden(letter))
    return " ".join("".join(printable).split())


def shorten(text: str, most: int) -> str:
    """The text on one line of at most `most` characters, cut between words where it can be, ending in an ellipsis."""
    line = one_line(text)
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    between_words = cut.rpartition(" ")[0]
    return (between_words if len(between_words) > most // 2 else cut).rstrip(" ,;:.") + "…"


def _hidden(letter: str) -> bool:
    return letter in BIDI or letter in _WIDTHLESS or unicodedata.category(letter) in ("Cc", "Cs")
