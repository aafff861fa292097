"""What the customers of one category name, and what one of them said best."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hearback.amendment import words_fit
from hearback.nps import Category
from hearback.response import Response
from hearback.survey import Question, Survey
from hearback.themes import Comment, Theme, themes

MOST_THEMES = 3
MOST_CHOICES = 3
STORY_LENGTH = range(60, 321)
"""Characters of a comment that is shared with the team: enough to be a story, little enough to be read out."""
STORY_WORDS = 3
"""Words that say what it is about, at least."""

Reader = Callable[[Response], Comment]
"""Reads a response's comment for what it names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How one question was answered by choosing."""

    question: Question
    answers: int
    choices: Sequence[tuple[str, int]]
    """(id, how often), the most frequent first."""


@dataclass(frozen=True, slots=True)
class Named:
    category: Category
    comments: int
    """How many of the category were read."""
    chosen: Sequence[Chosen]
    themes: Sequence[Theme]


def named(survey: Survey, category: Category, answers: Sequence[Response], reader: Reader) -> Named:
    """What a category names, in `answers` of all categories, newest first."""
    theirs = [each for each in answers if each.category == category]
    these = [reader(each) for each in theirs if has_words(each)]
    others = [reader(each) for each in answers if has_words(each) and each.category != category]
    chosen = [_chosen(question, theirs) for question in survey.questions(category) if question.choices]
    return Named(category, len(these), [each for each in chosen if each.answers], themes(these, others, MOST_THEMES))


def has_words(response: Response) -> bool:
    """Whether it has a comment that says something of its score: not one from before it changed its category."""
    return bool(response.comment) and words_fit(response)


def _chosen(question: Question, answers: Sequence[Response]) -> Chosen:
    given = Counter(each.answers[question.id] for each in answers if each.answers.get(question.id) in question.choices)
    in_order = sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))
    return Chosen(question, given.total(), in_order[:MOST_CHOICES])


def good_news(answers: Sequence[Response], reader: Reader) -> Response | None:
    """The newest promoter's comment that is long enough, not too long, and says what it is about."""
    for each in answers:
        if each.category == "promoter" and len(each.comment) in STORY_LENGTH and words_fit(each):
            words = [term for term in reader(each).terms if len(term) == 1]
            if len(words) >= STORY_WORDS:
                return each
    return None
