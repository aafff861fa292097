"""All that the widget says, in one answer: it needs nobody after that, so a slow network costs no waiting."""

from itertools import groupby
from typing import Any

from collect.asking import asked_after, thanks_for
from collect.contrast import readable_on
from collect.wording import direction, wording
from hearback.nps import category
from hearback.survey import Survey


def widget_ask(survey: Survey, locale: str) -> dict[str, Any]:
    """The question, and by the greatest score of each range what follows it. No category is named."""
    words = wording(locale)
    return {
        "locale": locale,
        "direction": direction(locale),
        "brand": {"name": survey.brand.name, "colour": survey.brand.colour, "ink": readable_on(survey.brand.colour)},
        "quiet_days": survey.quiet_days,
        "question": survey.say(survey.question, locale),
        "words": {
            "least": words.least,
            "most": words.most,
            "send": words.send_score,
            "saved": words.saved,
            "your_score": words.your_score,
            "change": words.change_score,
            "progress": words.progress,
            "own_words": words.own_words,
            "save": words.save,
            "skip": words.skip,
            "close": words.close,
            "done": words.done.heading,
        },
        "follow_up": [_follow_up(survey, list(scores), locale) for _, scores in groupby(range(11), category)],
    }


def _follow_up(survey: Survey, scores: list[int], locale: str) -> dict[str, Any]:
    return {
        "until": scores[-1],
        "thanks": thanks_for(survey, scores[-1], locale),
        "questions": [
            {
                "id": asked.question,
                "text": asked.text,
                "choices": [{"id": choice, "text": text} for choice, text in asked.choices.items()],
            }
            for asked in asked_after(survey, scores[-1], locale)
        ],
    }
