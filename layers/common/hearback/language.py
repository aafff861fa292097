"""The languages that pages, widget and mails are written in, and their texts, from gettext catalogues.

A text is named by a key, in English as in every other language, and is a format string. docs/languages.md says
how a language or a text is added. What a survey says is in the survey.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Literal

Part = Literal["pages", "letters", "tasks"]
"""What is read where: `pages` by respondents, the widget's texts among them; `letters` in mails; `tasks` on the page
of a task, by its owner."""

CATALOGUES = Path(__file__).parent / "catalogues"
LANGUAGES = ("en", "hi", "fr", "ar")
"""Those with catalogues. The first is spoken where none that is wanted is."""

_OWN_NAMES = {
    "ar": "العربية",
    "bn": "বাংলা",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hi": "हिन्दी",
    "it": "Italiano",
    "mr": "मराठी",
    "pt": "Português",
    "ta": "தமிழ்",
    "te": "తెలుగు",
    "ur": "اردو",
}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_ARABIC = frozenset({"ar", "fa", "ur"})


@dataclass(frozen=True, slots=True)
class Texts:
    """One part's texts in one language."""

    language: str
    _catalogue: GNUTranslations

    def say(self, key: str, **values: object) -> str:
        """A text with its values filled in, unescaped; in the form that the language has for a number `n`.

        Raises KeyError for a text or a value that is missing.
        """
        number = values.get("n")
        said = self._catalogue.ngettext(key, key, number) if isinstance(number, int) else key
        if said == key:
            said = self._catalogue.gettext(key)
        if said == key:
            raise KeyError(key)
        return said.format(**values)


def texts(part: Part, *wanted: str) -> Texts:
    """A part's texts in the first wanted language there is a catalogue of, else in English."""
    languages = (language_of(tag) for tag in wanted)
    return _texts(part, next((language for language in languages if language in LANGUAGES), LANGUAGES[0]))


def language_of(tag: str) -> str:
    """hi-IN is hi"""
    return tag.lower().partition("-")[0]


def closest(tag: str, locales: Sequence[str]) -> str:
    """The locale of this very tag, else of its beginning (RFC 4647, 3.4), else one of its language; "" for none."""
    known = {locale.lower(): locale for locale in locales}
    shorter = tag.lower()
    while shorter and shorter not in known:
        shorter = shorter.rpartition("-")[0]
    return known.get(shorter) or next((each for each in locales if language_of(each) == language_of(tag)), "")


def own_name(tag: str) -> str:
    """What a language calls itself, for the link that switches to it."""
    return _OWN_NAMES.get(language_of(tag), tag)


def own_names(tags: Sequence[str]) -> dict[str, str]:
    """What some languages call themselves: where there are several of one, with their regions."""
    languages = Counter(map(language_of, tags))
    names = {tag: own_name(tag) for tag in tags}
    for tag in tags:
        if languages[language_of(tag)] > 1 and "-" in tag and names[tag] != tag:
            names[tag] += f" ({tag.partition('-')[2]})"
    return names


def direction(tag: str) -> Literal["ltr", "rtl"]:
    return "rtl" if language_of(tag) in _RIGHT_TO_LEFT else "ltr"


def comma(tag: str) -> str:
    """Between the words of a list, with its space."""
    return "، " if language_of(tag) in _ARABIC else ", "


@cache
def _texts(part: Part, language: str) -> Texts:
    with (CATALOGUES / language / f"{part}.mo").open("rb") as compiled:
        return Texts(language, GNUTranslations(compiled))
