"""Every state of the survey page, and how somebody gets there: for axe, for the validator, for screenshots."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hearback import token as signed
from hearback.aws.secrets import Keys
from hearback.fact import FactId
from hearback.judging import TRAP
from hearback.response import COMMENT_LENGTH
from hearback.survey import Survey
from hearback.token import Token
from local.stack import Stack
from tests.browser.reading import read

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40"><rect width="150" height="40" rx="8" fill="#0b6b4f"/>'
    '<circle cx="21" cy="20" r="9" fill="#ffd79a"/><text x="38" y="26" font-family="Georgia,serif" font-size="18" '
    'fill="#ffffff">Nilgiri Tea</text></svg>'
)

SURVEY = Survey.model_validate(
    {
        "id": "tea",
        "title": "Nilgiri Tea",
        "question": {
            "en": "How likely are you to recommend {brand} to a friend?",
            "hi": "आप अपने किसी मित्र को {brand} की सिफ़ारिश करने की कितनी संभावना रखते हैं?",
            "fr": "Recommanderiez-vous {brand} à un ami\u202f?",
            "ar": "ما مدى احتمال أن توصي صديقًا بـ {brand}؟",
        },
        "locales": ["en", "hi", "fr", "ar"],
        "brand": {
            "name": "Nilgiri Tea",
            "colour": "#0b6b4f",
            "logo": f"data:image/svg+xml;base64,{base64.b64encode(_LOGO.encode()).decode()}",
        },
        "follow_up": {
            "detractor": {
                "reason": {
                    "en": "We are sorry. What went wrong?",
                    "hi": "हमें खेद है। क्या ग़लत हुआ?",
                    "fr": "Nous sommes désolés. Que s’est-il passé\u202f?",
                    "ar": "نعتذر لك. ما الذي حدث؟",
                },
                "questions": [
                    {
                        "id": "topic",
                        "text": {
                            "en": "What was it about?",
                            "hi": "यह किस बारे में था?",
                            "fr": "De quoi s’agissait-il\u202f?",
                            "ar": "بمَ يتعلق الأمر؟",
                        },
                        "choices": {
                            "taste": {"en": "The taste", "hi": "स्वाद", "fr": "Le goût", "ar": "المذاق"},
                            "price": {"en": "The price", "hi": "क़ीमत", "fr": "Le prix", "ar": "السعر"},
                            "delivery": {"en": "The delivery", "hi": "डिलीवरी", "fr": "La livraison", "ar": "التوصيل"},
                        },
                    }
                ],
                "thanks": {
                    "en": "Thank you for telling us.",
                    "hi": "हमें बताने के लिए धन्यवाद।",
                    "fr": "Merci de nous l’avoir dit.",
                    "ar": "شكرًا لأنك أخبرتنا.",
                },
            }
        },
        "referral": {"target": "https://nilgiri.example/welcome"},
        "people": {"asha": {"name": "Asha Rao", "email": "asha@tea.example"}},
        "plays": [
            {"id": "call", "when": {"category": "detractor"}, "what": "task", "owner": "asha", "anonymous": True},
            {
                "id": "bring-a-friend",
                "when": {"score_from": 10},
                "what": "referral",
                "text": {
                    "en": "Good tea is better shared: your friend gets the first tin for half the price.",
                    "hi": "अच्छी चाय बाँटने से और अच्छी लगती है: आपके मित्र को पहला डिब्बा आधे दाम पर मिलेगा।",
                    "fr": "Le bon thé se partage : la première boîte de votre ami est à moitié prix.",
                    "ar": "الشاي الجيد يطيب بالمشاركة: يحصل صديقك على العلبة الأولى بنصف السعر.",
                },
                "label": {"en": "Your own link", "hi": "आपका अपना लिंक", "fr": "Votre lien", "ar": "رابطك الخاص"},
            },
            {
                "id": "quote",
                "when": {"score_from": 9},
                "what": "testimonial",
                "text": {
                    "en": "May we quote you?",
                    "hi": "क्या हम आपकी बात उद्धृत कर सकते हैं?",
                    "fr": "Pouvons-nous vous citer ?",
                    "ar": "هل يمكننا الاقتباس من كلامك؟",
                },
            },
        ],
    }
)


@dataclass(frozen=True)
class Visit:
    """A browser's page on the survey, in one language."""

    page: Page
    stack: Stack
    locale: str

    def open(self, path: str) -> None:
        self.page.goto(f"{self.stack.url}{path}?lang={self.locale}")

    def send(self) -> None:
        """Press the form's first button after the time that reading takes."""
        read(self.page, self.stack)
        with self.page.expect_navigation():
            self.page.locator("form button").first.click()

    def states(self) -> Iterator[str]:
        """Go through every state; each is on the page when its name comes."""
        yield from self._asked_here()
        yield from self._asked_by_mail()
        yield from self._asked_to_be_quoted()
        self.open("/s/none")
        yield "error"
        yield from self._asked_what_to_mail()

    def _asked_here(self) -> Iterator[str]:
        self.open(f"/s/{SURVEY.id}")
        yield "score"
        with self.page.expect_navigation():
            self.page.evaluate("document.forms[0].submit()")  # past the browser's own check, as if it had none
        yield "score-missing"
        self.page.keyboard.press("3")
        yield "score-chosen"
        self.send()
        yield "reason"
        self.page.locator("textarea").fill("Too long a wait")
        self._send_as_a_machine()
        yield "reason-once-more"
        self.page.locator("textarea").fill("x" * (COMMENT_LENGTH + 1))
        self.send()
        yield "reason-too-long"
        self.page.locator("textarea").fill("Cold")
        self.page.locator(".state[data-word=saved]").wait_for()
        yield "reason-saved"
        yield from self._not_saved(lambda route: route.abort(), "unsaved")
        yield from self._not_saved(lambda route: route.fulfill(status=409), "refused")
        self.send()
        self.page.get_by_role("radio").first.check(force=True)
        self.page.locator(".state[data-word=saved]").wait_for()
        yield "choices"
        self.send()
        yield "thanks-call"
        with self.page.expect_navigation():
            self.page.evaluate("document.forms[0].submit()")
        yield "call-here-missing"
        self.page.locator("#phone").fill("+91 20 5555 0100")
        self.send()
        yield "called-here"

    def _not_saved(self, refuse: Callable[[Route], None], word: str) -> Iterator[str]:
        """What is said beside the field when the words cannot be saved, now or at all."""
        self.page.route("**/v1/responses/*", refuse)
        self.page.locator("textarea").press_sequentially(" tea")
        self.page.locator(f".state[data-word={word}]").wait_for()
        yield f"reason-{word}"
        self.page.unroute("**/v1/responses/*")

    def _asked_by_mail(self) -> Iterator[str]:
        self.page.goto(f"{self.stack.url}{self.mailed()}&lang={self.locale}")
        yield "mail-link"
        self._send_as_a_machine()
        yield "mail-link-once-more"
        self._answer(8, "")
        yield "thanks"
        self._answer(10, "")
        yield "thanks-referral"

    def _asked_to_be_quoted(self) -> Iterator[str]:
        token = self._answer(9, "The first cup in the morning, with the window open.")
        yield "thanks-quote"
        self.open(f"/q/{token}")
        yield "quote"
        self.page.locator("#named").fill("Meera, Pune")
        self.page.evaluate("document.forms[0].noValidate = true")
        self.send()
        yield "quote-missing"
        self.page.locator("#words").fill("The first cup in the morning, with the window open.")
        self.page.get_by_role("checkbox").check()
        self.send()
        yield "quoted"
        self.open(f"/q/{token}")
        yield "quoted-before"
        self.send()
        yield "unquoted"

    def _asked_what_to_mail(self) -> Iterator[str]:
        self.open(self.preferences())
        yield "preferences"
        with self.page.expect_navigation():
            self.page.evaluate("document.forms[0].submit()")
        yield "preferences-missing"
        self.page.get_by_role("radio").nth(1).check(force=True)
        self.send()
        yield "preferences-saved"

    def preferences(self) -> str:
        """Where the unsubscribe link of a mail leads."""
        return f"/u/{self._token('unsubscribe', '0' * 64, survey=SURVEY.id)}"

    def quotable(self) -> str:
        """Where the link leads that asks somebody whether their answer may be quoted."""
        return f"/q/{self._answer(9, 'The first cup in the morning.')}"

    def mailed(self) -> str:
        """Where a mail's link leads that bears a score."""
        return f"/a/{self._answer_token()}?score=8"

    def _send_as_a_machine(self) -> None:
        """The form comes back, to be sent once more: a field is filled in that no person sees."""
        with self.page.expect_navigation():
            self.page.evaluate("trap => (document.forms[0].elements[trap].value = 'x')", TRAP)
            self.page.evaluate("document.forms[0].submit()")

    def _answer(self, score: int, comment: str) -> str:
        """Go to the thank-you page of somebody who was asked by mail; their answer's token."""
        token = self._answer_token()
        self.open(f"/a/{token}")
        self.page.keyboard.press(str(score)[0])
        if score == 10:
            self.page.keyboard.press("0")
        self.send()
        self.page.locator("textarea").fill(comment)
        self.send()
        return token

    def _answer_token(self) -> str:
        subject = str(FactId.mint(SURVEY.id, SURVEY.shards, self.stack.now()))
        return self._token("answer", subject, contact="0" * 32)

    def _token(self, purpose: signed.Purpose, subject: str, contact: str = "", survey: str = "") -> str:
        now, keys = self.stack.now(), Keys(self.stack.client("secretsmanager"), self.stack.outputs["TokenSecret"])
        later = now + timedelta(days=1)
        token = Token(purpose, subject, later, contact, channel="mail", locale=self.locale, survey=survey)
        return signed.sign(token, keys.at(now))
