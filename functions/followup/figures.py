"""A digest's figures in words and in bars."""

from dataclasses import dataclass

from followup.voice import Voice
from hearback import tally
from hearback.nps import Category, Change, Score, category
from hearback.period import Every
from hearback.tally import Tally

BEFORE: dict[Every, str] = {"day": "day_before", "week": "week_before", "month": "month_before"}
"""What the period before is called."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The score as it is printed: never without the number of answers and its interval."""

    nps: str
    answers: str
    interval: str
    too_few: str
    """Why it is greyed; "" if it is not."""


@dataclass(frozen=True, slots=True)
class Share:
    category: Category
    label: str
    count: int
    percent: str


@dataclass(frozen=True, slots=True)
class Bar:
    score: int
    category: Category
    count: int
    width: int
    """Percent of the longest bar; at least 1 for a count above zero."""


def points(value: float) -> str:
    """NPS points with one decimal, a true minus sign, and no negative zero."""
    return f"{round(value, 1) + 0:.1f}".replace("-", "−")


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "0%"


def headline(voice: Voice, score: Score) -> Headline | None:
    """None without answers."""
    if score.nps is None or score.interval is None:
        return None
    minimum = voice.survey.minimum_n
    return Headline(
        nps=points(score.nps),
        answers=voice.say("nps_from", answers=voice.say("answers", n=score.n)),
        interval=voice.say("interval", low=points(score.interval.low), high=points(score.interval.high)),
        too_few=voice.say("too_few", n=score.n, minimum=minimum) if score.n < minimum else "",
    )


def change_in_words(voice: Voice, change: Change | None, score: Score, every: Every) -> str:
    """Whether the score truly changed from the period before; "" where there is too little to compare."""
    before = voice.say(BEFORE[every])
    if change is None:
        compared = score.n >= voice.survey.minimum_n
        return voice.say("change_unknown", before=before, minimum=voice.survey.minimum_n) if compared else ""
    if not change.significant:
        signed = ("+" if change.points > 0 else "") + points(change.points)
        return voice.say("change_chance", before=before, points=signed)
    said = "change_up" if change.points > 0 else "change_down"
    return voice.say(said, before=before, points=points(abs(change.points)))


def response_rate(voice: Voice, counted: Tally) -> str:
    """How many of those invited have answered; "" if nobody was invited."""
    invited, answered = counted[tally.INVITED], counted[tally.ANSWERED]
    if not invited:
        return ""
    return voice.say("rate", n=invited, answered=answered, percent=percent(answered, invited))


def shares(voice: Voice, score: Score) -> list[Share]:
    counts: list[tuple[Category, str, int]] = [
        ("promoter", "promoters", score.promoters),
        ("passive", "passives", score.passives),
        ("detractor", "detractors", score.detractors),
    ]
    return [Share(name, voice.say(label, n=count), count, percent(count, score.n)) for name, label, count in counts]


def bars(score: Score) -> list[Bar]:
    """Eleven bars, 10 first."""
    longest = max(score.counts)
    return [
        Bar(value, category(value), count, max(1, round(100 * count / longest)) if count else 0)
        for value, count in reversed(list(enumerate(score.counts)))
    ]
