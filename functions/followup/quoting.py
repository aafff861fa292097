"""How an answer is quoted in a letter to somebody of the company: what was said, when, and where."""

from collections.abc import Mapping
from datetime import date

from followup.voice import Voice
from followup.words import one_line, shorten
from hearback.response import Response

VOICE = 320
"""Characters of a comment that is shown as one of several."""


def quoted(voice: Voice, response: Response, most: int, known: Mapping[str, str]) -> dict[str, object]:
    """One answer, with its words cut to `most` characters and without the dimension values that are `known` anyway."""
    return {
        "score": response.score,
        "category": response.category,
        "day": voice.day(date.fromisoformat(response.day)),
        "comment": shorten(response.comment, most),
        "dimensions": ", ".join(dimension_values(response.dimensions, known)),
        "answers": _follow_up_answers(voice, response, most),
    }


def dimension_values(values: Mapping[str, str], known: Mapping[str, str] | None = None) -> list[str]:
    """Store: Pune"""
    told = {name: value for name, value in values.items() if (known or {}).get(name) != value}
    return [f"{name.replace('-', ' ').capitalize()}: {one_line(value)}" for name, value in told.items()]


def _follow_up_answers(voice: Voice, response: Response, most: int) -> list[tuple[str, str]]:
    """(question, answer) of the survey's questions that were answered, in the survey's words where it has them."""
    questions = {question.id: question for asked in voice.survey.follow_up.values() for question in asked.questions}
    found = []
    for question_id, answer in response.answers.items():
        question = questions.get(question_id)
        choice = question.choices.get(answer) if question else None
        asked = voice.quote(question.text) if question else one_line(question_id)
        found.append((asked, voice.quote(choice) if choice else shorten(answer, most)))
    return found
