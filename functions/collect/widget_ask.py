"""All that the widget says, in one answer: it needs nobody after that, so a slow network costs no waiting."""

from itertools import groupby

from collect.asking import asked_after, thanks_for
from collect.replies import Ask, FollowUp
from hearback.contrast import readable_on
from hearback.language import direction, texts
from hearback.nps import category
from hearback.survey import Survey


def widget_ask(survey: Survey, locale: str) -> Ask:
    """The question, and by the greatest score of each range what follows it. No category is named."""
    say = texts("pages", locale).say
    return {
        "locale": locale,
        "direction": direction(locale),
        "brand": {"name": survey.brand.name, "colour": survey.brand.colour, "ink": readable_on(survey.brand.colour)},
        "quiet_days": survey.quiet_days,
        "question": survey.say(survey.question, locale),
        "words": {
            "least": say("least"),
            "most": say("most"),
            "send": say("send_score"),
            "saved": say("saved"),
            "refused": say("not_saved"),
            "your_score": say("your_score", score="{score}"),
            "change": say("change_score"),
            "progress": say("progress", number="{number}", count="{count}"),
            "own_words": say("own_words"),
            "save": say("go_on"),
            "finish": say("finish"),
            "left": say("room_left", count="{count}"),
            "over": say("room_over", count="{count}"),
            "skip": say("skip"),
            "close": say("close"),
            "done": say("done_heading"),
        },
        "follow_up": [_follow_up(survey, list(scores), locale) for _, scores in groupby(range(11), category)],
    }


def _follow_up(survey: Survey, scores: list[int], locale: str) -> FollowUp:
    return {
        "until": scores[-1],
        "thanks": thanks_for(survey, scores[-1], locale),
        "questions": [
            {
                "id": asked.question,
                "text": asked.text,
                "room": asked.room,
                "choices": [{"id": choice, "text": text} for choice, text in asked.choices.items()],
            }
            for asked in asked_after(survey, scores[-1], locale)
        ],
    }
