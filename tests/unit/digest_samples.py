"""Digests as managers may get them, in some languages: of an empty week, of three answers, of thirty thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from followup.digest import Digest, Story
from followup.moves import Moved
from followup.naming import Named, named
from hearback.nps import change
from hearback.period import Period
from hearback.recovery import Recovery, TaskReport
from hearback.response import Response
from hearback.subscription import Subscription
from hearback.survey import Survey
from hearback.tally import EMPTY, Tally
from hearback.task import Task
from hearback.themes import read
from tests.unit.letter_samples import NOW, answer

READER = "Asha Rao"
SAID: Mapping[str, Mapping[int, Sequence[str]]] = {
    "en": {
        10: (
            "The lady at the billing counter remembered my mother's name. That is why we come back.",
            "Very helpful staff, they carried everything to the auto.",
            "The staff know what fits. I never try on twice.",
            "Kind staff!",
            "Your staff make it easy.",
            "Fresh stock every week. Love the new handloom corner!",
            "The handloom corner is worth the way.",
            "The handloom sarees, as always.",
            "Handloom at this price, nowhere else.",
        ),
        8: ("Fine overall. Parking is a problem.",),
        2: (
            "Order arrived a week late and nobody answered the phone.",
            "Waited forty minutes at the till with one counter open.",
            "Late delivery, and the box was torn.",
            "The delivery never came.",
            "Delivery slot missed twice, a whole Saturday lost with waiting for a van that did not turn up, and when I "
            "called I was told that the driver had rung the bell, which is not so, because there is no bell.",
            "A delivery without the shirt.",
        ),
    },
    "hi": {
        10: (
            "कर्मचारी बहुत मददगार हैं, हर बार अच्छा अनुभव रहता है और पूरे परिवार की ख़रीदारी एक ही जगह हो जाती है।",
            "कर्मचारी सब समझाते हैं।",
            "आपके कर्मचारी याद रखते हैं।",
            "कर्मचारी विनम्र हैं।",
            "कर्मचारी तेज़ हैं।",
        ),
        8: ("ठीक है, लेकिन पिछले साल से महँगा हो गया है।",),
        2: (
            "आधे घंटे कतार में खड़ा रहा, सिर्फ़ एक काउंटर खुला था।",
            "कतार बहुत लंबी थी।",
            "फिर वही कतार!",
            "कतार में कोई बैठने की जगह नहीं।",
            "ऑर्डर एक हफ़्ते देर से आया और किसी ने फ़ोन नहीं उठाया।",
        ),
    },
    "ar": {
        10: (
            "الموظفة عند الصندوق تذكرت اسم والدتي، ولهذا نعود إليكم في كل مرة مع العائلة كلها.",
            "الموظفون لطفاء ويساعدون الجميع.",
            "الموظفون يعرفون ما نحتاجه.",
            "شكرًا للموظفين على الصبر، الموظفون كنز.",
            "الموظفون سريعون.",
        ),
        8: ("تجربة مقبولة، لكن المواقف مشكلة.",),
        2: (
            "انتظرت أربعين دقيقة عند الصندوق والانتظار بلا كرسي.",
            "الانتظار طويل.",
            "انتظار ساعة كاملة يوم الجمعة.",
            "تعبت من الانتظار.",
            "وصل الطلب متأخرًا أسبوعًا ولم يرد أحد على الهاتف.",
        ),
    },
    "fr": {
        10: (
            "La dame à la caisse s’est souvenue du nom de ma mère, et c’est pour cela que nous revenons.",
            "Le personnel a tout porté jusqu’à la voiture.",
            "Un personnel qui connaît son métier.",
            "Le personnel trouve toujours.",
            "Merci au personnel !",
        ),
        8: ("Tout est bien, mais le stationnement pose problème.",),
        2: (
            "La livraison a eu une semaine de retard et personne ne répondait.",
            "Une livraison sans la chemise.",
            "La livraison n’est jamais venue.",
            "Livraison ratée deux fois, un samedi perdu.",
            "Quarante minutes à la caisse.",
        ),
    },
}
"""What customers say, by language and score."""
SHOP = Survey.model_validate(
    {
        "id": "shop",
        "title": {
            "en": "How was {brand}?",
            "hi": "{brand} कैसा रहा?",
            "ar": "كيف كانت زيارتك إلى {brand}؟",
            "fr": "Comment était {brand} ?",
        },
        "question": "How likely are you to recommend {brand} to a friend?",
        "locales": ["en", "hi", "ar", "fr"],
        "time_zone": "Asia/Kolkata",
        "brand": {"name": "Chai & Co", "colour": "#0b6b4f"},
        "dimensions": {"store": {"values": ["pune", "delhi"]}},
        "follow_up": {
            "promoter": {
                "questions": [
                    {
                        "id": "loved",
                        "text": {
                            "en": "What was best?",
                            "hi": "सबसे अच्छा क्या था?",
                            "ar": "ما الأفضل؟",
                            "fr": "Le mieux ?",
                        },
                        "choices": {
                            "staff": {"en": "The staff", "hi": "कर्मचारी", "ar": "الموظفون", "fr": "Le personnel"},
                            "choice": {"en": "The choice", "hi": "विविधता", "ar": "التنوع", "fr": "Le choix"},
                        },
                    }
                ]
            },
            "detractor": {
                "questions": [
                    {
                        "id": "wrong",
                        "text": {
                            "en": "What was it about?",
                            "hi": "समस्या किससे जुड़ी थी?",
                            "ar": "بماذا تتعلق المشكلة؟",
                            "fr": "De quoi s’agissait-il ?",
                        },
                        "choices": {
                            "delivery": {"en": "Delivery", "hi": "डिलीवरी", "ar": "التوصيل", "fr": "La livraison"},
                            "queue": {"en": "Waiting", "hi": "इंतज़ार", "ar": "الانتظار", "fr": "L’attente"},
                        },
                    }
                ]
            },
        },
        "people": {"asha": {"name": READER, "email": "asha@shop.example"}},
    }
)
PUNE = Subscription("shop", "pune-weekly", READER, "asha@shop.example", {"store": "pune"}, 0, 9, "Asia/Kolkata", NOW)
WEEK = Period("week", date(2026, 5, 11))


def survey_in(language: str) -> Survey:
    """The shop's survey with one language as its default."""
    return SHOP.model_copy(update={"locales": [language, *(tag for tag in SHOP.locales if tag != language)]})


