"""Chromium on the local stack. `make test-browser` brings what these tests need; `make test` goes without them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from local.stack import Stack
from ops.deployment import Deployment, on_this_machine
from tests.browser.host_site import HostSite, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py"]

Found = TypeVar("Found")
_QUIETLY = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("stack"), printed=lambda _: None) as running:
        yield running


@pytest.fixture(scope="session")
def deployment(stack: Stack) -> Deployment:
    return on_this_machine(stack.url)


@pytest.fixture(scope="session")
def site() -> Iterator[HostSite]:
    """Somebody's site on one origin for all tests, because the stack keeps a survey's origins for a minute."""
    with serving() as served:
        yield served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


def launched(playwright: Playwright) -> Browser:
    """The Chromium of this machine."""
    return playwright.chromium.launch(executable_path=Path(chromium_executable()), args=_QUIETLY)


def chromium_executable() -> str:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "this needs Chromium: apt-get install chromium"
    return executable


def eventually(look: Callable[[], Found], seconds: float = 15.0) -> Found:
    """What `look` finds once it finds something. Fails if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing found within {seconds:g} s"
        time.sleep(0.05)
    return found
