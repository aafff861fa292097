"""What a score is answered with: thanks, the reason question, the follow-up questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from collect.bodies import ANSWER_LENGTH
from hearback.language import texts
from hearback.nps import category
from hearback.response import COMMENT_LENGTH
from hearback.survey import Survey


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a respondent reads it."""

    text: str
    question: str = ""
    """Its id; "" for the reason, which is the comment."""
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """Characters that what is said to it may have."""
        return ANSWER_LENGTH if self.question else COMMENT_LENGTH


def asked_after(survey: Survey, score: int, locale: str) -> list[Asked]:
    """The reason question first, then those of the score's category, in a locale of the survey."""
    given = survey.follow_up.get(category(score))
    reason = survey.say(given.reason if given else None, locale) or texts("pages", locale).say("reason")
    return [
        Asked(reason),
        *(
            Asked(
                survey.say(question.text, locale),
                question.id,
                {choice: survey.say(text, locale) for choice, text in question.choices.items()},
            )
            for question in survey.questions(category(score))
        ),
    ]


def thanks_for(survey: Survey, score: int, locale: str) -> str:
    given = survey.follow_up.get(category(score))
    return survey.say(given.thanks if given else None, locale) or texts("pages", locale).say("thanks")
