"""Pictures of every letter, to be looked at: `make screenshots` writes them to build/screenshots/letters.

Each at 360 and 700 px, light and dark, in every language; the digest of an empty week, of three answers and of
thirty thousand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from followup.digest_letter import digest_letter
from followup.mail import Letter
from hearback.contact import Contact
from hearback.definition import ANY
from hearback.language import LANGUAGES
from hearback.play import Coupon
from hearback.response import Response
from hearback.survey import Person
from hearback.task import Task
from tests.browser.conftest import launched
from tests.unit import digest_samples
from tests.unit.digest_samples import READER, SAID, survey_in, tasks
from tests.unit.every_letter import EVERY, Given
from tests.unit.letter_samples import answer

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "screenshots" / "letters"
WIDTHS = (360, 700)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
OFFERED = {
    "en": "10% off your next visit",
    "hi": "अगली ख़रीदारी पर 10% की छूट",
    "fr": "10 % de remise sur votre prochaine visite",
    "ar": "خصم 10% على زيارتك القادمة",
}


class Natural(Given):
    """What letters are made from when nothing goes wrong: a name, and comments that fit their scores."""

    @property
    def owner(self) -> Person:
        return Person(name=READER, email="asha@shop.example")

    @property
    def contact(self) -> Contact:
        return Contact("c1", "ravi@example.com", "Ravi Kumar", "+91 98765 43210", self.locale)

    @property
    def task(self) -> Task:
        return tasks(1)[0]

    @property
    def text(self) -> dict[str, str]:
        return {ANY: OFFERED[self.locale]}

    def answer(self, score: int, hours_ago: int = 1, **rest: object) -> Response:
        words = SAID[self.locale][10 if score > 8 else 8 if score > 6 else 2][0]
        return answer(score, words, hours_ago=hours_ago, locale=self.locale, **rest)


def letters(language: str) -> Iterator[tuple[str, Letter]]:
    """(name, letter) of every letter in a language."""
    survey = survey_in(language)
    survey = survey.model_copy(update={"coupons": {"tea": Coupon(text={ANY: OFFERED[language]})}})
    for name, made in EVERY.items():
        if name != "digest":
            yield name.replace(" ", "-"), made(Natural(OFFERED[language], survey, language))
    for size in (digest_samples.empty, digest_samples.few, digest_samples.many):
        digest = size(language)
        yield f"digest-{size.__name__}", digest_letter(digest, digest_samples.links(digest))


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page()
        for language in LANGUAGES:
            for name, letter in letters(language):
                page.set_content(letter.html)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    for scheme in SCHEMES:
                        page.emulate_media(color_scheme=scheme)
                        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, language, width)
                        page.screenshot(path=FOLDER / f"{name}-{language}-{width}-{scheme}.png", full_page=True)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
