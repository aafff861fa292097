"""What a command prints: answers on stdout, everything said on the way on stderr, so that `--json` can be piped."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone on stdout.")]

out = Console(highlight=False, emoji=False)  # customers write :100: and mean it
err = Console(stderr=True, highlight=False, emoji=False)


class Stop(Exception):
    """The command cannot go on. The message says what was wrong, where, and what to do; exit code 2."""


def print_json(value: Any) -> None:
    """One JSON document on stdout, as typed: no wrapping, no colour."""
    out.file.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def say(message: str) -> None:
    """Tell the person something, on stderr. The message may hold rich markup."""
    err.print(message, soft_wrap=True)


def complain(message: str) -> None:
    """Tell the person what went wrong, on stderr. The message is printed as it is."""
    err.print(f"[bold red]error[/] {escape(message)}", soft_wrap=True)


def warn(message: str) -> None:
    """Tell the person what they may not have meant, on stderr. The message is printed as it is."""
    err.print(f"[bold yellow]warning[/] {escape(message)}", soft_wrap=True)


def tracked(items: Iterable[T], doing: str, total: int | None = None) -> Iterator[T]:
    """The items, with a progress bar on stderr where that is a terminal."""
    with _bar() as progress:
        yield from progress.track(items, total=total, description=doing)


@contextmanager
def advancing(doing: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr where that is a terminal; call it with how much more is done."""
    with _bar() as progress:
        task = progress.add_task(doing, total=total)
        yield lambda more: progress.advance(task, more)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a person there would write it."""
    return f"{moment.astimezone(zone):%a %d %b %Y, %H:%M %Z}"


def short_time(moment: datetime, zone: ZoneInfo) -> str:
    """The same for a table's cell."""
    return f"{moment.astimezone(zone):%a %d %b %H:%M}"
