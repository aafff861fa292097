"""Telephone numbers: plain from what people write, and as the links that dial them."""

import re
import unicodedata

_NUMBER = re.compile(r"(\(?\+?[0-9 ()./-]{5,40}?)(?:[ ,;]*(?:extension|extn|ext|x)[ .:=]*([0-9]{1,7}))?", re.IGNORECASE)
_MINUS = "\N{MINUS SIGN}"  # a mathematical sign, which some keyboards give for a dash


def telephone(text: str) -> str:
    """The number in plain form, such as "+91 98765-43210 ext 12"; "" where it is none.

    Anybody's digits are taken, dashes of every kind, and what is pasted along unseen: marks of direction and others
    without width. A number has 5 to 15 digits (the most that ITU-T E.164 has); those of an extension come on top. One
    with a country's code has 8 or more: a few hundred on Niue and Tokelau are shorter, and many that were cut short.
    """
    plain = _plain(text)
    found = _NUMBER.fullmatch(plain)
    if found is None or not (8 if "+" in found[1] else 5) <= sum(letter.isdigit() for letter in found[1]) <= 15:
        return ""
    return f"{found[1].strip()} ext {found[2]}" if found[2] else plain


def tel_link(text: str) -> str:
    """The tel: link (RFC 3966) of what stands for a number somewhere; "" where it has no digits."""
    number, _, extension = (telephone(text) or _plain(text)).partition(" ext ")
    digits = re.sub("[^0-9+]", "", number)
    return f"tel:{digits}{f';ext={extension}' if extension.isdigit() else ''}" if digits else ""


def _plain(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return " ".join("".join(map(_ascii, letters)).split())


def _ascii(letter: str) -> str:
    if letter == _MINUS or unicodedata.category(letter) == "Pd":
        return "-"
    return str(unicodedata.decimal(letter, letter))
