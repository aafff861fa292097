"""Codes that people read aloud and type: ten letters and digits, shown as `7KQ2M-9XW4T`, 50 random bits.

The letters are those of Crockford's base 32, as in the ids of facts: without I, L, O and U.
"""

import hashlib
import re
from collections.abc import Callable

from hearback.fact import CROCKFORD

LENGTH = 10
_MOST_TYPED = 40
"""Characters that are looked at: ten, and whatever is put between them."""
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})

Random = Callable[[int], bytes]
"""So many bytes that nobody can guess; os.urandom outside of tests."""


def mint(random: Random) -> str:
    """A new code, as it is stored: without a hyphen."""
    number = int.from_bytes(random(7), "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in range(LENGTH))


def derived(*words: str) -> str:
    """The code that follows from some words, always the same; without all of them it cannot be guessed."""
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return mint(lambda size: digest[:size])


def read(typed: str) -> str | None:
    """The code that somebody typed, whatever its case, spaces and hyphens, and O for 0; None if it is no code."""
    if len(typed) > _MOST_TYPED or not typed.isascii():
        return None
    letters = re.sub(r"[\s-]", "", typed).upper().translate(_ALIKE)
    return letters if len(letters) == LENGTH and set(letters) <= set(CROCKFORD) else None


def shown(code: str) -> str:
    """As people are shown it."""
    return f"{code[:5]}-{code[5:]}"
