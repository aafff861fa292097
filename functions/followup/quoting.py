"""How an answer is quoted in a letter to somebody of the company: what was said, when, and where."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from followup.voice import Voice
from followup.words import one_line, shorten
from hearback.amendment import before, score_of_words, words_fit
from hearback.map_order import in_order
from hearback.response import Response
from hearback.survey import Survey

VOICE = 320
"""Characters of a comment that is shown as one of several."""


def quoted(voice: Voice, response: Response, most: int, known: Mapping[str, str]) -> dict[str, object]:
    """One answer, with its words cut to `most` characters and without the dimension values that are `known` anyway.

    Words that were written with a score of another category are left out: under this one they would say the contrary.
    """
    return {
        "score": response.score,
        "category": response.category,
        "day": voice.day(date.fromisoformat(response.day)),
        "comment": shorten(response.comment, most) if words_fit(response) else "",
        "amended": "",
        "written": "",
        "dimensions": ", ".join(dimension_values(voice.survey, response.dimensions, known)),
        "answers": _follow_up_answers(voice, response, most),
    }


def told(voice: Voice, response: Response, most: int, known: Mapping[str, str], zone: ZoneInfo) -> dict[str, object]:
    """One answer as its owner needs it: with what it was before, and all its words, whichever score they go with."""
    was = before(response)
    amended = voice.say("amended", at=voice.moment(was.until, zone), score=was.score) if was else ""
    written = "" if words_fit(response) else voice.say("written_with", score=score_of_words(response))
    words = shorten(response.comment, most)
    return quoted(voice, response, most, known) | {
        "comment": words,
        "amended": amended,
        "written": written * bool(words),
    }


def dimension_values(survey: Survey, values: Mapping[str, str], known: Mapping[str, str] | None = None) -> list[str]:
    """Store: Pune"""
    told = [(name, value) for name, value in in_order(survey.dimensions, values) if (known or {}).get(name) != value]
    return [f"{name.replace('-', ' ').capitalize()}: {one_line(value)}" for name, value in told]


def _follow_up_answers(voice: Voice, response: Response, most: int) -> list[tuple[str, str]]:
    """(question, answer) of the survey's questions that were answered, in the survey's words where it has them."""
    questions = {question.id: question for question in voice.survey.all_questions}
    found = []
    for question_id, answer in in_order(questions, response.answers):
        question = questions.get(question_id)
        choice = question.choices.get(answer) if question else None
        asked = voice.quote(question.text) if question else one_line(question_id)
        found.append((asked, voice.quote(choice) if choice else shorten(answer, most)))
    return found
