"""What some comments name more than others do: words and pairs of words, counted, with a sentence for each.

Measured by the log-odds ratio with an informative Dirichlet prior: B. Monroe, M. Colaresi and K. Quinn, "Fightin'
Words: Lexical Feature Selection and Evaluation for Identifying the Content of Political Conflict", Political Analysis
16 (2008), 372-403. A comment counts once for each of its words, so that one long complaint is not a theme.

It knows which words are said together with which scores, not what is meant: "not slow" names slow.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from hearback.language import language_of
from hearback.mentions import Word, fold, words_of

LEAST_COMMENTS = 3
"""What fewer comments name is no theme."""
LEAST_Z = 1.2815515655446004
"""Standard errors by which a theme is named more often than elsewhere: by chance alone, one word in ten is."""
PRIOR = 10.0
"""Weight of the prior, in words: how often a word is said in all comments stands for so many more of them."""
QUOTE_LENGTH = range(25, 161)
"""Characters of a sentence that is quoted, if there is such a one."""

_LATIN = ("en", "fr")
_STOP_WORDS = Path(__file__).parent / "stop_words"
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_AND = re.compile("^[وف](?=ال)")
_ARTICLE = re.compile(r"^(?:[وف]?(?:ال|لل)|[بك]ال)(?=\w{3})")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?।؟])\s+|\s*\n\s*")

Term = tuple[str, ...]
"""A word, or two that stand side by side."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote, read for what it names."""

    words: str
    language: str
    """"" if there are no stop words for it: then nothing is found in it."""
    terms: Mapping[Term, str]
    """Each once, as it is first written."""


@dataclass(frozen=True, slots=True)
class Theme:
    words: str
    """As most of the comments write it."""
    comments: int
    """How many of these comments name it."""
    quote: str
    """A sentence that names it."""


def read(words: str, locale: str = "") -> Comment:
    """A comment; `locale` is that of the page it was written on: people may still write in another language."""
    found = list(words_of(words))
    language = _language([word.folded for word in found], language_of(locale))
    return Comment(words, language, _terms(words, found, language))


def themes(these: Sequence[Comment], others: Sequence[Comment], most: int) -> list[Theme]:
    """What `these` comments, newest first, name more than `others` do, the clearest first; at most `most`.

    No two share a word, and each is quoted from another comment as long as there is one.
    """
    here, there = (Counter(term for comment in group for term in comment.terms) for group in (these, others))
    paired = _mostly_in_a_pair(here)
    measured = {
        term: _z(term, here, there) for term, count in here.items() if count >= LEAST_COMMENTS and term not in paired
    }
    chosen: list[Term] = []
    for term in sorted(measured, key=lambda term: (-measured[term], term)):
        if measured[term] >= LEAST_Z and len(chosen) < most and not any(set(term) & set(other) for other in chosen):
            chosen.append(term)
    quoted: set[int] = set()
    return [_theme(term, these, quoted) for term in chosen]


def _z(term: Term, here: Counter[Term], there: Counter[Term]) -> float:
    """The log-odds ratio of a term over its standard error: above 0 if it is said more often here."""
    all_here, all_there = here.total(), there.total()
    if here[term] + there[term] == all_here + all_there:
        return 0.0  # nobody speaks of anything else
    prior = PRIOR * (here[term] + there[term]) / (all_here + all_there)
    said_here, said_there = here[term] + prior, there[term] + prior
    odds_here = said_here / (all_here + PRIOR - said_here)
    odds_there = said_there / (all_there + PRIOR - said_there)
    return math.log(odds_here / odds_there) / math.sqrt(1 / said_here + 1 / said_there)


def _mostly_in_a_pair(counts: Mapping[Term, int]) -> set[Term]:
    """The words that are said in one pair of words as often as not: the pair says more."""
    pairs = [(pair, count) for pair, count in counts.items() if len(pair) > 1 and count >= LEAST_COMMENTS]
    return {(word,) for pair, count in pairs for word in pair if 2 * count >= counts[word,]}


def _theme(term: Term, comments: Sequence[Comment], quoted: set[int]) -> Theme:
    naming = [place for place, comment in enumerate(comments) if term in comment.terms]
    written = Counter(comments[place].terms[term] for place in naming)
    place, quote = min(
        ((place, _sentence(comments[place], term)) for place in naming),
        key=lambda found: (found[0] in quoted, len(found[1]) not in QUOTE_LENGTH, found[0]),
    )
    quoted.add(place)
    return Theme(min(written, key=lambda words: (-written[words], words)), len(naming), quote)


def _sentence(comment: Comment, term: Term) -> str:
    """The first sentence of a comment that names a term; the comment if it does so over the end of one."""
    for sentence in _BETWEEN_SENTENCES.split(comment.words):
        if term in _terms(sentence, list(words_of(sentence)), comment.language):
            return " ".join(sentence.split())
    return " ".join(comment.words.split())


def _terms(text: str, words: Sequence[Word], language: str) -> dict[Term, str]:
    """The terms of a text that say what it is about, each as it is first written there; none without a language."""
    found: dict[Term, str] = {}
    before: tuple[str, Word] | None = None
    for word in words if language else ():
        key = _key(text[word.start : word.end], language)
        if len(key) < 2 or key.isnumeric() or key in _stop_words(language):
            before = None
            continue
        found.setdefault((key,), _shown(text[word.start : word.end], language))
        if before and before[0] != key and text[before[1].end : word.start].isspace():
            found.setdefault((before[0], key), _shown(text[before[1].start : word.end], language))
        before = key, word
    return found


@lru_cache(maxsize=50_000)
def _key(word: str, language: str) -> str:
    """What forms of a word have in common that differ in number, article or spelling alone.

    English plurals by the S stemmer: D. Harman, "How Effective Is Suffixing?", JASIS 42 (1991), 7-15.
    """
    key = fold(_ELIDED.sub("", word) if language == "fr" else word)
    if language == "en" and len(key) > 3:
        if re.search(r"[^ea]ies$", key):
            return key[:-3] + "y"
        return key[:-1] if re.search(r"[^aeo]es$|[^use]s$", key) else key
    if language == "fr" and len(key) > 3:
        return key.removesuffix("s")
    return _ARTICLE.sub("", key) if language == "ar" else key


def _shown(written: str, language: str) -> str:
    """A term as it is printed: without what only joins it to the words before."""
    words = " ".join(written.lower().split())
    return _ELIDED.sub("", words) if language == "fr" else _AND.sub("", words)


def _language(words: Sequence[str], page: str) -> str:
    """The language of some words: by their script, else the one most of whose small words there are.

    "" for words from a `page` in a language that has no stop words here: they are probably in that language too.
    """
    if page and not (_STOP_WORDS / f"{page}.txt").exists():
        return ""
    scripts = Counter(_script(word) for word in words)
    if words and (script := scripts.most_common(1)[0][0]):
        return script
    small = {language: sum(word in _stop_words(language) for word in words) for language in _LATIN}
    return max(_LATIN, key=lambda language: (small[language], language == page))


def _script(word: str) -> str:
    """The one language with stop words that is written in a word's script; "" for a Latin one or any other."""
    if "\u0900" <= word[0] <= "\u097f":
        return "hi"
    return "ar" if "\u0600" <= word[0] <= "\u06ff" else ""


@cache
def _stop_words(language: str) -> frozenset[str]:
    """Folded, with and without their endings."""
    lines = (_STOP_WORDS / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    words = " ".join(line for line in lines if not line.startswith("#")).split()
    return frozenset({*map(fold, words), *(_key(word, language) for word in words)})
