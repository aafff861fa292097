"""What tools of the field make of the survey page: its HTML is valid, and Lighthouse gives it its marks.

`make check-pages` brings Node's packages; Chromium must be installed. Exits with 1 if anything falls short.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Response, sync_playwright

from local.stack import Stack
from ops.deployment import on_this_machine
from tests.browser.conftest import chromium_executable, launched
from tests.browser.page_states import SURVEY, Visit

HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / ".venvs" / "pages" / "node_modules" / ".bin"
LOCALES = ("en", "ar")
LEAST = {"accessibility": 100, "best-practices": 95, "performance": 95}
"""Lighthouse's marks, of 100."""


def main() -> int:
    with TemporaryDirectory() as made:
        folder = Path(made)
        with Stack(data=folder / "stack", printed=lambda _: None) as stack:
            deployment = on_this_machine(stack.url)
            deployment.directory.put_survey(SURVEY, deployment.now())
            pages = served_pages(stack, folder)
            valid = validated(pages)
            marks = lighthouse(f"{stack.url}/s/{SURVEY.id}", folder)
    print(f"{len(pages)} pages, in {' and '.join(LOCALES)}: {'all valid HTML' if valid else 'NOT all valid HTML'}")
    for name, least in LEAST.items():
        print(f"Lighthouse {name:<16}{marks[name]:>4}, at least {least}: {'yes' if marks[name] >= least else 'NO'}")
    return 0 if valid and all(marks[name] >= least for name, least in LEAST.items()) else 1


def served_pages(stack: Stack, folder: Path) -> list[Path]:
    """Every state's page as it was served, before any script ran."""
    documents: list[Response] = []

    def keep(response: Response) -> None:
        if response.request.resource_type == "document":
            documents.append(response)

    with sync_playwright() as playwright:
        browser = launched(playwright)
        for locale in LOCALES:
            page = browser.new_page()
            page.on("response", keep)
            for state in Visit(page, stack, locale).states():
                (folder / f"{state}-{locale}.html").write_bytes(documents[-1].body())
            page.close()
        browser.close()
    return sorted(folder.glob("*.html"))


def validated(pages: list[Path]) -> bool:
    """Whether all are valid HTML; what is not is printed."""
    config = HERE / "html-validate.json"
    return subprocess.run([TOOLS / "html-validate", "--config", config, *pages], check=False).returncode == 0


def lighthouse(url: str, folder: Path) -> dict[str, int]:
    """The marks of a page, on Lighthouse's slow phone."""
    report = folder / "lighthouse.json"
    flags = "--headless=new --no-sandbox --disable-gpu"
    options = [f"--only-categories={','.join(LEAST)}", "--output=json", f"--output-path={report}", "--quiet"]
    environment = {**os.environ, "CHROME_PATH": chromium_executable()}
    subprocess.run([TOOLS / "lighthouse", url, *options, f"--chrome-flags={flags}"], env=environment, check=True)
    categories = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: round(100 * categories[name]["score"]) for name in LEAST}


if __name__ == "__main__":
    sys.exit(main())
