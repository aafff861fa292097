"""One sample of every letter, with somebody's words in each place where a letter prints what it was given."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import followup
from followup import letters
from followup.announcement_letter import announcement_letter
from followup.digest import Story
from followup.digest_letter import digest_letter
from followup.mail import Letter
from followup.moves import Moved
from followup.naming import Chosen, Named
from followup.next_steps import Brought
from followup.reward_letter import reward_letter
from hearback.announcement import Announcement
from hearback.announcement_message import Message
from hearback.contact import Contact
from hearback.coupon import GrantedCoupon
from hearback.mail_words import MailWords
from hearback.mentions import parse_terms
from hearback.play import Coupon, CouponPlay, ReferralPlay, TestimonialPlay, When
from hearback.response import Answer, Response
from hearback.survey import Person, Question, Survey
from hearback.task import Callback, Task
from hearback.themes import Theme
from tests.unit.digest_samples import PUNE, tasks
from tests.unit.letter_samples import NOW, answer
from tests.unit.test_letters_digest import MANY, week

Template = Literal["thanks", "why", "apology"]
OURS = "https://feedback.example/"
LEAVE = f"{OURS}u/token"
TEMPLATES = Path(str(followup.__path__[0])) / "templates"


@dataclass(frozen=True, slots=True)
class Given:
    """What a letter is made from: `words` wherever a stranger, or the survey's author, may put their own."""

    words: str
    survey: Survey
    locale: str = "en"

    @property
    def owner(self) -> Person:
        return Person.model_construct(name=self.words[:100], email="asha@shop.example")

    @property
    def contact(self) -> Contact:
        return Contact("c1", "ravi@example.com", self.words, self.words, self.locale)

    def answer(self, score: int, hours_ago: int = 1, **rest: object) -> Response:
        said = {"wish": self.words, self.words[:40]: self.words}
        return answer(
            score,
            self.words,
            hours_ago=hours_ago,
            answers=said,
            locale=self.locale,
            dimensions={"store": self.words[:20]},
            **rest,
        )

    @property
    def task(self) -> Task:
        return Task("t1", "shop", "asha", NOW, NOW, frozenset({"shop.001HX"}), "c1", {"store": self.words[:20]})

    @property
    def coupon(self) -> GrantedCoupon:
        return replace(GrantedCoupon.of(self.survey, "tea", "c1", "shop.001HX/tea", NOW), code="ABCDEFGHJK")

    @property
    def text(self) -> dict[str, str]:
        """A text of the survey."""
        return {"en": self.words}

    @property
    def mail_words(self) -> MailWords:
        """How the survey wants a mail to begin."""
        said = {self.locale: self.words}
        return MailWords.model_construct(subject=said, opening=said)

    def reply(
        self,
        template: Template,
        score: int,
        step: Brought | None = None,
        *,
        owner: bool = True,
        link: str = f"{OURS}a/token",
        words: MailWords = letters.HEARBACK_S,
    ) -> Letter:
        person, said = self.owner if owner else None, self.answer(score)
        return letters.reply(template, self.survey, said, self.contact, link, LEAVE, person, step, words=words)


SHOP = Survey.model_validate(
    {
        "id": "shop",
        "title": "How was it?",
        "question": "Would you recommend us?",
        "locales": ["en", "hi"],
        "time_zone": "Asia/Kolkata",
        "brand": {"name": "Chai & Co"},
        "dimensions": {"store": {"values": ["pune"]}},
        "follow_up": {"detractor": {"questions": [{"id": "wish", "text": "What should we change?"}]}},
    }
)


def survey_of(words: str) -> Survey:
    """A survey with the words as its brand's name, its title, its question, a coupon and the name of a person."""
    text = {"en": words, "hi": words}
    owner = Person.model_construct(name=words[:100], email="asha@shop.example")
    brand = SHOP.brand.model_copy(update={"name": words[:64]})
    coupons = {"tea": Coupon.model_construct(text=text, days=30)}
    changed = {"brand": brand, "title": text, "question": text, "people": {"asha": owner}, "coupons": coupons}
    return SHOP.model_copy(update=changed)


def _coupon(given: Given) -> Brought:
    play = CouponPlay.model_construct(id="tea", when=When(), what="coupon", coupon="tea", text=given.text)
    return Brought(play, coupon=given.coupon)


def _referral(given: Given) -> Brought:
    play = ReferralPlay.model_construct(id="tell", when=When(), what="referral", text=given.text, label=given.text)
    return Brought(play, f"{OURS}r/ABCDEFGHJK")


def _testimonial(given: Given) -> Brought:
    play = TestimonialPlay.model_construct(id="quote", when=When(), what="testimonial", text=given.text)
    return Brought(play, f"{OURS}q/token")


def _announcement(given: Given) -> Letter:
    text = "{brand} has heard you, {name}: https://shop.example/new."
    message = Message("{name}, you asked, {brand} did", (text, "{their_words}"))
    response = given.answer(3)
    raised_by = parse_terms("word, x*, a*, line, alert, nul, half, ravi, pay, tom, क*, utf, 7, token, https")
    messages = dict.fromkeys(given.survey.locales, message)
    made = Announcement.of(given.survey, raised_by, messages, NOW)
    raised = made.raised_in(response, given.survey)
    if raised is None:  # words of no word, which nobody is told of
        raised = made.raised_in(answer(3, "word"), given.survey)
    assert raised is not None
    return announcement_letter(given.survey, made, response, raised, given.contact, LEAVE)