def tally(counts: Sequence[int], **others: int) -> Tally:
    return Tally({f"s{score}": count for score, count in enumerate(counts)} | others)


def empty(language: str) -> Digest:
    """Of the third week in which nobody answered."""
    survey = survey_in(language)
    return Digest(survey, PUNE, WEEK, EMPTY, EMPTY, None, TaskReport(), [], NOW, quiet=2)


def few(language: str) -> Digest:
    """Of three answers after a quiet time, one of which gave a task."""
    said = [answer(score, SAID[language][score][0], hours_ago=9 * place) for place, score in enumerate((10, 8, 2), 1)]
    counted = tally([0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1], invited=12, answered=3)
    return replace(
        empty(language),
        tally=counted,
        tasks=TaskReport(opened=1),
        open_tasks=tasks(1),
        comments=said[1:],
        story=Story(said[0]),
        quiet=3,
    )


def many(language: str) -> Digest:
    """Of thirty thousand answers, with all that a digest can have."""
    survey = survey_in(language)
    said = [
        answer(score, words, hours_ago=place, answers=_chosen(score, place))
        for score, comments in SAID[language].items()
        for place, words in enumerate(comments, 1)
    ]
    counted = tally([400, 120, 250, 300, 410, 990, 1200, 3100, 5200, 8030, 10000], invited=90000, answered=28000)
    before = tally([600, 220, 350, 400, 510, 1290, 1400, 3100, 5200, 6030, 8000])
    moved = [
        Moved("slip", 9, answer(2, SAID[language][2][1], hours_ago=4), "Ravi Kumar"),
        Moved("slip", 10, answer(7, hours_ago=5), ""),
        Moved("climb", 3, answer(9, SAID[language][10][1], hours_ago=6), "Meera Joshi"),
    ]
    return replace(
        empty(language),
        tally=counted,
        before=before,
        change=change(before.score, counted.score, survey.minimum_n),
        tasks=TaskReport(opened=41, closed=38, in_time=33, recovery=Recovery(people=120, answered=31, recovered=19)),
        open_tasks=tasks(12, overdue=3),
        named=names(survey, said),
        story=Story(said[0], "Meera J."),
        comments=[each for each in said if each.score != 10][:3],
        moved=moved,
        quiet=0,
    )


def names(survey: Survey, said: Sequence[Response]) -> list[Named]:
    return [named(survey, category, said, lambda each: read(each.comment)) for category in ("promoter", "detractor")]


def _chosen(score: int, place: int) -> dict[str, str]:
    if score == 2:
        return {"wrong": "delivery" if place % 3 else "queue"}
    return {"loved": "staff" if place % 2 else "choice"} if score == 10 else {}


def tasks(count: int, *, overdue: int = 0) -> list[Task]:
    """First due first; the overdue ones were due before now, at an hour's distance."""
    return [
        Task(
            id=f"{place:016x}",
            survey="shop",
            owner="asha",
            created_at=NOW - timedelta(days=9),
            due_at=NOW + timedelta(hours=place - overdue, minutes=30),
            responses=frozenset({"shop.0x"}),
            contact=f"c{place}",
            dimensions={"store": "pune"},
        )
        for place in range(count)
    ]


def links(digest: Digest) -> dict[str, str]:
    """The page of each open task."""
    return {task.id: f"https://feedback.example/t/{task.id}" for task in digest.open_tasks}
