"""Pictures of every state of every page and of the widget, to be looked at.

`make screenshots` writes them to build/screenshots: each state at 360 and 1280 px, light and dark, in every language.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from playwright.sync_api import Page, sync_playwright

from hearback.language import LANGUAGES
from local.stack import Stack
from ops.deployment import on_this_machine
from tests.browser.conftest import launched
from tests.browser.every_state import every_state
from tests.browser.host_site import serving
from tests.browser.widget_states import WidgetVisit

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "screenshots"
WIDTHS = {360: 740, 1280: 800}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as data,
        Stack(data=Path(data), printed=lambda _: None) as stack,
        serving() as site,
        sync_playwright() as playwright,
    ):
        deployment = on_this_machine(stack.url)
        browser = launched(playwright)
        for locale in LANGUAGES:
            page = browser.new_page(reduced_motion="reduce")
            for number, state in enumerate(every_state(page, stack, deployment, locale), 1):
                for scheme in SCHEMES:
                    page.emulate_media(color_scheme=scheme)
                    take(page, f"{number:02}-{state}-{locale}", scheme)
            page.close()
            for scheme in SCHEMES:
                page = browser.new_page(reduced_motion="reduce", color_scheme=scheme)  # the widget looks once
                widget = WidgetVisit(page, stack.url, site, deployment, locale)
                for number, state in enumerate(widget.states(), 1):
                    take(page, f"{number:02}-{state}-{locale}", scheme)
                page.close()
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")


def take(page: Page, name: str, scheme: Scheme) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)


if __name__ == "__main__":
    main()
