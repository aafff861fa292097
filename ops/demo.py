"""`make demo`: the whole product on this machine, with some weeks of sample answers in it."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn

from hearback.survey import Survey
from local.engine import EngineError
from local.kept_state import DataInUse
from local.server import PortTaken
from local.stack import Stack
from local.template import TemplateError
from ops.cli import app
from ops.demo_weeks import MOST_WEEKS, Weeks
from ops.deployment import on_this_machine
from ops.terminal import complain, err, out, say


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare, print the links, and serve until Ctrl-C. Returns the exit status."""
    given = _parse(arguments)
    given.data.mkdir(parents=True, exist_ok=True)
    log = given.data / "log.txt"
    try:
        with log.open("w", encoding="utf-8") as lines:
            _run(given, log, partial(print, file=lines, flush=True))
    except (DataInUse, EngineError, PortTaken, TemplateError) as error:
        complain(f"the demo cannot start. {error}")
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def _run(given: argparse.Namespace, log: Path, printed: Callable[[str], None]) -> None:
    begun = time.monotonic()
    say(f"Starting Hearback on this machine (its log: {log}) …")
    brand = {"BrandName": "Sabrang Bazaar"}  # of surveys/store.yaml
    with Stack(given.data / "stack", given.port, brand, fresh=True, printed=printed) as stack:
        deployment = on_this_machine(stack.url)
        _live(Weeks(stack, deployment, given.data, stack.now(), given.weeks))
        survey = deployment.survey("store")
        app(["--local", stack.url, "report", "--survey", survey.id, "--by", "region"], standalone_mode=False)
        say(f"\n[bold]Ready in {time.monotonic() - begun:.0f} s.[/] Open:")
        for name, link in links(stack, survey).items():
            out.print(f"  {name:<24}{link}", soft_wrap=True, markup=False)
        if given.once:
            return
        say("\nCtrl-C stops it.")
        while True:
            signal.pause()


def _live(weeks: Weeks) -> None:
    """Let the weeks pass, under a progress bar."""
    columns = (TextColumn(f"Living through {weeks.weeks} weeks"), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task("", total=(weeks.end - weeks.begin).total_seconds())

        def reached(at: datetime) -> None:
            progress.update(bar, completed=(at - weeks.begin).total_seconds(), description=f"{at:%a %d %b}")

        weeks.live(reached)


def links(stack: Stack, survey: Survey) -> dict[str, str]:
    """What to open in a browser, and what to run, by name."""
    command = ".venv/bin/hearback" if stack.url.endswith(":8000") else f".venv/bin/hearback --local {stack.url}"
    reader = next(survey.people[rule.to].email for rule in survey.subscriptions if not rule.scope)
    received = reversed(stack.mails(to=reader))  # reminders of overdue tasks too
    digest = next(mail for mail in received if "Net Promoter Score" in (mail.body("plain") or ""))
    return {
        "survey page": f"{stack.url}/s/{survey.id}",
        "in Hindi, at the till": f"{stack.url}/s/{survey.id}?touchpoint=till&lang=hi",
        "a site with the widget": f"{stack.url}/_local/example",
        "outbox, every mail": f"{stack.url}/_local/outbox",
        "newest digest": f"{stack.url}/_local/outbox/{digest.message_id}",
        "queues, clock": f"{stack.url}/_local/",
        "report": f"{command} report --survey {survey.id} --by region",
        "calls to make": f"{command} tasks list",
    }


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ops.demo", description="The whole product on this machine, with some weeks of sample answers."
    )
    parser.add_argument("--port", type=int, default=8000, help="where HTTP is answered (default 8000)")
    parser.add_argument("--data", type=Path, default=Path(".hearback/demo"), help="made fresh (.hearback/demo)")
    parser.add_argument("--weeks", type=int, choices=range(1, MOST_WEEKS + 1), default=MOST_WEEKS, help="how many")
    parser.add_argument("--once", action="store_true", help="prepare, print and stop")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started it with Ctrl-C ignored
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
