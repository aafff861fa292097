"""Setbacks: of much that is due, what fails is logged and keeps nothing else from being done."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from aws_lambda_powertools import Logger

from hearback.foreign import FOREIGN

T = TypeVar("T")
logger = Logger(child=True)


class SomeFailed(Exception):
    """The rest was done. Each failure is in the log; what failed is still due."""


class Setbacks:
    """Those of one run. Whoever goes on after them raises them in the end, so that the alarm sees them."""

    def __init__(self) -> None:
        self._count = 0

    @contextmanager
    def kept_apart(self, **about: str) -> Iterator[None]:
        """Do something that may fail whatever the reason; `about`: ids under which the log has it."""
        try:
            yield
        except Exception:
            logger.exception("timed work failed", extra=about)
            self._count += 1

    def read(self, from_item: Callable[[Mapping[str, Any]], T], items: Iterable[Mapping[str, Any]]) -> Iterator[T]:
        """What items stand for, without those that cannot be read: their errors may repeat what they say."""
        for item in items:
            try:
                made = from_item(item)
            except FOREIGN as error:
                self._cannot_read(item, error)
            else:
                yield made

    def _cannot_read(self, item: Mapping[str, Any], error: Exception) -> None:
        logger.error("cannot be read", extra={"pk": item["pk"], "sk": item["sk"], "why": type(error).__name__})
        self._count += 1

    def raise_any(self) -> None:
        """Raises SomeFailed if anything has."""
        if self._count:
            raise SomeFailed(f"{self._count} failed")