def _digest(given: Given) -> Letter:
    question = Question.model_construct(id="topic", text=given.text, choices={"price": given.text})
    chosen, themes = [Chosen(question, 9, [("price", 7)])], [Theme(given.words, 5, given.words)]
    told = week(
        given.survey,
        MANY,
        comments=[given.answer(score, hours) for hours, score in enumerate((0, 7, 10), 1)],
        tasks=[replace(task, dimensions={"store": given.words[:20]}) for task in tasks(3, overdue=1)],
        subscription=replace(PUNE, name=given.words, scope={"store": given.words[:20]}),
        named=[Named("detractor", 12, chosen, themes), Named("promoter", 12, [], themes)],
        story=Story(given.answer(10, 9), given.words),
        moved=[Moved("slip", 10, given.answer(3, 8), given.words), Moved("climb", 3, given.answer(9, 7), given.words)],
    )
    return digest_letter(told, {task.id: f"{OURS}t/token" for task in told.open_tasks})


def _task_notice(
    given: Given, occasion: letters.Occasion = "new", *, erased: bool = False, changed: bool = False
) -> Letter:
    first = given.answer(10 if changed else 2)
    told, page, earlier = [first.amended(Answer(2), NOW)], f"{OURS}t/token", [given.answer(9, 50)]
    wish = Callback("020 5555 0199", given.words, given.task.created_at) if occasion == "call" else None
    return letters.task_notice(
        given.survey,
        replace(given.task, callback=wish, erased=erased),
        told,
        given.contact,
        given.owner,
        page,
        occasion=occasion,
        earlier=earlier,
    )


def _of_nobody(given: Given, occasion: letters.Occasion) -> Letter:
    """The notice of a task whose answer names nobody."""
    task, told = replace(given.task, contact=""), [given.answer(2, contact="")]
    return letters.task_notice(given.survey, task, told, None, given.owner, f"{OURS}t/token", occasion=occasion)


TO_CUSTOMERS: dict[str, Callable[[Given], Letter]] = {
    "invitation": lambda given: letters.invitation(
        given.survey, given.contact, given.locale, [f"{OURS}a/token?score={score}" for score in range(11)], LEAVE
    ),
    "invitation in the survey's words": lambda given: letters.invitation(
        given.survey.model_copy(update={"invitation": given.mail_words}),
        given.contact,
        given.locale,
        [f"{OURS}a/token?score={score}" for score in range(11)],
        LEAVE,
    ),
    "apology in the survey's words": lambda given: given.reply("apology", 2, words=given.mail_words),
    "thanks in the survey's words": lambda given: given.reply("thanks", 10, words=given.mail_words),
    "thanks": lambda given: given.reply("thanks", 10),
    "thanks with a referral link": lambda given: given.reply("thanks", 10, _referral(given)),
    "thanks with a quotation": lambda given: given.reply("thanks", 10, _testimonial(given)),
    "why": lambda given: given.reply("why", 8),
    "why when nothing can be added": lambda given: given.reply("why", 8, link=""),
    "why with a coupon": lambda given: given.reply("why", 8, _coupon(given)),
    "apology": lambda given: given.reply("apology", 2),
    "apology of the team": lambda given: given.reply("apology", 2, owner=False),
    "announcement": _announcement,
    "reward of the promoter": lambda given: reward_letter(given.survey, "promoter", given.coupon, given.contact, LEAVE),
    "reward of the friend": lambda given: reward_letter(given.survey, "friend", given.coupon, given.contact, LEAVE),
}
TO_MANAGERS: dict[str, Callable[[Given], Letter]] = {
    "task_notice": _task_notice,
    "task_notice of an answer that joined": lambda given: _task_notice(given, "joined"),
    "task_notice of the news that an answer was changed": lambda given: _task_notice(given, "changed"),
    "task_notice of a wish to be called": lambda given: _task_notice(given, "call"),
    "task_notice of an overdue task": lambda given: _task_notice(given, "overdue"),
    "task_notice of an escalated task": lambda given: _task_notice(given, "escalated"),
    "task_notice of an answer that was changed": lambda given: _task_notice(given, changed=True),
    "task_notice of nobody": lambda given: _of_nobody(given, "new"),
    "task_notice of nobody, overdue": lambda given: _of_nobody(given, "overdue"),
    "task_notice of nobody, escalated": lambda given: _of_nobody(given, "escalated"),
    "task_erased": lambda given: _task_notice(given, "overdue", erased=True),
    "task_erased of an escalated task": lambda given: _task_notice(given, "escalated", erased=True),
    "alert": lambda given: letters.alert(
        given.survey, given.answer(2), [given.answer(9, 50)], given.contact, given.owner, given.task, ""
    ),
    "alert of nobody": lambda given: letters.alert(
        given.survey, given.answer(2, contact=""), [], None, given.owner, replace(given.task, contact=""), ""
    ),
    "alert to the owner of the task": lambda given: letters.alert(
        given.survey, given.answer(2), [], given.contact, given.owner, given.task, f"{OURS}t/x"
    ),
    "digest": _digest,
}
EVERY = TO_CUSTOMERS | TO_MANAGERS


@cache
def sample(name: str, words: str, locale: str = "en") -> Letter:
    """A letter of EVERY, made from some words."""
    return EVERY[name](Given(words, survey_of(words), locale))


def templates() -> set[str]:
    """The templates that are letters and not parts of them."""
    return {path.stem for path in TEMPLATES.glob("*.html") if '{% extends "base.html" %}' in path.read_text("utf-8")}
