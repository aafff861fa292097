"""What tools of the field make of the pages: their HTML is valid, and Lighthouse gives them their marks.

`make check-pages` brings Node's packages; Chromium must be installed. Exits with 1 if anything falls short.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Response, sync_playwright

from local.stack import Stack
from ops.deployment import Deployment, on_this_machine
from tests.browser.conftest import chromium_executable, launched
from tests.browser.every_state import every_link, every_state

HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / ".venvs" / "pages" / "node_modules" / ".bin"
LOCALES = ("en", "ar")
LEAST = {"accessibility": 100, "best-practices": 95, "performance": 95}
"""Lighthouse's marks, of 100. How fast it is, only of the page that customers come to unasked."""


def main() -> int:
    with TemporaryDirectory() as made:
        folder = Path(made)
        with Stack(data=folder / "stack", printed=lambda _: None) as stack, sync_playwright() as playwright:
            deployment, browser = on_this_machine(stack.url), launched(playwright)
            pages = served_pages(browser, stack, deployment, folder)
            links = every_link(browser.new_page(), stack, deployment, "en")
            browser.close()
            valid = validated(pages)
            marks = lighthouse_marks(links, folder)
    print(f"{len(pages)} pages, in {' and '.join(LOCALES)}: {'all valid HTML' if valid else 'NOT all valid HTML'}")
    for page, given in marks.items():
        told = ", ".join(f"{name} {mark}{'' if mark >= LEAST[name] else ' TOO FEW'}" for name, mark in given.items())
        print(f"Lighthouse, {page:<12}{told}")
    enough = all(mark >= LEAST[name] for given in marks.values() for name, mark in given.items())
    return 0 if valid and enough else 1


def served_pages(browser: Browser, stack: Stack, deployment: Deployment, folder: Path) -> list[Path]:
    """Every state's page as it was served, before any script ran."""
    documents: list[Response] = []

    def keep(response: Response) -> None:
        if response.request.resource_type == "document" and not 300 <= response.status < 400:
            documents.append(response)

    for locale in LOCALES:
        page = browser.new_page()
        page.on("response", keep)
        for state in every_state(page, stack, deployment, locale):
            (folder / f"{state}-{locale}.html").write_bytes(documents[-1].body())
        page.close()
    return sorted(folder.glob("*.html"))


def validated(pages: list[Path]) -> bool:
    """Whether all are valid HTML; what is not is printed."""
    config = HERE / "html-validate.json"
    return subprocess.run([TOOLS / "html-validate", "--config", config, *pages], check=False).returncode == 0


def lighthouse_marks(links: Mapping[str, str], folder: Path) -> dict[str, dict[str, int]]:
    """The marks of each page. How fast the survey's is, is measured with nothing else running."""
    others = [name for name in links if name != "survey"]
    marks = {"survey": lighthouse(links["survey"], folder / "survey.json", list(LEAST))}
    unhurried = [category for category in LEAST if category != "performance"]
    with ThreadPoolExecutor(2) as two:
        given = two.map(lambda name: lighthouse(links[name], folder / f"{name}.json", unhurried), others)
        return marks | dict(zip(others, given, strict=True))


def lighthouse(url: str, report: Path, categories: Sequence[str]) -> dict[str, int]:
    """The marks of a page, on Lighthouse's slow phone."""
    flags = "--headless=new --no-sandbox --disable-gpu"
    options = [f"--only-categories={','.join(categories)}", "--output=json", f"--output-path={report}", "--quiet"]
    environment = {**os.environ, "CHROME_PATH": chromium_executable()}
    subprocess.run([TOOLS / "lighthouse", url, *options, f"--chrome-flags={flags}"], env=environment, check=True)
    given = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: round(100 * given[name]["score"]) for name in categories}


if __name__ == "__main__":
    sys.exit(main())
