"""The time that a person takes to read a page, without anybody having to wait for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hearback.judging import READING
from local.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

_LATER = "span => { const now = performance.now.bind(performance); performance.now = () => now() + span; }"
_LONGER = timedelta(seconds=1)
"""The page's script keeps a form a little longer than the server asks."""


def read(page: Page, stack: Stack, span: timedelta = READING) -> None:
    """Let the time pass that reading takes: for the server, and for the script that keeps what a quick hand sends."""
    stack.advance(span)
    if span:
        page.evaluate(_LATER, (span + _LONGER).total_seconds() * 1000)
