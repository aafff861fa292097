"""Which words raise a matter: an operator's terms, found in what customers wrote.

Words are compared without case and accents, and a term is found as a whole word: `check` is not in "checkout".
A word is what Unicode calls letters, marks and digits in a row, so Hindi's vowel signs belong to it (`\\w` in a
regular expression would tear them off), and so does an apostrophe between letters. Forms of a word count as the
word:

- English: the plural in -s, -es and -ies, and the possessive, either way round: `queue` finds "queues" and
  "queue's", `queues` finds "queue".
- Hindi: the plural in -ें, -ों and -ियाँ.
- Arabic: the article, and و ف ب ل ك before it.
- Anything else: end the term with `*`, and every word that begins so is found: `slow*` finds "slower".

Several words are a phrase: they must follow one another, whatever stands between them that is no word.
Scripts that put no spaces between words are found only where a term is a whole run of letters.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

_HINDI_PLURALS = {"ियाँ": "ी", "ियां": "ी", "ियों": "ी", "ें": "", "ों": ""}
"""What each becomes in the singular."""
_ARABIC_ARTICLE = re.compile("[وف]?(?:ال|بال|كال|لل)")
_ARABIC_LETTERS = str.maketrans({"\u0640": "", "ى": "ي", "ة": "ه"})
"""The stretching mark, and two endings that are often typed as others."""
_APOSTROPHES = "'’ʼ"
SHORTEST = 3
"""Letters of a word that is taken for another one's stem: "is" is not the plural of "i"."""
MOST_TERMS = 50


class BadTerms(ValueError):
    """The terms name nothing that could be looked for. The message says what to write."""


@dataclass(frozen=True, slots=True)
class Mention:
    term: str
    """As the operator wrote it."""
    start: int
    end: int
    """Where it stands in the text: characters `start` to `end`, the last one not included."""


@dataclass(frozen=True, slots=True)
class Word:
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    written: str
    words: tuple[str, ...]
    """Folded; one that ends with `*` stands for all that begin so."""

    @classmethod
    def of(cls, written: str) -> Self:
        """Raises BadTerms if there is no word in it."""
        words = [word.folded + "*" * written.startswith("*", word.end) for word in words_of(written)]
        if not words:
            raise BadTerms(f"{written!r} has no word to look for")
        return cls(written, tuple(words))

    def mentions(self, words: Sequence[Word]) -> Iterator[Mention]:
        for place in range(len(words) - len(self.words) + 1):
            found = words[place : place + len(self.words)]
            if all(map(_is_form_of, (word.folded for word in found), self.words)):
                yield Mention(self.written, found[0].start, found[-1].end)


def parse_terms(text: str) -> tuple[Term, ...]:
    """Terms separated by commas, each once. Raises BadTerms."""
    written = dict.fromkeys(part.strip() for part in text.split(",") if part.strip())
    if not written:
        raise BadTerms('name what customers mentioned, for example "queue, checkout"')
    if len(written) > MOST_TERMS:
        raise BadTerms(f"{len(written)} terms are too many; at most {MOST_TERMS}")
    return tuple(map(Term.of, written))


def mentions(terms: Sequence[Term], text: str) -> list[Mention]:
    """Where a text mentions any of the terms, in the order of the text."""
    words = list(words_of(text))
    found = {mention for term in terms for mention in term.mentions(words)}
    return sorted(found, key=lambda mention: (mention.start, mention.end, mention.term))


def excerpt(text: str, mention: Mention, most: int) -> str:
    """The words around a mention: at most `most` characters beside the marks of what is left out, cut at spaces."""
    if len(text) <= most:
        return text
    length = mention.end - mention.start
    start = max(0, min(mention.start - (most - length) // 2, len(text) - most))
    end = min(len(text), max(start + most, mention.end))
    if start:
        start = text.find(" ", start - 1, mention.start) + 1 or start
    if end < len(text):
        cut = text.rfind(" ", mention.end, end + 1)
        end = cut if cut > 0 else end
    return "…" * bool(start) + text[start:end].strip() + "…" * (end < len(text))


def words_of(text: str) -> Iterator[Word]:
    """The words of a text, folded, with where they stand."""
    start = None
    for place, letter in enumerate(text + " "):
        if _in_word(letter) or (start is not None and _joins(text, place)):
            start = place if start is None else start
        elif start is not None:
            if folded := fold(text[start:place]):
                yield Word(folded, start, place)
            start = None


def fold(word: str) -> str:
    """A word without case, accents, joiners, the possessive, and the Arabic and Hindi marks that many leave out."""
    plain = unicodedata.normalize("NFKD", word).casefold()
    kept = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not _left_out(letter))
    for apostrophe in _APOSTROPHES:
        kept = kept.removesuffix(f"{apostrophe}s").replace(apostrophe, "")
    return kept.translate(_ARABIC_LETTERS)


def _in_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN"


def _joins(text: str, place: int) -> bool:
    """Whether an apostrophe or an invisible character stands inside a word, not after it."""
    if place >= len(text) or not (text[place] in _APOSTROPHES or unicodedata.category(text[place]) == "Cf"):
        return False
    rest = text[place + 1 : place + 2]
    return bool(rest) and (_in_word(rest) or unicodedata.category(rest) == "Cf")


def _left_out(letter: str) -> bool:
    return (
        "\u0300" <= letter <= "\u036f"  # accents of Latin, Greek and Cyrillic letters
        or "\u064b" <= letter <= "\u0655"  # Arabic vowel marks, hamza and madda
        or letter in "\u0670\u093c"  # the small alef; the dot that makes ज into ज़
        or unicodedata.category(letter) == "Cf"
    )


def _is_form_of(word: str, wanted: str) -> bool:
    if wanted.endswith("*"):
        return word.startswith(wanted[:-1])
    return word == wanted or word in _stems(wanted) or wanted in _stems(word)


def _stems(word: str) -> set[str]:
    """The words that this one may be a form of."""
    found = set()
    if word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        found.add(word[:-2])
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    found |= {word.removesuffix(many) + one for many, one in _HINDI_PLURALS.items() if word.endswith(many)}
    if article := _ARABIC_ARTICLE.match(word):
        found.add(word[article.end() :])
    return {stem for stem in found if len(stem) >= SHORTEST}
