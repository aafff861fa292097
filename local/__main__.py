"""`python -m local`: the whole system on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from local.engine import EngineError
from local.kept_state import DataInUse
from local.server import PortTaken
from local.stack import Stack
from local.template import TemplateError


def main(arguments: list[str]) -> int:
    """Run until interrupted. Returns the exit status."""
    given = _parse(arguments)
    begun = time.monotonic()
    enough = threading.Event()
    _on_signal(enough.set)
    print(f"Starting (data in {given.data}) …", flush=True)
    try:
        with Stack(
            given.data, given.port, dict(given.parameter), fresh=given.fresh, printed=_print, hosts=given.host
        ) as stack:
            print(_welcome(stack, time.monotonic() - begun), flush=True)
            while not enough.wait(1.0):
                stack.check_engine()
            print("\nStopping: finishing what is under way. Ctrl-C again stops at once …", flush=True)
    except (DataInUse, EngineError, PortTaken, TemplateError) as error:
        print(f"The local stack cannot run. {error}", file=sys.stderr)
        return 1
    print(f"Stopped. Everything is kept in {given.data}.")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local", description="Runs template.yaml on this machine: no AWS account, nothing leaves it."
    )
    parser.add_argument("--port", type=int, default=8000, help="where HTTP is answered (default 8000)")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME[:PORT]",
        help="another name it is asked for by, such as a tunnel's; may be repeated (this machine's own names)",
    )
    parser.add_argument("--data", type=Path, default=Path(".hearback"), help="where data is kept (.hearback)")
    parser.add_argument(
        "--parameter",
        type=_key_and_value,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the template, for example SettleSeconds=5; may be repeated",
    )
    parser.add_argument("--fresh", action="store_true", help="delete the kept data first")
    return parser.parse_args(arguments)


def _on_signal(stop: Callable[[], None]) -> None:
    """The first signal stops cleanly; a second one ends the process, and the engine with it."""

    def stop_once(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_once)


def _key_and_value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _welcome(stack: Stack, seconds: float) -> str:
    return f"""
  Hearback runs on {stack.url} (started in {seconds:.1f} s)

    status, clock   {stack.url}/_local/
    outbox          {stack.url}/_local/outbox
    AWS endpoint    {stack.endpoint}

  Ctrl-C stops it; data stays.
"""


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
