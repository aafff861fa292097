"""Pictures of every state of every page, to be looked at.

`make screenshots` writes them to build/screenshots: each state at 360 and 1280 px, light and dark, in every language.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from hearback.language import LANGUAGES
from local.stack import Stack
from ops.deployment import on_this_machine
from tests.browser.conftest import launched
from tests.browser.every_state import every_state

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "screenshots"
WIDTHS = {360: 740, 1280: 800}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as data,
        Stack(data=Path(data), printed=lambda _: None) as stack,
        sync_playwright() as playwright,
    ):
        deployment = on_this_machine(stack.url)
        browser = launched(playwright)
        for locale in LANGUAGES:
            page = browser.new_page(reduced_motion="reduce")
            for number, state in enumerate(every_state(page, stack, deployment, locale), 1):
                for width, height in WIDTHS.items():
                    page.set_viewport_size({"width": width, "height": height})
                    page.emulate_media(color_scheme="light")
                    page.screenshot(path=FOLDER / f"{number:02}-{state}-{locale}-{width}-light.png", full_page=True)
                    page.emulate_media(color_scheme="dark")
                    page.screenshot(path=FOLDER / f"{number:02}-{state}-{locale}-{width}-dark.png", full_page=True)
            page.close()
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
